"""The picture of the state machine shows every state once, apart from the others, and each line once."""

from __future__ import annotations

import itertools
import json
from xml.etree import ElementTree

import pytest

from builder.machine.definition import committed
from builder.pages import diagram

SVG = "{http://www.w3.org/2000/svg}"
DEFINITION = json.loads(committed())
MAP = "Start every trigger"
PICTURE = ElementTree.fromstring(diagram.build(DEFINITION))


def boxes() -> dict[str, tuple[float, ...]]:
    return {
        group.attrib["data-state"]: tuple(float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        for group in PICTURE.iterfind(f"{SVG}g[@class='state']")
        for rect in group.iterfind(f"{SVG}rect")
    }


def test_states_have_boxes_apart_from_each_other() -> None:
    inner = DEFINITION["States"][MAP]["ItemProcessor"]["States"]
    found = boxes()
    assert set(found) == {*inner, *DEFINITION["States"]} - {MAP}
    for x, y, width, height in found.values():
        assert min(x, y) >= 0
        assert x + width <= float(PICTURE.attrib["width"])
        assert y + height <= float(PICTURE.attrib["height"])
    for (x, y, width, height), (other_x, other_y, _, _) in itertools.combinations(found.values(), 2):
        assert abs(x - other_x) >= width or abs(y - other_y) >= height


def test_texts_are_the_names_of_the_states() -> None:
    for group in PICTURE.iterfind(f"{SVG}g[@class='state']"):
        assert " ".join(text.text or "" for text in group.iterfind(f"{SVG}text")) == group.attrib["data-state"]


@pytest.mark.parametrize("kind", ["way", "failure"])
def test_lines_have_the_arrowhead_of_their_kind(kind: str) -> None:
    lines = PICTURE.findall(f"{SVG}path[@class='{kind}']")
    assert lines
    assert {line.attrib["marker-end"] for line in lines} == {f"url(#tip-{kind})"}
    assert PICTURE.find(f".//{SVG}marker[@id='tip-{kind}']") is not None
    assert {"stroke-dasharray" in line.attrib for line in lines} == {kind == "failure"}
