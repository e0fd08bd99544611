"""Names of people end as texts in the picture, never as markup."""

from __future__ import annotations

from xml.etree import ElementTree

from analysis.drawing.shapes import Box, Stroke, document, downwards, group, line, rectangle, text, to_the_right

NAME = "<b>\"a\" & 'b'</b>"
SVG = "{http://www.w3.org/2000/svg}"


def test_texts_titles_and_attributes_are_escaped() -> None:
    box = rectangle(Box(1, 2, 3, 4), fill="#fff", radius=1)
    stroke = Stroke("#000", 1.5, tip="t")
    parts = [
        group({"data-name": NAME}, [box, text(NAME, (1, 2))], title=NAME),
        line("M0 0", stroke, {"a": NAME}, title=NAME),
    ]
    root = ElementTree.fromstring(document(10, 20, parts, tips={"t": "#000"}, font_size=12))
    (shown,), (way,) = root.findall(f"{SVG}g"), root.findall(f"{SVG}path")
    assert shown.attrib["data-name"] == way.attrib["a"] == NAME
    assert [one.text for one in (*shown.iter(f"{SVG}title"), *shown.iter(f"{SVG}text"), *way.iter(f"{SVG}title"))] == [
        NAME
    ] * 3


def test_ways_curve_over_gaps_only() -> None:
    points: list[tuple[float, float]] = [(0, 0), (10, 5), (20, 5), (30, 0)]
    assert to_the_right(points) == "M0 0C5 0 5 5 10 5L20 5C25 5 25 0 30 0"
    turned = [(y, x) for x, y in points]
    assert downwards(turned) == "M0 0C0 5 5 5 5 10L5 20C5 25 0 25 0 30"
