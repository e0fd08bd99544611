"""The definition of a join's deadline: waits, asks the router, and fails with its words."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from builder.machine import join_deadline
from builder.machine.definition import render
from orchestration.event.kinds import JOIN_DEADLINE
from tests.builder.machine.definition_linters import gates

BUILT = json.dumps(join_deadline.build())
TEXT = render(BUILT, {"router_arn": "arn:aws:lambda:us-west-1:123456789012:function:router:live"})
STATES: dict[str, Any] = json.loads(TEXT)["States"]


@pytest.mark.parametrize("gate", ["own", "statelint", "moto"])
def test_definition_passes(gate: str) -> None:
    assert gates(None)[gate](TEXT) == []


def test_definition_has_the_router_as_placeholder() -> None:
    assert re.findall(r"\$\{(\w+)\}", BUILT) == ["router_arn"]


def test_router_is_asked_by_its_reserved_field() -> None:
    task = STATES["Let the router decide"]
    assert task["Parameters"]["Payload"] == {JOIN_DEADLINE: {"join.$": "$.join", "key.$": "$.key"}}
    assert task["Catch"][-1]["ErrorEquals"] == ["States.ALL"]


def test_incomplete_join_ends_in_a_fail_state() -> None:
    verdict = STATES["Did all jobs arrive?"]
    assert verdict["Choices"] == [
        {"Variable": "$.answer.status", "StringEquals": "COMPLETE", "Next": "All jobs arrived"}
    ]
    assert STATES[verdict["Default"]]["Next"] == "The join expired"
    assert STATES["The join expired"]["Type"] == "Fail"
