"""Lineage graphs: nodes and edges of a configuration, parts of it, and pictures of any graph."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.drawing.layers import MAX_LINKS
from analysis.graph.graph import Graph, as_json, as_mermaid, build
from analysis.graph.html import html
from analysis.graph.lineage import edges
from analysis.graph.svg import layout, svg
from orchestration.configuration.workflows import checked_entries
from orchestration.errors import ConfigError
from orchestration.settings import Settings

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
WAREHOUSE: dict[str, Any] = json.loads((EXAMPLES / "warehouse.json").read_text())


def graph_of(document: dict[str, Any]) -> Graph:
    return build(document, edges(checked_entries(document, Settings())))


def jobs(**targets: list[str]) -> Graph:
    """Jobs that start Glue jobs of these names."""
    workflows = {
        job: {"on_success": [{"type": "glue_job", "job_name": name} for name in names]}
        for job, names in targets.items()
    }
    return graph_of({"workflows": workflows})


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


def test_example_has_60_workflows_and_its_picture_is_current() -> None:
    found = graph_of(WAREHOUSE)
    assert len(WAREHOUSE["workflows"]) == 60
    hint = "run: orchestrator graph docs/examples/warehouse.json -o docs/examples/warehouse.svg"
    assert (EXAMPLES / "warehouse.svg").read_text() == svg(found), hint


def test_example_picture_is_readable_without_zooming() -> None:
    """At most 1,250 pixels wide, text of 12 pixels, and no node on another."""
    root = ElementTree.fromstring((EXAMPLES / "warehouse.svg").read_text())
    assert float(root.attrib["width"]) <= 1_250
    assert root.attrib["font-size"] == "12"
    space = "{http://www.w3.org/2000/svg}"
    boxes = [
        tuple(float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        for rect in root.iterfind(f"{space}g[@class='node']/{space}rect")
    ]
    assert len(boxes) == len(graph_of(WAREHOUSE).nodes)
    for number, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[:number]:
            apart = x >= other_x + other_width or other_x >= x + width or y >= other_y + other_height
            assert apart or other_y >= y + height


def test_every_step_is_right_of_the_job_before() -> None:
    found = graph_of(WAREHOUSE)
    places = layout(found).places
    assert all(places[link.source][0] < places[link.target][0] for link in found.links)


GRAPHS = st.dictionaries(
    st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefghxyz"), max_size=8), min_size=1, max_size=8
)


@settings(max_examples=300, deadline=None, database=None)
@given(GRAPHS)
def test_any_graph_is_drawn(targets: dict[str, list[str]]) -> None:
    """Cycles, jobs that start themselves, repeated triggers and jobs without any: the layout's library ends the process."""
    found = jobs(**targets)
    root = ElementTree.fromstring(svg(found))
    space = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f"{space}g[@class='node']")) == len(found.nodes)
    assert len(root.findall(f"{space}path[@class='link']")) == len(found.links)
    places = list(layout(found).places.values())
    assert len(set(places)) == len(places)


def test_layout_does_not_depend_on_the_hash_of_texts() -> None:
    program = "import sys; from tests.analysis.graph.test_graph import *; sys.stdout.write(svg(graph_of(WAREHOUSE)))"
    drawn = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=EXAMPLES.parents[1],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(drawn) == 1


def test_too_large_a_picture_is_refused() -> None:
    with pytest.raises(ConfigError, match="Choose a part with --job"):
        svg(jobs(a=[f"x{number}" for number in range(MAX_LINKS + 1)]))


def test_mermaid_escapes_names() -> None:
    found = graph_of({"workflows": {'a"|]<b>': {"on_approval": [{"type": "glue_job", "job_name": "x"}]}}})
    assert as_mermaid(found) == (
        'flowchart LR\n    n0["a#34;#124;#93;#60;b#62;"]\n    n1(["x"])\n    n0 -.->|glue_job| n1\n'
    )


def test_json_has_the_place_of_each_trigger() -> None:
    (edge,) = as_json(jobs(a=["x"]))["edges"]
    assert (edge["source"], edge["target"], edge["path"]) == ("job:a", "glue_job:x", "workflows.a.on_success[0]")


def test_page_escapes_texts_and_needs_no_network() -> None:
    page = html(graph_of({"workflows": {"<script>": {"on_success": [{"type": "glue_job", "job_name": "x"}]}}}), "<b>")
    assert page.count("<script>") == 1
    assert "<b>" not in page
    assert not re.search(r'(?:src|href)="http', page)
