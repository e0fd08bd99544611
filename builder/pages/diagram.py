"""Draws the state machine as an SVG: the steps, the way of failures, and the ends.

A state's row is its longest distance from the start. Solid lines are the path without failures, dashed lines failures.
"""

from __future__ import annotations

import textwrap
from typing import Any

from analysis.drawing.layers import Layout, layers
from analysis.drawing.shapes import MUTED, Box, Stroke, document, downwards, group, line, rectangle, text

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 176, 56, 18, 54, 28
_FILL = {
    "Task": "#e8f1fd",
    "Choice": "#fdf6e3",
    "Pass": "#f4f4f4",
    "Wait": "#f4f4f4",
    "Fail": "#fde8e8",
    "Succeed": "#e7f6ea",
}
_WAY, _FAILURE = "way", "failure"
_COLOURS = {_WAY: "#2c3e50", _FAILURE: "#c0392b"}
"""Class of a line to its colour, and to that of its arrowhead."""


def build(definition: dict[str, Any]) -> str:
    """The definition as an SVG document."""
    (map_name, map_state), *_ = (
        (name, state) for name, state in definition["States"].items() if state["Type"] == "Map"
    )
    outer = {name: state for name, state in definition["States"].items() if name != map_name}
    item = _Part(map_state["ItemProcessor"]["States"])
    after = _Part(outer)
    width = max(item.width, after.width) + 4 * _MARGIN
    item.move((width - item.width) / 2, _MARGIN + 62)
    frame = Box(_MARGIN, _MARGIN, width - 2 * _MARGIN, item.bottom)
    after.move((width - after.width) / 2, frame.bottom + _GAP_Y)
    first = after.boxes[map_state["Next"]]
    parts = [
        _frame(map_name, frame),
        *item.lines(),
        *after.lines(),
        _line(frame, first, [], _WAY),
        *item.states(),
        *after.states(),
    ]
    return document(width, after.bottom + _MARGIN, parts, tips=_COLOURS, font_size=13)


class _Part:
    """The states of the Map, or those after it, with a place for each."""

    def __init__(self, machine: dict[str, Any]) -> None:
        self._machine = machine
        links = [(name, target) for name, state in machine.items() for target, _ in _targets(state)]
        self._layout: Layout = layers(list(machine), links)
        self._left, self._top = 0.0, 0.0
        self.width = max(place for _, place in self._layout.places.values()) * (_WIDTH + _GAP_X) + _WIDTH

    def move(self, left: float, top: float) -> None:
        """Put the part on the sheet."""
        self._left, self._top = left, top

    @property
    def boxes(self) -> dict[str, Box]:
        """The box of each state on the sheet."""
        return {name: self._box(*place) for name, place in self._layout.places.items()}

    @property
    def bottom(self) -> float:
        """The lower edge of the last row."""
        return max(box.bottom for box in self.boxes.values())

    def states(self) -> list[str]:
        """Markup of the states."""
        return [_state(name, self._machine[name]["Type"], box) for name, box in self.boxes.items()]

    def lines(self) -> list[str]:
        """Markup of the lines between the states; the first way from a state to another gives its kind."""
        kinds: dict[tuple[str, str], str] = {}
        for name, state in self._machine.items():
            for target, kind in _targets(state):
                kinds.setdefault((name, target), kind)
        boxes, ways = self.boxes, self._layout.ways
        return [
            _line(boxes[name], boxes[target], [self._box(*place) for place in ways[name, target]], kind)
            for (name, target), kind in kinds.items()
        ]

    def _box(self, row: int, place: float) -> Box:
        return Box(self._left + place * (_WIDTH + _GAP_X), self._top + row * (_HEIGHT + _GAP_Y), _WIDTH, _HEIGHT)


def _targets(state: dict[str, Any]) -> list[tuple[str, str]]:
    """Next states of a state, each with the kind of way that leads there."""

    def kind(*, failure: bool) -> str:
        return _FAILURE if failure else _WAY

    ways = [
        (choice["Next"], kind(failure=choice.get("StringEquals") == "rejected")) for choice in state.get("Choices", [])
    ]
    ways += [(state["Default"], _FAILURE)] if "Default" in state else []
    ways += [(catch["Next"], kind(failure=catch["ErrorEquals"] == ["States.ALL"])) for catch in state.get("Catch", [])]
    return ways + ([(state["Next"], kind(failure=state["Type"] in ("Pass", "Wait")))] if "Next" in state else [])


def _line(start: Box, end: Box, crossed: list[Box], kind: str) -> str:
    points = [(start.middle[0], start.bottom)]
    for box in crossed:
        points += [(box.middle[0], box.y), (box.middle[0], box.bottom)]
    points.append((end.middle[0], end.y))
    dashes = "5 4" if kind == _FAILURE else ""
    return line(downwards(points), Stroke(_COLOURS[kind], 1.4, dashes, tip=kind), {"class": kind})


def _state(name: str, kind: str, box: Box) -> str:
    words = textwrap.wrap(name, 24)
    middle, first = box.middle[0], box.middle[1] - (len(words) - 1) * 8 + 4
    radius = 26 if kind in ("Succeed", "Fail") else 14 if kind == "Choice" else 5
    return group(
        {"class": "state", "data-state": name},
        [
            rectangle(box, fill=_FILL[kind], radius=radius),
            *(text(part, (middle, first + 16 * row), {"text-anchor": "middle"}) for row, part in enumerate(words)),
        ],
    )


def _frame(name: str, frame: Box) -> str:
    note = "up to 40 at a time; a failed one is recorded (dashed), and the others still start"
    return group(
        {"class": "frame", "data-state": name},
        [
            rectangle(frame, fill="#fbfcfd", radius=10, dashes="2 3"),
            text(name, (frame.x + 18, frame.y + 28), {"font-size": "16", "font-weight": "bold"}),
            text(note, (frame.x + 18, frame.y + 48), {"fill": MUTED}),
        ],
    )
