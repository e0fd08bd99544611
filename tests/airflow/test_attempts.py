"""Later and late attempts of the dispatcher's tasks, and runs that somebody else started, with ``dag.test()``."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from local.engine.engine import Engine
from tests.airflow.helpers import Dispatcher, Queue
from tests.airflow.installed import Airflow
from tests.airflow.messages import TARGET, good
from tests.airflow.test_dag_test import UNKNOWN

HIDDEN = 900
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def queue(engine: Engine, request: pytest.FixtureRequest) -> Queue:
    """An empty queue with the visibility timeout of the Terraform file."""
    name = request.node.name.translate(str.maketrans({".": "-", "[": "-", "]": None, "_": "-"}))
    return Queue(engine, name[-70:], HIDDEN, receives=9)


@pytest.fixture
def dispatcher(airflow: Airflow, queue: Queue) -> Iterator[Dispatcher]:
    one = Dispatcher(airflow, queue)
    yield one
    one.close()


def change(airflow: Airflow, sql: str, *values: str) -> None:
    with closing(sqlite3.connect(airflow.home / "airflow.db", timeout=30)) as database, database:
        assert database.execute(sql, values).rowcount == 1


def report_again(airflow: Airflow, queue: Queue, run_id: str) -> str:
    """Run the last task of a dispatcher's run again; returns its state."""
    airflow.variables |= {
        "AWS_ENDPOINT_URL": queue.engine.endpoint,
        "AIRFLOW_VAR_MWAA_TRIGGER_QUEUE_URL": queue.url,
    }
    forced = ("--local", "--force", "--ignore-all-dependencies")
    airflow.command("tasks", "run", *forced, "event_dispatcher", "delete_and_report", run_id)
    sql = f"select state from task_instance where run_id = '{run_id}' and task_id = 'delete_and_report'"
    return airflow.rows(sql)[0][0]


@pytest.mark.parametrize("version", ["2.11.0", "3.3.2"])
def test_later_attempt_of_poll_does_not_wait_again(dispatcher: Dispatcher, queue: Queue, version: str) -> None:
    """Airflow tries a poll whose worker died again about six minutes after the start of the run."""
    queue.send(good("late"))
    answer = dispatcher.run(age=400)
    assert [run["run_id"] for run in answer["runs"]] == ["event__late"]
    assert queue.left() == 0
    answer = dispatcher.run(age=401)
    assert answer["state"] == "success"
    assert answer["seconds"] < 200  # a full wait takes 300 s


@pytest.mark.parametrize("version", ["2.11.0"])
def test_messages_of_another_attempt_are_not_deleted(
    dispatcher: Dispatcher, airflow: Airflow, queue: Queue, version: str
) -> None:
    queue.send(UNKNOWN)
    late = dispatcher.run()
    queue.send(good("known"))
    newer = dispatcher.run()
    assert (newer["state"], queue.left()) == ("success", 1)
    source = "select value from xcom where run_id = ? and key = 'sources'"
    change(
        airflow,
        f"update xcom set value = ({source}) where run_id = ? and key = 'sources'",
        late["run_id"],
        newer["run_id"],
    )
    assert report_again(airflow, queue, newer["run_id"]) == "success"
    assert queue.left() == 1  # its DAG run does not exist


@pytest.mark.parametrize("version", ["2.11.0"])
def test_message_stays_if_its_run_has_another_conf(
    dispatcher: Dispatcher, airflow: Airflow, queue: Queue, version: str
) -> None:
    """Somebody started a run with this id while the batch was in progress."""
    queue.send(good("id", n=1))
    answer = dispatcher.run()
    assert answer["state"] == "success"
    change(airflow, "delete from dag_run where run_id = ?", "event__id")
    airflow.command("dags", "trigger", TARGET, "--run-id", "event__id", "--conf", '{"n": 2}')
    assert report_again(airflow, queue, answer["run_id"]) == "failed"


@pytest.mark.parametrize("version", ["2.10.3", "3.0.6", "3.3.2"])
def test_message_for_a_run_that_a_person_started(
    dispatcher: Dispatcher, airflow: Airflow, queue: Queue, version: str
) -> None:
    conf = {"n": [1, "ü"]}
    airflow.command("dags", "trigger", TARGET, "--run-id", "event__by-hand", "--conf", json.dumps(conf))
    queue.send(good("by-hand", **conf))
    assert dispatcher.run()["state"] == "success"
    assert queue.left() == 0
    # Airflow 3 does not show the conf to the dispatcher.
    assert airflow.says("dag-test", "its conf is unknown. A manual or older run?") == (airflow.major == 3)
    queue.send(good("by-hand", n=2))
    answer = dispatcher.run()
    assert (answer["state"], queue.left()) == (("failed", 1) if airflow.major == 2 else ("success", 0))
    assert [(run["run_id"], run["conf"]) for run in answer["runs"]] == [("event__by-hand", conf)]
