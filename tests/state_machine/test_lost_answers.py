"""Errors of calls that may have taken effect, or were throttled, under the names that AWS sends."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from local.engine.engine import Engine
from local.engine.faults import Fault
from tests.state_machine.harness import Machine, shortened, trigger

THROTTLED = Fault(code="ThrottlingException", message="Rate exceeded")
KMS = Fault(code="KmsThrottlingException", times=2)


@pytest.fixture(scope="module")
def machine(engine: Engine) -> Iterator[Machine]:
    with shortened():
        yield Machine(engine)


def batch(machine: Machine) -> dict[str, Any]:
    """An item that starts an execution of one trigger."""
    request = {
        "StateMachineArn": machine.simulator.stack.state_machine,
        "Name": f"batch-{uuid.uuid4()}",
        "triggers": [trigger("sqs_mwaa")],
        "routing": {},
    }
    return trigger("batch") | {"request": request}


def outcome(machine: Machine, operation: str, fault: Fault, item: dict[str, Any]) -> tuple[str, str, int]:
    """Status and error of the item, and the number of calls."""
    faults = machine.engine.patch_context.faults
    with faults.inject(operation, fault):
        _, (ended,) = machine.run([item])
        return ended["result"]["status"], ended.get("error", {}).get("Error", ""), faults.calls[operation]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500, code="InternalException", takes_effect=True, times=1),
        Fault(takes_effect=True, breaks="connection", times=1),
        Fault(takes_effect=True, breaks="timeout", times=1),
    ],
    ids=["500", "connection", "timeout"],
)
def test_event_with_a_lost_answer_is_put_again(machine: Machine, fault: Fault) -> None:
    """EventBridge delivers at least once by contract, so docs/triggers.md allows a second entry."""
    assert outcome(machine, "eventbridge.PutEvents", fault, trigger("eventbridge")) == ("TRIGGERED", "", 2)


def test_nested_start_that_is_throttled_fails_its_trigger(machine: Machine) -> None:
    """The name also covers 5xx errors, and an Express state machine ignores names: a retry could start it twice."""
    ended = outcome(machine, "sfn.StartExecution", THROTTLED, trigger("step_function"))
    assert ended == ("FAILED", "StepFunctions.AWSStepFunctionsException", 1)


def test_batch_that_the_api_throttles_is_retried(machine: Machine) -> None:
    throttled = Fault(code="ThrottlingException", times=2)
    assert outcome(machine, "sfn.StartExecution", throttled, batch(machine)) == ("TRIGGERED", "", 3)


def test_nested_start_that_kms_throttles_is_retried(machine: Machine) -> None:
    assert outcome(machine, "sfn.StartExecution", KMS, trigger("step_function")) == ("TRIGGERED", "", 3)


def test_batch_that_kms_throttles_is_retried(machine: Machine) -> None:
    assert outcome(machine, "sfn.StartExecution", KMS, batch(machine)) == ("TRIGGERED", "", 3)
