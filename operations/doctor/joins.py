"""The table of arrivals and the state machine of the deadlines exist, if the configuration or the deployment has joins."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from operations.doctor.finding import Finding
from operations.doctor.stack import ExaminedStack
from orchestration.event.kinds import JOIN_KINDS

_APPLY = "Set the Terraform variable joins = true, and apply"


def check(stack: ExaminedStack) -> Iterator[Finding]:
    """Compare the configuration with the deployed table and state machine."""
    table, machine = stack.settings.joins_table, stack.settings.join_deadline_arn
    about = partial(Finding, check="joins", subject=table or stack.name)
    if not table:
        if any(entry.event_kind in JOIN_KINDS for entry in stack.entries):
            message = "the configuration has joins, but the router has no table, so their events fail"
            yield about(status="problem", message=message, advice=_APPLY)
        return
    dynamodb, states = stack.client("dynamodb"), stack.client("stepfunctions")
    wrong = ""
    try:
        dynamodb.describe_table(TableName=table)
    except dynamodb.exceptions.ResourceNotFoundException:
        wrong = "the table does not exist, so events of joins fail"
    try:
        states.describe_state_machine(stateMachineArn=machine)
    except (states.exceptions.StateMachineDoesNotExist, states.exceptions.InvalidArn):
        wrong = wrong or f"the state machine {machine!r} does not exist, so no deadline starts"
    if wrong:
        yield about(status="problem", message=wrong, advice=_APPLY)
    else:
        yield about(status="ok", message="table and state machine of the deadlines exist")
