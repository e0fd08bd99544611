"""Errors of calls that may have taken effect, or were throttled, under the names that AWS sends."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, Literal

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


@pytest.mark.parametrize("breaks", ["connection", "timeout"])
def test_batch_with_a_lost_answer_starts_once(machine: Machine, breaks: Literal["connection", "timeout"]) -> None:
    """The first call started the execution. The second one meets its name, and that is a success."""
    item, lost = batch(machine), Fault(takes_effect=True, breaks=breaks, times=1)
    assert outcome(machine, "sfn.StartExecution", lost, item) == ("TRIGGERED", "", 2)
    client, own = machine.engine.client("stepfunctions"), machine.simulator.stack.state_machine
    pages = client.get_paginator("list_executions").paginate(stateMachineArn=own)
    names = [execution["name"] for page in pages for execution in page["executions"]]
    assert names.count(item["request"]["Name"]) == 1


@pytest.mark.parametrize("breaks", ["connection", "timeout"])
def test_nested_start_with_a_lost_answer_is_not_retried(
    machine: Machine, breaks: Literal["connection", "timeout"]
) -> None:
    """An Express state machine ignores names, so a second call could start it twice."""
    lost = Fault(takes_effect=True, breaks=breaks, times=1)
    ended = outcome(machine, "sfn.StartExecution", lost, trigger("step_function"))
    assert ended == ("FAILED", "StepFunctions.SdkClientException", 1)
