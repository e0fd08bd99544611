"""The doctor asks for the table and the state machine of joins, if the deployment or the configuration has joins."""

from __future__ import annotations

from typing import Any

import pytest

from operations.doctor import ExaminedStack, joins
from orchestration.configuration.workflows import checked_entries
from tests.operations.doctor.conftest import ROUTER, Examined

MACHINE = "arn:aws:states:us-west-1:123456789012:stateMachine"
JOIN: Any = {"all_of": ["a", "b"], "key": "${day}", "on_complete": [{"type": "sqs_mwaa", "dag_id": "d"}]}


def found(stack: ExaminedStack) -> list[tuple[str, str, str]]:
    return [(finding.subject, finding.status, finding.message) for finding in joins.check(stack)]


def test_table_and_state_machine_are_well(examined: Examined) -> None:
    message = "table and state machine of the deadlines exist"
    assert found(examined()) == [(f"{ROUTER}-joins", "ok", message)]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"joins_table": "nowhere"}, "the table does not exist, so events of joins fail"),
        ({"join_deadline_arn": f"{MACHINE}:nowhere"}, f"the state machine '{MACHINE}:nowhere' does not exist"),
        ({"join_deadline_arn": "text"}, "the state machine 'text' does not exist, so no deadline starts"),
        (
            {"joins_table": "nowhere", "join_deadline_arn": f"{MACHINE}:nowhere"},
            "the table does not exist, so events of joins fail",
        ),
    ],
)
def test_missing_part_is_a_problem(examined: Examined, settings: dict[str, str], words: str) -> None:
    ((_, status, message),) = found(examined(**settings))
    assert status == "problem"
    assert words in message


def test_configuration_with_joins_needs_the_table(examined: Examined) -> None:
    stack = examined(joins_table="")
    assert found(stack) == []
    stack.entries = list(checked_entries({"workflows": {}, "joins": {"daily": JOIN}}, stack.settings))
    message = "the configuration has joins, but the router has no table, so their events fail"
    assert found(stack) == [(ROUTER, "problem", message)]
