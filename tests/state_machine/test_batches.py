"""The internal type ``batch`` on the engine: one more execution of the state machine, once, isolated from the others."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import pytest

from local.engine.engine import Engine
from local.engine.faults import Fault
from orchestration.input.item import BATCH
from tests.state_machine.harness import EVENT, Machine, shortened, trigger


@pytest.fixture(scope="module")
def machine(engine: Engine) -> Machine:
    return Machine(engine)


def batch_item(machine: Machine, name: str, *triggers: dict[str, Any]) -> dict[str, Any]:
    request = {
        "StateMachineArn": machine.simulator.settings.start_arn,
        "Name": name,
        "triggers": list(triggers),
        "routing": {"batch": "1/2", "of": "parent"},
    }
    return {"id": "batch:1", "type": BATCH, "name": "batch 1 of 2", "request": request}


def test_batch_starts_an_execution_with_event_and_triggers(machine: Machine) -> None:
    name, inner = f"batch-{uuid.uuid4()}", trigger("sqs_mwaa", "inner")
    item = batch_item(machine, name, inner)
    described, outcomes = machine.run([item, trigger("glue_job")])
    assert (described["status"], machine.entered(described)) == ("SUCCEEDED", 3 + 2 * 2)
    assert outcomes[0]["result"]["id"] == machine.simulator.settings.execution_arn(name)
    child = machine.executions.wait(name, time.monotonic() + 30)
    assert (child.input.event, child.input.to_json()["triggers"]) == (EVENT, [inner])
    assert (child.input.routing.part, child.input.routing.of) == ("1/2", "parent")
    assert [outcome.name for outcome in machine.executions.outcomes(child)] == ["inner"]
    assert child.status == "SUCCEEDED"


def test_existing_execution_of_a_batch_is_triggered(machine: Machine) -> None:
    name = f"batch-{uuid.uuid4()}"
    given = {"event": EVENT, "triggers": [], "routing": {}}
    machine.executions.client.start_execution(
        stateMachineArn=machine.simulator.stack.state_machine, name=name, input=json.dumps(given)
    )
    described, outcomes = machine.run([batch_item(machine, name, trigger("sqs_mwaa"))])
    assert (described["status"], outcomes[0]["result"]) == ("SUCCEEDED", {"status": "TRIGGERED", "id": name})


def test_batch_that_cannot_start_stops_no_other(machine: Machine) -> None:
    """Step Functions does not model access denied, so the error has the name of a throttled call, and is retried."""
    fault, faults = Fault(status=403, code="AccessDeniedException"), machine.engine.patch_context.faults
    with shortened(), faults.inject("sfn.StartExecution", fault):
        described, outcomes = machine.run([batch_item(machine, "denied", trigger("sqs_mwaa")), trigger("sqs_mwaa")])
    assert [one["result"]["status"] for one in outcomes] == ["FAILED", "TRIGGERED"]
    assert 'failed: ["batch 1 of 2"], ids ["batch:1"]' in described["cause"]


@pytest.mark.parametrize(("times", "status", "calls"), [(2, "TRIGGERED", 3), (None, "FAILED", 9)])
def test_throttled_batch_is_retried(machine: Machine, times: int | None, status: str, calls: int) -> None:
    fault, faults = Fault(status=400, code="ExecutionLimitExceeded", times=times), machine.engine.patch_context.faults
    with shortened(), faults.inject("sfn.StartExecution", fault):
        _, outcomes = machine.run([batch_item(machine, f"batch-{uuid.uuid4()}", trigger("sqs_mwaa"))])
        assert faults.calls["sfn.StartExecution"] == calls
    assert outcomes[0]["result"]["status"] == status
