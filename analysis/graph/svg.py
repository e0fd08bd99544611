"""Draws a lineage graph as an SVG, with a column for each step and a colour for each trigger type."""

from __future__ import annotations

from collections import Counter, defaultdict

from analysis.drawing.layers import MAX_LINKS, Layout, Place, layers
from analysis.drawing.shapes import Box, Stroke, document, group, line, rectangle, text, to_the_right
from analysis.graph.graph import Graph, Link, Node
from orchestration.errors import ConfigError
from orchestration.triggers import REGISTRY

_ROW, _HEIGHT, _GAP, _MARGIN, _LEGEND = 27, 21, 42, 16, 34
_CHARACTER, _PADDING, _LONGEST = 6.7, 20, 30
"""Pixels of a character at 12 pixels, pixels around the text, and characters of a label."""

_COLOURS = {**{trigger.TYPE: trigger.COLOUR for trigger in REGISTRY}, "join": "#6b4fbb"}
_OTHER = "#666666"
"""Colour of a trigger whose type is unknown."""


def layout(graph: Graph) -> Layout:
    """The layout of a graph; the same graph has the same layout.

    Raises:
        ConfigError: the graph is too large for a picture.
    """
    if len(graph.links) > MAX_LINKS:
        raise ConfigError(
            f"graph: found {len(graph.links):,} triggers, expected at most {MAX_LINKS:,} in a picture. Choose a part with "
            "--job NAME --downstream, or another --format"
        )
    return layers(list(graph.nodes), ((link.source, link.target) for link in graph.links))


def svg(graph: Graph) -> str:
    """The graph as an SVG document.

    Raises:
        ConfigError: the graph is too large for a picture.
    """
    sheet = _Sheet(graph, layout(graph))
    width = max([box.right for box in sheet.boxes.values()] + [_legend_width(graph)]) + _MARGIN
    height = max((box.middle[1] for box in sheet.boxes.values()), default=0) + _ROW / 2 + _MARGIN + _LEGEND
    seen: Counter[tuple[str, str]] = Counter()
    lines = list[str]()
    for link in graph.links:
        seen[link.source, link.target] += 1
        lines.append(sheet.line(link, offset=4.0 * (seen[link.source, link.target] - 1)))
    shapes = [_shape(graph.nodes[key], box) for key, box in sheet.boxes.items()]
    legend = group({}, _legend(graph, height - _LEGEND / 2))
    tips = {link.trigger.type: _COLOURS.get(link.trigger.type, _OTHER) for link in graph.links}
    return document(width, height, [*lines, *shapes, legend], tips=dict(sorted(tips.items())), font_size=12)


class _Sheet:
    """Places in pixels: the box of each node by its key, and left edge and width of each column."""

    def __init__(self, graph: Graph, placed: Layout) -> None:
        self._placed = placed
        self._first = min((row for _, row in placed.places.values()), default=0.0)
        widest: dict[int, float] = defaultdict(float)
        for key, (column, _) in placed.places.items():
            widest[column] = max(widest[column], len(_label(graph.nodes[key])) * _CHARACTER + _PADDING)
        self._columns, x = dict[int, tuple[float, float]](), float(_MARGIN)
        for column in sorted(widest):
            self._columns[column] = (x, widest[column])
            x += widest[column] + _GAP
        self.boxes = {key: self._box(place) for key, place in placed.places.items()}

    def line(self, link: Link, *, offset: float) -> str:
        source, target = self.boxes[link.source], self.boxes[link.target]
        trigger = link.trigger
        if source is target or source.x >= target.x:
            way = _backward(source, target)
        else:
            points = [(source.right, source.middle[1] + offset)]
            for column, row in self._placed.ways.get((link.source, link.target), []):
                x, width = self._columns[column]
                points += [(x, self._y(row) + offset), (x + width, self._y(row) + offset)]
            points.append((target.x - 1, target.middle[1] + offset))
            way = to_the_right(points)
        dashes = "5 3" if trigger.event_kind == "on_approval" else ""
        return line(
            way,
            Stroke(_COLOURS.get(trigger.type, _OTHER), 1.3, dashes, tip=trigger.type),
            {"class": "link", "data-source": link.source, "data-target": link.target},
            title=f"{trigger.job} {trigger.event_kind}: {trigger.type} {trigger.target} ({trigger.id})",
        )

    def _box(self, place: Place) -> Box:
        column, row = place
        x, width = self._columns[column]
        return Box(x, self._y(row) - _HEIGHT / 2, width, _HEIGHT)

    def _y(self, row: float) -> float:
        return _MARGIN + _ROW / 2 + (row - self._first) * _ROW


def _shape(node: Node, box: Box) -> str:
    job = node.kind in ("job", "join")
    colour = "#40506a" if job else _COLOURS.get(node.kind, _OTHER)
    return group(
        {"class": "node", "data-key": node.key},
        [
            rectangle(box, fill="#e9eef6" if job else "#ffffff", radius=4, stroke=colour),
            text(_label(node), (box.x + 10, box.middle[1] + 4)),
        ],
        title=f"{node.name}: {node.description}" if node.description else f"{node.kind} {node.name}",
    )


def _backward(source: Box, target: Box) -> str:
    """A link of a cycle: out on the right, around, and into the target from its right."""
    y, end_y = source.middle[1], target.middle[1]
    far = max(source.right, target.right) + _GAP * 0.8
    return f"M{source.right:g} {y - 5:g}C{far:g} {y - 12:g} {far:g} {end_y + 12:g} {target.right + 1:g} {end_y + 5:g}"


def _kinds(graph: Graph) -> list[str]:
    used = {link.trigger.type for link in graph.links}
    return [kind for kind in _COLOURS if kind in used]


def _legend_width(graph: Graph) -> float:
    return _MARGIN + sum(len(kind) * _CHARACTER + 54 for kind in [*_kinds(graph), "on approval", "job"])


def _legend(graph: Graph, y: float) -> list[str]:
    parts, x = list[str](), float(_MARGIN)
    entries = [(kind, _COLOURS.get(kind, _OTHER), "") for kind in _kinds(graph)]
    if any(link.trigger.event_kind == "on_approval" for link in graph.links):
        entries.append(("on approval", _OTHER, "5 3"))
    for words, colour, dashes in entries:
        parts.append(line(f"M{x:g} {y:g}h28", Stroke(colour, 2, dashes), {}))
        parts.append(text(words, (x + 34, y + 4)))
        x += len(words) * _CHARACTER + 54
    return parts


def _label(node: Node) -> str:
    return node.name if len(node.name) <= _LONGEST else f"{node.name[: _LONGEST - 1]}\u2026"
