"""Edges of a configuration, and its cycles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.graph.lineage import MAX_CYCLES, Edge, cycles, edges, endless, join_edges
from orchestration.configuration.workflows import checked_entries
from orchestration.settings import Settings


def of(document: dict[str, Any]) -> list[Edge]:
    return edges(checked_entries(document, Settings()))


def edge(job: str, target: str, *, publishes: bool = False, when: dict[str, Any] | None = None) -> Edge:
    return Edge(
        job=job,
        target=target,
        type="glue_job",
        event_kind="on_success",
        path="",
        id="",
        description="",
        when=when or {},
        publishes=publishes,
    )


def rings(*names: str) -> list[list[str]]:
    """Jobs of each cycle among edges such as ``ab``."""
    return [[one.job for one in ring] for ring in cycles(edge(name[0], name[1]) for name in names)]


def test_each_valid_trigger_is_an_edge() -> None:
    when = {"metrics": {"rows": [1]}}
    load = {"type": "glue_job", "job_name": "load", "id": "x", "description": "d", "when": when}
    first, second = of({"workflows": {"j": {"on_success": [load, {"type": "unknown"}], "on_approval": [load]}}})
    assert (first.job, first.target, first.type, first.event_kind) == ("j", "load", "glue_job", "on_success")
    assert (first.path, first.id, first.description) == ("workflows.j.on_success[0]", "x", "d")
    assert (first.when, first.publishes, second.event_kind) == (when, False, "on_approval")


def test_published_job_is_the_target() -> None:
    plain = {"type": "glue_job", "job_name": "load", "wait": True}
    triggers = [plain, {**plain, "publish": True, "id": "a"}, {**plain, "publish": True, "publish_as": "orders"}]
    found = of({"workflows": {"j": {"on_success": triggers}}})
    assert [(one.target, one.publishes) for one in found] == [("load", False), ("load", True), ("orders", True)]


def test_each_job_of_a_join_leads_to_the_join() -> None:
    trigger = {"type": "glue_job", "job_name": "report"}
    join = {"all_of": ["a", "b"], "key": "${day}", "on_complete": [trigger], "description": "d"}
    document = {"workflows": {}, "joins": {"daily": join, "broken": {"all_of": ["a"]}}}
    found = join_edges(document)
    assert [(one.job, one.target, one.type, one.path) for one in found] == [
        ("a", "daily", "join", "joins.daily.all_of[0]"),
        ("b", "daily", "join", "joins.daily.all_of[1]"),
    ]
    assert join_edges({"workflows": {}}) == join_edges({"workflows": {}, "joins": []}) == []
    assert [(one.job, one.target) for one in of(document)] == [("daily", "report")]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["ab", "bc"], []),
        (["aa"], [["a"]]),
        (["ab", "ba"], [["a", "b"]]),
        (["ca", "bc", "ab"], [["a", "b", "c"]]),
        (["ab", "ba", "cd", "dc"], [["a", "b"], ["c", "d"]]),
        (["ab", "bx", "ay"], []),
    ],
)
def test_cycle_begins_at_its_smallest_name(names: list[str], found: list[list[str]]) -> None:
    assert sorted(rings(*names)) == found


def test_many_cycles_are_cut() -> None:
    assert len(cycles(edge(str(number), str(number)) for number in range(MAX_CYCLES + 5))) == MAX_CYCLES


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=10))
def test_cycle_is_closed_and_without_one_none_is_left(pairs: list[tuple[str, str]]) -> None:
    found = cycles(edge(*pair) for pair in pairs)
    for ring in found:
        assert [one.target for one in ring] == [*(one.job for one in ring[1:]), ring[0].job]
        assert {(one.job, one.target) for one in ring} <= set(pairs)
    cut = {(ring[-1].job, ring[-1].target) for ring in found}
    assert cycles(edge(*pair) for pair in pairs if pair not in cut) == []


def test_cycle_is_endless_if_published_without_condition() -> None:
    plain, published = edge("a", "b"), edge("b", "a", publishes=True)
    assert not endless([plain])
    assert endless([plain, published])
    assert not endless([edge("a", "b", when={"x": [1]}), published])
