"""Lineage graphs: nodes and edges of a configuration, parts of it, and pictures of any graph."""

from __future__ import annotations

import pytest

from analysis.graph.graph import Graph, as_json, as_mermaid
from analysis.graph.svg import svg
from orchestration.errors import ConfigError
from tests.analysis.graph.graphs import graph_of, jobs


def names(graph: Graph) -> set[str]:
    return {node.name for node in graph.nodes.values()}


def test_target_with_a_workflow_is_one_node() -> None:
    found = jobs(a=["b", "x"], b=["x"])
    assert list(found.nodes) == ["job:a", "job:b", "glue_job:x"]
    assert [(link.source, link.target) for link in found.links] == [
        ("job:a", "job:b"),
        ("job:a", "glue_job:x"),
        ("job:b", "glue_job:x"),
    ]


def test_many_targets_of_one_type_become_one_node() -> None:
    found = jobs(a=[*(f"t{number}" for number in range(13)), "b", "shared"], b=["x", "shared"]).grouped(12)
    assert {(link.source, link.target) for link in found.links} == {
        ("job:a", "group:glue_job:job:a"),
        ("job:a", "job:b"),
        ("job:a", "glue_job:shared"),
        ("job:b", "glue_job:x"),
        ("job:b", "glue_job:shared"),
    }
    assert found.nodes["group:glue_job:job:a"].name == "13 targets"
    assert found.nodes["group:glue_job:job:a"].description.endswith("t11, t12")
    assert "13 targets" in svg(found)
    few = jobs(a=["x", "y"])
    assert few.grouped(12) == few


def test_part_has_only_what_a_job_reaches() -> None:
    found = jobs(a=["b"], b=["c", "x"], c=["y"], other=["x"])
    assert names(found.part("b", ["downstream"])) == {"b", "c", "x", "y"}
    assert names(found.part("b", ["upstream"])) == {"a", "b"}
    both = found.part("b", ["downstream", "upstream"])
    assert names(both) == {"a", "b", "c", "x", "y"}
    assert len(both.links) == 4
    assert names(found.part("x", ["upstream"])) == {"a", "b", "other", "x"}
    with pytest.raises(ConfigError, match="Did you mean 'other'"):
        found.part("othr", ["downstream"])


def test_part_of_a_cycle_ends() -> None:
    assert names(jobs(a=["b"], b=["a", "x"]).part("a", ["downstream"])) == {"a", "b", "x"}


def test_mermaid_escapes_names() -> None:
    found = graph_of({"workflows": {'a"|]<b>': {"on_approval": [{"type": "glue_job", "job_name": "x"}]}}})
    assert as_mermaid(found) == (
        'flowchart LR\n    n0["a#34;#124;#93;#60;b#62;"]\n    n1(["x"])\n    n0 -.->|glue_job| n1\n'
    )


def test_json_has_the_place_of_each_trigger() -> None:
    (edge,) = as_json(jobs(a=["x"]))["edges"]
    assert (edge["source"], edge["target"], edge["path"]) == ("job:a", "glue_job:x", "workflows.a.on_success[0]")
