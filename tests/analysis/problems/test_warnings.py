"""Entries that the router accepts and that are probably mistakes; test_check.py has the exact line of each."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.graph.lineage import edges
from analysis.problems.warnings import EVENT_ROOM, REGIONS, warnings
from orchestration.configuration.workflows import checked_entries
from orchestration.planning.items import MAX_INPUT, MAX_ITEM
from orchestration.settings import Settings

QUEUE = {"type": "sqs_mwaa", "dag_id": "d"}


def found(*triggers: dict[str, Any], **workflows: Any) -> list[tuple[str, str]]:
    """Rule and path of each warning."""
    document: dict[str, Any] = {"workflows": {"j": {"on_success": list(triggers)}, **workflows}}
    lineage = edges(checked_entries(document, Settings()))
    return [(rule, problem.path) for rule, problem in warnings(document, lineage)]


def sized(size: int) -> dict[str, Any]:
    """A trigger of so many bytes."""
    trigger: dict[str, Any] = {"type": "glue_job", "job_name": "g", "arguments": {"--x": ""}}
    return {**trigger, "arguments": {"--x": "x" * (size - len(str(trigger)))}}


def test_regions_come_from_the_sdk() -> None:
    assert {"us-east-1", "cn-north-1", "us-gov-west-1"} <= set(REGIONS)


def test_usual_configuration_has_no_warnings() -> None:
    assert found(QUEUE, {**QUEUE, "dag_id": "e"}) == []


def test_workflow_without_triggers_starts_nothing() -> None:
    assert found() == [("empty-workflow", "workflows.j")]
    assert found(QUEUE, k={"on_success": [], "on_approval": [QUEUE]}) == []
    assert found(QUEUE, k={"on_succes": []}) == []  # a misspelt list has its own error


def test_repeated_trigger_is_a_warning() -> None:
    assert found(QUEUE, {**QUEUE, "id": "x", "description": "again"}) == [
        ("repeated-trigger", "workflows.j.on_success[1]")
    ]


@pytest.mark.parametrize(("job", "warns"), [(" k", True), ("k ", True), ("k k", False)])
def test_blank_at_the_end_of_a_name_is_a_warning(job: str, warns: bool) -> None:
    assert [rule for rule, _ in found(QUEUE, **{job: {"on_success": [QUEUE]}})] == ["blank-in-name"] * warns


def test_similar_names_are_a_warning() -> None:
    target = {"type": "glue_job", "job_name": "Load-Orders"}
    assert found(target, load_orders={"on_success": [QUEUE]}) == [("similar-names", "workflows.j.on_success[0]")]
    assert found({**target, "job_name": "load_orders"}, load_orders={"on_success": [QUEUE]}) == []


def test_large_triggers_leave_no_room_for_the_event() -> None:
    assert found(sized(MAX_ITEM - EVENT_ROOM - 100)) == []
    assert found(sized(MAX_ITEM - EVENT_ROOM + 100)) == [("quota-headroom", "workflows.j.on_success[0]")]
    half = (MAX_INPUT - EVENT_ROOM) // 2
    two = [sized(half + 100), sized(half + 101)]
    assert [rule for rule, _ in found(*two)] == ["quota-headroom"]
    assert found(sized(half - 100), sized(half - 101)) == []
