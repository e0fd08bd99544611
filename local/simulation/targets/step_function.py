"""A state machine that succeeds immediately."""

from __future__ import annotations

import json
from typing import Any

from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.defaults import ACCOUNT
from local.engine.engine import Engine
from local.simulation.targets import FAILURE
from orchestration.triggers.step_function import StepFunction

_DEFINITION = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}


def create(engine: Engine, trigger: StepFunction) -> None:
    """Create the state machine under the trigger's ARN, even if the ARN has another account."""
    backend = stepfunctions_parser_backends[ACCOUNT][engine.region]
    if any(machine.arn == trigger.arn for machine in backend.state_machines):
        return
    name = f"{trigger.target_name().replace(':', '-')}"[:80]
    made = engine.client("stepfunctions").create_state_machine(
        name=name, definition=json.dumps(_DEFINITION), roleArn=f"arn:aws:iam::{ACCOUNT}:role/nested"
    )["stateMachineArn"]
    next(machine for machine in backend.state_machines if machine.arn == made).arn = trigger.arn


def received(engine: Engine, trigger: StepFunction, run_id: str) -> Any:
    """Return the input of the nested execution."""
    return json.loads(engine.client("stepfunctions").describe_execution(executionArn=run_id)["input"])


def address(trigger: StepFunction) -> str:
    """Return the ARN of the state machine."""
    return trigger.arn


def remove(engine: Engine, trigger: StepFunction) -> None:
    """Delete the state machine."""
    engine.client("stepfunctions").delete_state_machine(stateMachineArn=trigger.arn)


def fail(engine: Engine, trigger: StepFunction) -> None:
    """Let every execution of the state machine fail."""
    engine.client("stepfunctions").update_state_machine(
        stateMachineArn=trigger.arn,
        definition=json.dumps(
            {"StartAt": "Fail", "States": {"Fail": {"Type": "Fail", "Error": "SimulatedFailure", "Cause": FAILURE}}}
        ),
    )
