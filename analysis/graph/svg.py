"""Draws a lineage graph as an SVG, with a column for each step and a colour for each trigger type."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass
from html import escape

from analysis.graph.graph import Graph, Link, Node
from analysis.graph.layout import Layout, layout
from orchestration.triggers import REGISTRY

_ROW, _HEIGHT, _GAP, _MARGIN, _LEGEND = 27, 21, 42, 16, 34
_CHARACTER, _PADDING, _LONGEST = 6.7, 20, 30
"""Pixels of a character at 12 pixels, pixels around the text, and characters of a label."""

_COLOURS = {**{trigger.TYPE: trigger.COLOUR for trigger in REGISTRY}, "join": "#6b4fbb"}
_OTHER = "#666666"
"""Colour of a trigger whose type is unknown."""


@dataclass(frozen=True, slots=True)
class _Box:
    """A node on the sheet, in pixels; ``y`` is its middle."""

    node: Node
    x: float
    y: float
    width: float


def svg(graph: Graph) -> str:
    """The graph as an SVG document.

    Raises:
        ConfigError: the graph is too large for a picture.
    """
    placed = layout(graph)
    boxes, columns = _boxes(graph, placed)
    width = max([box.x + box.width for box in boxes.values()] + [_legend_width(graph)]) + _MARGIN
    height = max((box.y for box in boxes.values()), default=0) + _ROW / 2 + _MARGIN + _LEGEND
    seen: Counter[tuple[str, str]] = Counter()
    lines, shapes = list[str](), list[str]()
    for link in graph.links:
        seen[link.source, link.target] += 1
        lines.append(_line(link, boxes, columns, placed, offset=4.0 * (seen[link.source, link.target] - 1)))
    shapes = [_shape(box) for box in boxes.values()]
    markers = "".join(
        f'<marker id="tip-{kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{colour}"/></marker>'
        for kind, colour in _COLOURS.items()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="12">\n'
        f'<defs>{markers}</defs>\n<rect width="100%" height="100%" fill="#ffffff"/>\n'
        + "\n".join([*lines, *shapes, _legend(graph, height - _LEGEND / 2)])
        + "\n</svg>\n"
    )


def _boxes(graph: Graph, placed: Layout) -> tuple[dict[str, _Box], dict[int, tuple[float, float]]]:
    """The boxes by key, and left edge and width of each column."""
    widest: dict[int, float] = defaultdict(float)
    for key, (column, _) in placed.places.items():
        widest[column] = max(widest[column], len(_label(graph.nodes[key])) * _CHARACTER + _PADDING)
    columns, x = {}, float(_MARGIN)
    for column in sorted(widest):
        columns[column] = (x, widest[column])
        x += widest[column] + _GAP
    first = min((row for _, row in placed.places.values()), default=0.0)
    boxes = {
        key: _Box(graph.nodes[key], columns[column][0], _y(row - first), columns[column][1])
        for key, (column, row) in placed.places.items()
    }
    return boxes, columns


def _y(row: float) -> float:
    return _MARGIN + _ROW / 2 + row * _ROW


def _shape(box: _Box) -> str:
    node, top = box.node, box.y - _HEIGHT / 2
    job = node.kind in ("job", "join")
    colour = "#40506a" if job else _COLOURS.get(node.kind, _OTHER)
    fill = "#e9eef6" if job else "#ffffff"
    title = f"{node.name}: {node.description}" if node.description else f"{node.kind} {node.name}"
    return (
        f'<g class="node" data-key="{escape(node.key)}"><title>{escape(title)}</title>'
        f'<rect x="{box.x:g}" y="{top:g}" width="{box.width:g}" height="{_HEIGHT}" rx="4" fill="{fill}" stroke="{colour}"/>'
        f'<text x="{box.x + 10:g}" y="{box.y + 4:g}" fill="#1d2733">{escape(_label(node))}</text></g>'
    )


def _line(
    link: Link, boxes: dict[str, _Box], columns: dict[int, tuple[float, float]], placed: Layout, *, offset: float
) -> str:
    source, target = boxes[link.source], boxes[link.target]
    colour = _COLOURS.get(link.trigger.type, _OTHER)
    dashes = ' stroke-dasharray="5 3"' if link.trigger.event_kind == "on_approval" else ""
    title = (
        f"{link.trigger.job} {link.trigger.event_kind}: {link.trigger.type} {link.trigger.target} ({link.trigger.id})"
    )
    first = min(row for _, row in placed.places.values())
    way = placed.ways.get((link.source, link.target), [])
    if source is target or source.x >= target.x:
        path = _backward(source, target)
    else:
        points = [(source.x + source.width, source.y + offset)]
        for column, row in way:
            x, width = columns[column]
            points += [(x, _y(row - first) + offset), (x + width, _y(row - first) + offset)]
        points.append((target.x - 1, target.y + offset))
        path = _curve(points)
    return (
        f'<path class="link" data-source="{escape(link.source)}" data-target="{escape(link.target)}" d="{path}" fill="none" '
        f'stroke="{colour}" stroke-width="1.3"{dashes} marker-end="url(#tip-{link.trigger.type})">'
        f"<title>{escape(title)}</title></path>"
    )


def _curve(points: list[tuple[float, float]]) -> str:
    """Curves over the gaps between columns, straight lines along the columns."""
    parts = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for number, ((x, y), (end_x, end_y)) in enumerate(itertools.pairwise(points)):
        middle = (x + end_x) / 2
        parts.append(
            f"L{end_x:g} {end_y:g}" if number % 2 else f"C{middle:g} {y:g} {middle:g} {end_y:g} {end_x:g} {end_y:g}"
        )
    return "".join(parts)


def _backward(source: _Box, target: _Box) -> str:
    """A link of a cycle: out on the right, around, and into the target from its right."""
    x, end_x = source.x + source.width, target.x + target.width
    far = max(x, end_x) + _GAP * 0.8
    return f"M{x:g} {source.y - 5:g}C{far:g} {source.y - 12:g} {far:g} {target.y + 12:g} {end_x + 1:g} {target.y + 5:g}"


def _kinds(graph: Graph) -> list[str]:
    used = {link.trigger.type for link in graph.links}
    return [kind for kind in _COLOURS if kind in used]


def _legend_width(graph: Graph) -> float:
    return _MARGIN + sum(len(kind) * _CHARACTER + 54 for kind in [*_kinds(graph), "on approval", "job"])


def _legend(graph: Graph, y: float) -> str:
    parts, x = list[str](), float(_MARGIN)
    entries = [(kind, _COLOURS.get(kind, _OTHER), "") for kind in _kinds(graph)]
    if any(link.trigger.event_kind == "on_approval" for link in graph.links):
        entries.append(("on approval", _OTHER, ' stroke-dasharray="5 3"'))
    for text, colour, dashes in entries:
        parts.append(
            f'<path d="M{x:g} {y:g}h28" stroke="{colour}" stroke-width="2"{dashes}/>'
            f'<text x="{x + 34:g}" y="{y + 4:g}" fill="#1d2733">{text}</text>'
        )
        x += len(text) * _CHARACTER + 54
    return "<g>" + "".join(parts) + "</g>"


def _label(node: Node) -> str:
    return node.name if len(node.name) <= _LONGEST else f"{node.name[: _LONGEST - 1]}\u2026"
