"""The picture of a graph: nodes and links in columns, each once, with the colour of its type."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.drawing.layers import MAX_LINKS
from analysis.graph.graph import Graph
from analysis.graph.svg import layout, svg
from orchestration.errors import ConfigError
from orchestration.triggers.glue_job import GlueJob
from orchestration.triggers.step_function import StepFunction
from tests.analysis.graph.graphs import EXAMPLES, WAREHOUSE, graph_of, jobs

SPACE = "{http://www.w3.org/2000/svg}"


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
    program = (
        "import sys; from analysis.graph.svg import *; from tests.analysis.graph.graphs import *; "
        "sys.stdout.write(svg(graph_of(WAREHOUSE)))"
    )
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


def parts(graph: Graph) -> tuple[dict[str, tuple[float, float, float]], list[tuple[str, str, ElementTree.Element]]]:
    """Boxes by the key of their node, as left, right and middle; links with the keys of their ends."""
    root = ElementTree.fromstring(svg(graph))
    boxes = {}
    for group in root.iterfind(f"{SPACE}g[@class='node']"):
        rect = group.find(f"{SPACE}rect")
        assert rect is not None
        x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        boxes[group.attrib["data-key"]] = (x, x + width, y + height / 2)
    links = [
        (path.attrib["data-source"], path.attrib["data-target"], path)
        for path in root.iterfind(f".//{SPACE}path[@class='link']")
    ]
    return boxes, links


def numbers(path: ElementTree.Element) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path.attrib["d"])]


def test_link_leaves_its_source_and_ends_before_its_target() -> None:
    boxes, links = parts(jobs(a=["b", "x"], b=["c"]))
    assert [(source, target) for source, target, _ in links] == [
        ("job:a", "job:b"),
        ("job:a", "glue_job:x"),
        ("job:b", "glue_job:c"),
    ]
    for source, target, path in links:
        found = numbers(path)
        assert found[:2] == pytest.approx([boxes[source][1], boxes[source][2]], abs=0.1)
        assert found[-2:] == pytest.approx([boxes[target][0] - 1, boxes[target][2]], abs=0.1)


def test_link_of_a_cycle_returns_on_the_right() -> None:
    boxes, links = parts(jobs(a=["b"], b=["a"]))
    (back,) = (path for source, target, path in links if boxes[source][0] >= boxes[target][0])
    right = max(edge for _, edge, _ in boxes.values())
    assert max(numbers(back)[0::2]) > right
    assert numbers(back)[-2] == pytest.approx(boxes["job:a"][1] + 1, abs=0.1)


def test_two_triggers_between_the_same_nodes_are_two_lines() -> None:
    _, links = parts(jobs(a=["x", "x"]))
    first, second = (numbers(path) for _, _, path in links)
    assert second[1] - first[1] == pytest.approx(4)


def test_colour_dashes_and_title_tell_the_trigger() -> None:
    arn = "arn:aws:states:us-west-1:123456789012:stateMachine:load"
    _, links = parts(
        graph_of(
            {
                "workflows": {
                    "a": {
                        "on_success": [{"type": "glue_job", "job_name": "<x>", "id": "one"}],
                        "on_approval": [{"type": "step_function", "arn": arn, "id": "two"}],
                    }
                }
            }
        )
    )
    glue, nested = (path for _, _, path in links)
    assert [path.attrib["stroke"] for path in (glue, nested)] == [GlueJob.COLOUR, StepFunction.COLOUR]
    assert ["stroke-dasharray" in path.attrib for path in (glue, nested)] == [False, True]
    assert glue.findtext(f"{SPACE}title") == "a on_success: glue_job <x> (one)"
    assert nested.findtext(f"{SPACE}title") == "a on_approval: step_function load (two)"


def test_node_shows_a_shortened_name_and_its_description() -> None:
    long = "n" * 31
    found = graph_of(
        {
            "workflows": {
                "a": {"description": "First.", "on_success": [{"type": "glue_job", "job_name": long}]},
                "b" * 30: {"on_success": []},
            }
        }
    )
    root = ElementTree.fromstring(svg(found))
    nodes = {group.attrib["data-key"]: group for group in root.iterfind(f"{SPACE}g[@class='node']")}
    texts = {key: (group.findtext(f"{SPACE}text"), group.findtext(f"{SPACE}title")) for key, group in nodes.items()}
    assert texts == {
        "job:a": ("a", "a: First."),
        f"glue_job:{long}": ("n" * 29 + "\u2026", f"glue_job {long}"),
        f"job:{'b' * 30}": ("b" * 30, f"job {'b' * 30}"),
    }


def test_legend_has_the_types_of_the_graph_within_the_sheet() -> None:
    approval = graph_of({"workflows": {"a": {"on_approval": [{"type": "glue_job", "job_name": "x"}]}}})
    for graph, words in ((jobs(a=["x"]), ["glue_job"]), (approval, ["glue_job", "on approval"]), (jobs(a=[]), [])):
        root = ElementTree.fromstring(svg(graph))
        (legend,) = (group for group in root.iterfind(f"{SPACE}g") if "class" not in group.attrib)
        texts = legend.findall(f"{SPACE}text")
        assert [text.text for text in texts] == words
        assert all(float(text.attrib["x"]) < float(root.attrib["width"]) for text in texts)
        assert all(float(text.attrib["y"]) < float(root.attrib["height"]) for text in texts)
