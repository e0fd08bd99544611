"""The result of an event has its status, its reason, and the outcome of each trigger."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.simulation.result import Simulation
from local.simulation.result_reader import Message
from local.simulation.simulator import Simulator


def publish(simulator: Simulator, job: str, run: str, **fields: Any) -> Simulation:
    return simulator.publish(json.dumps({"job_name": job, "job_run_id": run, "status": "SUCCESS"} | fields))


def test_failed_trigger_has_its_error_and_the_other_its_payload(simulator: Simulator) -> None:
    result = publish(simulator, "gone", "1", artifacts={"path": "s3://b"})
    good, bad = result.triggers
    assert (good.status, good.received["--path"]) == ("TRIGGERED", "s3://b")
    assert (bad.status, bad.error) == ("FAILED", "Glue.EntityNotFoundException")
    assert result.executions[0].execution_status == "FAILED"


def test_event_on_a_missing_bus_is_lost(simulator: Simulator) -> None:
    (trigger,) = publish(simulator, "lost", "1").triggers
    assert (trigger.status, trigger.error) == ("LOST", "NothingReceived")


def test_executions_of_batches_are_read_too(simulator: Simulator) -> None:
    steps: list[str] = []
    text = json.dumps({"job_name": "big", "job_run_id": "1", "status": "SUCCESS"})
    result = simulator.publish(text, steps.append)
    first, *batches = result.executions
    assert len(result.triggers) == 41
    assert {one.batch_of for one in batches} == {first.name}
    assert first.transitions > 0
    assert [step for step in steps if "of a batch is running" in step]


def test_second_publication_is_a_duplicate(simulator: Simulator) -> None:
    assert publish(simulator, "job", "twice").status == "STARTED"
    assert publish(simulator, "job", "twice").status == "DUPLICATE"


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"status": "FAILED"}, "FILTERED", "found status 'FAILED', expected 'SUCCESS'"),
        ({"job_name": "other"}, "IGNORED", "other"),
        ({"job_run_id": 7.5}, "FAILED", "EventError"),
    ],
)
def test_event_that_starts_nothing_has_its_reason(
    simulator: Simulator, fields: dict[str, Any], status: str, words: str
) -> None:
    result = publish(simulator, "job", "none", **fields)
    assert (result.status, result.executions) == (status, [])
    assert words in result.reason


def test_join_is_reported_and_its_execution_read(simulator: Simulator) -> None:
    first = publish(simulator, "left", "1", day="d1")
    assert (first.status, first.joins[0]["missing"]) == ("JOINED", ["right"])
    (trigger,) = publish(simulator, "right", "1", day="d1").triggers
    assert (trigger.name, trigger.status) == ("load", "TRIGGERED")


def test_unknown_message_is_an_error(simulator: Simulator) -> None:
    simulator.engine.runtime.record_subscription_match("m-0", "arn", matched=True)
    with pytest.raises(LookupError, match="m-0: the engine did not invoke the router"):
        simulator.result(Message(id="m-0", topic="job_events", fields={}, published=0.0))
