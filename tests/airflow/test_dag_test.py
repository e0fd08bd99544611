"""``dag.test()`` of event_dispatcher on each version: good, repeated, malformed and unknown messages from real SQS calls."""

from __future__ import annotations

import json
import time

import pytest

from local.engine.engine import Engine
from tests.airflow.helpers import Dispatcher, Measured, Queue, Row
from tests.airflow.installed import VERSIONS, Airflow
from tests.airflow.messages import SPECIFICATION, TARGET, deep, good

TEMPLATE = {"text": "{{ var.value.mwaa_trigger_queue_url }} {{ ds }}", "list": ["{% raw %}"], "ünï": None}
GOOD = [
    json.dumps(SPECIFICATION),
    good("template", **TEMPLATE),
    json.dumps({"dag_id": TARGET, "conf": {"without": "message_id"}}),
    good("conf-empty"),
    json.dumps(json.loads(deep(100)) | {"dag_id": TARGET, "message_id": "deep"}),
]
BAD = [
    "not JSON",
    json.dumps({"dag_id": "event_dispatcher", "conf": {}}),
    json.dumps({"dag_id": TARGET, "conf": {"__classname__": "airflow.models.Variable"}}),
    json.dumps({"dag_id": TARGET, "conf": {"nul": "\x00"}}),
    json.dumps({"dag_id": TARGET, "conf": {"integer": 2**64}}),
]
UNKNOWN = json.dumps({"dag_id": "no_such_dag", "conf": {}, "message_id": "unknown"})
VISIBILITY = 15


@pytest.mark.timeout(1000)
@pytest.mark.parametrize("version", ["2.11.0", "3.3.2"])  # a minute each: poll is tried again
def test_missing_variable_fails_the_run_with_its_name(engine: Engine, airflow: Airflow, version: str) -> None:
    queue = Queue(engine, f"no-variable-{version.replace('.', '-')}", VISIBILITY, receives=1)
    queue.send(*GOOD)
    dispatcher = Dispatcher(airflow, queue, url="")
    try:
        answer = dispatcher.run()
    finally:
        dispatcher.close()
    assert answer["state"] == "failed"
    assert {one[0]: one[2] for one in answer["tasks"]} == {
        "poll": "failed",
        "start_dag_run": "upstream_failed",
        "delete_and_report": "failed",
    }
    assert airflow.says("dag-test", "The Airflow Variable mwaa_trigger_queue_url is missing")
    assert (answer["runs"], queue.left()) == ([], len(GOOD))


@pytest.mark.timeout(1000)
@pytest.mark.parametrize("version", VERSIONS)
def test_good_messages_start_runs_and_bad_ones_stay(
    engine: Engine, airflow: Airflow, version: str, measured: Measured
) -> None:
    queue = Queue(engine, f"dag-test-{version.replace('.', '-')}", VISIBILITY, receives=1)
    began = time.monotonic()
    dispatcher = Dispatcher(airflow, queue)
    try:
        queue.send(BAD[0], *GOOD, UNKNOWN, *BAD[1:], GOOD[0])
        first = dispatcher.run()
        hidden_until = time.monotonic() + VISIBILITY
        assert first["state"] == "failed"  # it names what it rejected
        # On 2.x one task starts all runs: the unknown DAG fails it, after the others.
        instance = 0 if airflow.major == 2 else 5
        assert [one for one in first["tasks"] if one[2] == "failed"] == [
            ["delete_and_report", -1, "failed"],
            ["start_dag_run", instance, "failed"],
        ]
        runs = {run["run_id"]: run["conf"] for run in first["runs"]}
        assert len(runs) == len(first["runs"]) == len(GOOD)
        assert runs[f"event__{SPECIFICATION['message_id']}"] == SPECIFICATION["conf"]
        assert list(runs[f"event__{SPECIFICATION['message_id']}"]) == list(SPECIFICATION["conf"])
        assert runs["event__template"] == TEMPLATE  # an event's text is never evaluated
        assert queue.left() == len(BAD) + 1
        assert airflow.says("dag-test", "expected a target DAG")
        assert airflow.says("dag-test", "DAG no_such_dag, run event__unknown was not started")

        time.sleep(max(0.0, hidden_until - time.monotonic()))
        queue.send(GOOD[0], GOOD[1])  # SQS delivers at least once, and a producer may send again
        second = dispatcher.run()
        assert second["state"] == "success"
        # Their runs exist, so polling deletes them without a task.
        assert [one for one in second["tasks"] if one[0] == "start_dag_run"] == [["start_dag_run", -1, "skipped"]]
        assert len(second["runs"]) == len(GOOD)
        assert queue.left() == 0
        for body in GOOD[:2]:
            run_id = f"event__{json.loads(body)['message_id']}"
            assert airflow.says("dag-test", f"DAG {TARGET}, run {run_id} exists already")
        assert not airflow.says("dag-test", "its conf is unknown")
        dead = queue.dead_bodies()
        assert sorted(dead) == sorted([*BAD, UNKNOWN])

        queue.send(good("template", another="conf"))
        third = dispatcher.run()
        assert third["state"] == "failed"
        assert airflow.says("dag-test", f"DAG {TARGET}, run event__template exists with another conf")
        assert {run["run_id"]: run["conf"] for run in third["runs"]} == runs
        assert queue.left() == 1
    finally:
        dispatcher.close()
    measured(
        Row(
            version=version,
            way="dag.test",
            sent=len(GOOD) + len(BAD) + 4,
            triggered=len(second["runs"]),
            duplicates=3,
            rejected=len(BAD) + 1,
            dead=len(dead),
            seconds=time.monotonic() - began,
        )
    )
