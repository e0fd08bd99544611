"""Draws the state machine as an SVG: the steps, the way of failures, and the ends.

A state's row is its distance from the start (networkx). Solid lines are the path without failures, dashed lines failures.
"""

from __future__ import annotations

import itertools
import textwrap
from dataclasses import dataclass
from html import escape
from typing import Any

import networkx as nx

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 176, 56, 18, 54, 28
_FILL = {
    "Task": "#e8f1fd",
    "Choice": "#fdf6e3",
    "Pass": "#f4f4f4",
    "Fail": "#fde8e8",
    "Succeed": "#e7f6ea",
    "Map": "#ffffff",
}


_OPENING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
    'font-family="Helvetica, Arial, sans-serif" font-size="13">\n<defs><marker id="tip" viewBox="0 0 8 8" refX="7" '
    'refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="context-stroke"/></marker></defs>'
)


@dataclass(frozen=True, slots=True)
class _Box:
    """A state on the sheet; ``x`` and ``y`` are its upper left corner, in pixels."""

    name: str
    kind: str
    x: float
    y: float
    width: float = _WIDTH
    height: float = _HEIGHT

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def build(definition: dict[str, Any]) -> str:
    """The definition as an SVG document."""
    (map_name, map_state), *_ = (
        (name, state) for name, state in definition["States"].items() if state["Type"] == "Map"
    )
    inner = _rows(map_state["ItemProcessor"])
    widest = max(len(row) for row in inner)
    width = widest * (_WIDTH + _GAP_X) - _GAP_X + 4 * _MARGIN
    boxes = _placed(inner, map_state["ItemProcessor"], width, top=_MARGIN + 62)
    bottom = max(box.y + box.height for box in boxes.values()) + _MARGIN
    frame = _Box(map_name, "Map", _MARGIN, _MARGIN, width - 2 * _MARGIN, bottom - _MARGIN)
    outer = {name: state for name, state in definition["States"].items() if name != map_name}
    after = {"StartAt": map_state["Next"], "States": outer}
    below = _placed(_rows(after), after, width, top=bottom + _GAP_Y)
    height = max(box.y + box.height for box in below.values()) + _MARGIN
    parts = [
        _OPENING.format(width=width, height=height),
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        _frame(frame),
        *_edges(map_state["ItemProcessor"], boxes),
        *_edges(after, below),
        _line(frame, below[map_state["Next"]], failure=False),
        *(_box(box) for box in (*boxes.values(), *below.values())),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _targets(state: dict[str, Any]) -> list[tuple[str, bool]]:
    """Next states of a state, each with True if only a failure leads there."""
    ways = [(choice["Next"], choice.get("StringEquals") == "rejected") for choice in state.get("Choices", [])]
    ways += [(state["Default"], True)] if "Default" in state else []
    ways += [(catch["Next"], catch["ErrorEquals"] == ["States.ALL"]) for catch in state.get("Catch", [])]
    return ways + ([(state["Next"], state["Type"] == "Pass")] if "Next" in state else [])


def _rows(machine: dict[str, Any]) -> list[list[str]]:
    """The states by their longest distance from the start."""
    graph = nx.DiGraph()
    graph.add_nodes_from(machine["States"])
    graph.add_edges_from((name, target) for name, state in machine["States"].items() for target, _ in _targets(state))
    order = [target for target, _ in _targets(machine["States"][machine["StartAt"]])] + list(machine["States"])
    rows = [sorted(row, key=order.index) for row in nx.topological_generations(graph)]
    for above, row in itertools.pairwise(rows):  # a state stands below those that lead to it
        parents = {name: [above.index(one) for one in graph.predecessors(name) if one in above] for name in row}
        row.sort(key=lambda name: sum(parents[name]) / len(parents[name]))
    return rows


def _placed(rows: list[list[str]], machine: dict[str, Any], width: float, top: float) -> dict[str, _Box]:
    boxes = {}
    for number, row in enumerate(rows):
        left = (width - len(row) * (_WIDTH + _GAP_X) + _GAP_X) / 2
        for place, name in enumerate(row):
            x, y = left + place * (_WIDTH + _GAP_X), top + number * (_HEIGHT + _GAP_Y)
            boxes[name] = _Box(name, machine["States"][name]["Type"], x, y)
    return boxes


def _edges(machine: dict[str, Any], boxes: dict[str, _Box]) -> list[str]:
    seen: set[tuple[str, str]] = set()
    lines = []
    for name, state in machine["States"].items():
        for target, failure in _targets(state):
            if (name, target) not in seen:
                seen.add((name, target))
                lines.append(_line(boxes[name], boxes[target], failure=failure))
    return lines


def _line(start: _Box, end: _Box, *, failure: bool) -> str:
    y1, y2 = start.y + start.height, end.y
    bend = (y1 + y2) / 2
    style = 'class="failure" stroke="#c0392b" stroke-dasharray="5 4"' if failure else 'class="way" stroke="#2c3e50"'
    path = f"M{start.middle:g} {y1:g} C{start.middle:g} {bend:g} {end.middle:g} {bend:g} {end.middle:g} {y2:g}"
    return f'<path d="{path}" fill="none" stroke-width="1.4" marker-end="url(#tip)" {style}/>'


def _box(box: _Box) -> str:
    lines = textwrap.wrap(box.name, 24)
    first = box.y + box.height / 2 - (len(lines) - 1) * 8 + 4
    texts = "".join(
        f'<tspan x="{box.middle:g}" y="{first + 16 * row:g}">{escape(line)}</tspan>' for row, line in enumerate(lines)
    )
    radius = 26 if box.kind in ("Succeed", "Fail") else 14 if box.kind == "Choice" else 5
    return (
        f'<g class="state" data-state="{escape(box.name)}">'
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="{radius}" '
        f'fill="{_FILL[box.kind]}" stroke="#5d6d7e"/><text text-anchor="middle" fill="#1b2631">{texts}</text></g>'
    )


def _frame(frame: _Box) -> str:
    return (
        f'<g class="frame" data-state="{escape(frame.name)}">'
        f'<rect x="{frame.x:g}" y="{frame.y:g}" width="{frame.width:g}" height="{frame.height:g}" rx="10" fill="#fbfcfd" '
        f'stroke="#5d6d7e" stroke-dasharray="2 3"/><text x="{frame.x + 18:g}" y="{frame.y + 28:g}" font-size="16" '
        f'font-weight="bold" fill="#1b2631">{escape(frame.name)}</text><text x="{frame.x + 18:g}" y="{frame.y + 48:g}" '
        'fill="#566573">up to 40 at a time; a failed one is recorded (dashed), and the others still start</text></g>'
    )
