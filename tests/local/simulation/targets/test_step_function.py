"""The target of a step_function trigger is a state machine under the ARN of any account."""

from __future__ import annotations

import pytest

from local.engine.engine import Engine
from local.simulation.targets import FAILURE, step_function
from orchestration.triggers.step_function import StepFunction
from tests.local.engine.patches.probing import ended

ARN = "arn:aws:states:us-west-1:999999999999:stateMachine:nested"


def start(engine: Engine, arn: str) -> str:
    execution: str = engine.client("stepfunctions").start_execution(stateMachineArn=arn, input='{"a": 1}')[
        "executionArn"
    ]
    return execution


def test_execution_succeeds_and_its_input_is_read_back(engine: Engine) -> None:
    trigger = StepFunction(arn=ARN)
    for _ in range(2):
        step_function.create(engine, trigger)
    execution = start(engine, ARN)
    assert ended(engine.client("stepfunctions"), execution)["status"] == "SUCCEEDED"
    assert step_function.received(engine, trigger, execution) == {"a": 1}
    assert step_function.address(trigger) == ARN


def test_failing_machine_reports_why(engine: Engine) -> None:
    trigger = StepFunction(arn=f"{ARN}-fails")
    step_function.create(engine, trigger)
    step_function.fail(engine, trigger)
    described = ended(engine.client("stepfunctions"), start(engine, trigger.arn))
    assert (described["status"], described["error"], described["cause"]) == ("FAILED", "SimulatedFailure", FAILURE)


def test_removed_machine_does_not_exist(engine: Engine) -> None:
    trigger = StepFunction(arn=f"{ARN}-gone")
    step_function.create(engine, trigger)
    step_function.remove(engine, trigger)
    with pytest.raises(engine.client("stepfunctions").exceptions.StateMachineDoesNotExist):
        start(engine, trigger.arn)
