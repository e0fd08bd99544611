"""The same trigger twice, and little room for the event."""

from __future__ import annotations

from typing import Any

from analysis.warnings.sizes import EVENT_ROOM
from orchestration.planning.items import MAX_INPUT, MAX_ITEM
from tests.analysis.warnings.configurations import QUEUE, found


def sized(size: int, character: str = "x") -> dict[str, Any]:
    """A trigger of so many bytes."""
    trigger: dict[str, Any] = {"type": "glue_job", "job_name": "g", "arguments": {"--x": ""}}
    return {**trigger, "arguments": {"--x": character * ((size - len(str(trigger))) // len(character.encode()))}}


def test_repeated_trigger_is_a_warning() -> None:
    again = [("repeated-trigger", "workflows.j.on_success[1]")]
    assert found(QUEUE, {**QUEUE, "id": "x", "description": "again"}) == again
    assert found(QUEUE, {**QUEUE, "accept": ["repeated-trigger"]}) == again
    assert found(QUEUE, {**QUEUE, "conf": {"a": 1}}) == []


def test_large_triggers_leave_no_room_for_the_event() -> None:
    assert found(sized(MAX_ITEM - EVENT_ROOM - 100)) == []
    assert found(sized(MAX_ITEM - EVENT_ROOM + 100)) == [("quota-headroom", "workflows.j.on_success[0]")]
    half = (MAX_INPUT - EVENT_ROOM) // 2
    two = [sized(half + 100), sized(half + 101)]
    assert [rule for rule, _ in found(*two)] == ["quota-headroom"]
    assert found(sized(half - 100), sized(half - 101)) == []


def test_size_counts_bytes_and_not_characters() -> None:
    large = sized(MAX_ITEM - EVENT_ROOM + 100, "\U0001f600")
    assert len(str(large)) < (MAX_ITEM - EVENT_ROOM) / 3
    assert found(large) == [("quota-headroom", "workflows.j.on_success[0]")]
