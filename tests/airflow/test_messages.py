"""The message contract of both sides: event_dispatcher reads the message that the orchestrator sends."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.engine import Engine
from orchestration.events import JobEvent
from orchestration.settings import Settings
from orchestration.triggers.base import RequestContext
from orchestration.triggers.sqs_mwaa import SqsMwaa
from tests.airflow.helpers import Queue
from tests.airflow.installed import ROOT, VERSIONS, Airflow
from tests.airflow.messages import MALFORMED, SPECIFICATION, deep, good
from tests.conftest import EVENTS


def in_airflow(airflow: Airflow, program: str, given: list[Any], **variables: str) -> list[Any]:
    """Answer of a program of ``in_airflow_venv/`` to a JSON list."""
    answer = subprocess.run(
        [airflow.bin / "python", Path(__file__).parent / "in_airflow_venv" / f"{program}.py", ROOT / "dags"],
        input=json.dumps(given),
        env=airflow.variables | variables,
        cwd=airflow.home,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    read: list[Any] = json.loads(answer.stdout.splitlines()[-1])
    return read


def test_orchestrator_sends_the_specified_message() -> None:
    fields = json.loads((EVENTS / "job_completed.json").read_text()) | {"job_name": "transform_images"}
    event = JobEvent(
        job_name=fields["job_name"], job_run_id=fields["job_run_id"], event_kind="on_success", fields=fields
    )
    resolution = RequestContext(
        event=event, settings=Settings(region="us-west-1"), downstream_run_id=SPECIFICATION["message_id"]
    )
    trigger = SqsMwaa(
        dag_id="my_downstream_dag",
        conf={"custom_param": "value"},
        parameter_mapping={name: name for name in ("start_date", "end_date", "created_by")},
    )
    assert trigger.request(resolution)["MessageBody"] == SPECIFICATION
    assert list(SPECIFICATION["conf"]) == list(trigger.request(resolution)["MessageBody"]["conf"])


@pytest.mark.parametrize("version", VERSIONS)
def test_each_body_is_accepted_or_rejected(version: str, tmp_path: Path) -> None:
    airflow = Airflow(version, tmp_path)
    taken = {
        json.dumps(SPECIFICATION): f"event__{SPECIFICATION['message_id']}",
        json.dumps({"dag_id": "d.e-f_1", "conf": {}}): "event__sqs-id",
        json.dumps({"dag_id": "d", "conf": {"ünï": "{{ ds }}\n\u2028"}, "other": 1}): "event__sqs-id",
        json.dumps({"dag_id": "d" * 250, "conf": {}, "message_id": "m" * 200}): "event__" + "m" * 200,
        good("a.b~c:d+e-f_g"): "event__a.b~c:d+e-f_g",
        deep(100): "event__sqs-id",
        json.dumps({"dag_id": "d", "conf": {"a": [2**63 - 1, -(2**63), 0.5]}}): "event__sqs-id",
    }
    answers = in_airflow(airflow, "read_messages", [*taken, *(body for body, _ in MALFORMED.values())])
    for (body, run_id), answer in zip(taken.items(), answers, strict=False):
        message = json.loads(body)
        expected = {"trigger_dag_id": message["dag_id"], "trigger_run_id": run_id, "conf": message["conf"]}
        assert answer == {"run": expected}
    for (name, (_, reason)), answer in zip(MALFORMED.items(), answers[len(taken) :], strict=True):
        assert reason in answer.get("refused", ""), (name, answer)


@pytest.mark.parametrize("version", ["2.11.0"])
def test_one_run_receives_a_bounded_batch(engine: Engine, version: str, tmp_path: Path) -> None:
    airflow = Airflow(version, tmp_path)
    many, large = Queue(engine, "many", 60, receives=9), Queue(engine, "large", 60, receives=9)
    many.send(*(good(f"m-{number}") for number in range(120)))
    for start in (0, 10):  # two batches of about a megabyte, of which the first is more than one run's share
        large.send(*(good(f"l-{number}", text="x" * 100_000) for number in range(start, start + 10)))
    calls = [["receive", [many.url]], ["receive", [large.url]]]
    first, heavy = in_airflow(airflow, "ask_dispatcher", calls, AWS_ENDPOINT_URL=engine.endpoint)
    assert len(first) == 50
    assert len({message["MessageId"] for message in first}) == 50
    assert len(heavy) == 10


@pytest.mark.parametrize("version", ["2.11.0"])
def test_messages_for_one_run_start_it_once(engine: Engine, version: str, tmp_path: Path) -> None:
    """In one batch, two instances for one run would meet in the database."""
    airflow = Airflow(version, tmp_path)
    queue = Queue(engine, "sorted", 60, receives=9)
    queue.send(good("a"), good("b"), good("a"), "malformed")
    (messages,) = in_airflow(airflow, "ask_dispatcher", [["receive", [queue.url]]], AWS_ENDPOINT_URL=engine.endpoint)
    ((runs, entries, problems),) = in_airflow(airflow, "ask_dispatcher", [["group_by_dag_run", [messages]]])
    assert sorted(run["trigger_run_id"] for run in runs) == ["event__a", "event__b"]
    assert sorted(len(one) for one in entries) == [1, 2]
    assert len(problems) == 1
    gone = [entry for one in entries for entry in one]
    calls = [["delete", [queue.url, gone]], ["delete", [f"{queue.url}-nowhere", gone]]]
    kept, failed = in_airflow(airflow, "ask_dispatcher", calls, AWS_ENDPOINT_URL=engine.endpoint)
    assert kept == []
    assert queue.left() == 1
    assert len(failed) == 3
    assert all("its run exists, but SQS did not delete it" in line for line in failed)


@pytest.mark.parametrize("version", ["2.11.0"])
def test_region_comes_from_the_queue_url(version: str, tmp_path: Path) -> None:
    urls = {
        "https://sqs.eu-west-1.amazonaws.com/1/q": "eu-west-1",
        "https://us-gov-west-1.queue.amazonaws.com/1/q": "us-gov-west-1",
        "https://sqs.cn-north-1.amazonaws.com.cn/1/q": "cn-north-1",
        "http://127.0.0.1:4566/1/q": "us-west-1",
    }
    airflow = Airflow(version, tmp_path)
    assert in_airflow(airflow, "ask_dispatcher", [["region", [url]] for url in urls]) == list(urls.values())
