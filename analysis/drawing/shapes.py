"""Writes the parts of an SVG picture: the document with its arrowheads, boxes, texts and lines.

Each function returns markup. It escapes texts and attributes, and writes numbers without needless zeros, so that a picture
depends on its arguments only.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

INK, MUTED, LINE = "#1b2631", "#566573", "#5d6d7e"
"""Colours of a text, of a secondary text, and of a box's border."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the sheet, in pixels; ``x`` and ``y`` are its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> Point:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


def document(width: float, height: float, parts: Iterable[str], *, tips: Mapping[str, str], font_size: int) -> str:
    """The picture on a white sheet.

    Args:
        width: pixels.
        height: pixels.
        parts: markup of the picture, from the back to the front.
        tips: name of each arrowhead to its colour; a line refers to the name.
        font_size: pixels of a text without a size.
    """
    markers = "".join(
        f'<marker id="tip-{escape(name)}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{colour}"/></marker>'
        for name, colour in tips.items()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
        f'font-family="Helvetica, Arial, sans-serif" font-size="{font_size}">\n'
        f'<defs>{markers}</defs>\n<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def group(attributes: Mapping[str, str], parts: Iterable[str], *, title: str = "") -> str:
    """Parts that belong together; ``title`` is the text that a browser shows under the pointer."""
    return f"<g{_written(attributes)}>{_title(title)}{''.join(parts)}</g>"


def rectangle(box: Box, *, fill: str, radius: float, stroke: str = LINE, dashes: str = "") -> str:
    """A box with rounded corners."""
    return (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="{radius:g}" fill="{fill}" '
        f'stroke="{stroke}"{_dashes(dashes)}/>'
    )


def text(words: str, at: Point, attributes: Mapping[str, str] | None = None) -> str:
    """A line of text from ``at`` on its base line, or around it with the attribute ``text-anchor: middle``."""
    shown = _written({"fill": INK, **(attributes or {})})
    return f'<text x="{at[0]:g}" y="{at[1]:g}"{shown}>{escape(words)}</text>'


@dataclass(frozen=True, slots=True)
class Stroke:
    """The look of a line.

    Attributes:
        colour: CSS colour.
        width: pixels.
        dashes: lengths of dashes and gaps; empty for a solid line.
        tip: name of the arrowhead at its end; empty for none.
    """

    colour: str
    width: float
    dashes: str = ""
    tip: str = ""


def line(way: str, stroke: Stroke, attributes: Mapping[str, str], *, title: str = "") -> str:
    """A line along ``way``, the path data."""
    end = f' marker-end="url(#tip-{escape(stroke.tip)})"' if stroke.tip else ""
    return (
        f'<path{_written(attributes)} d="{way}" fill="none" stroke="{stroke.colour}" stroke-width="{stroke.width:g}"'
        f"{_dashes(stroke.dashes)}{end}>{_title(title)}</path>"
    )


def to_the_right(points: list[Point]) -> str:
    """Path data from column to column: curves over the gaps, and straight lines along the columns that it crosses."""
    parts = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for number, ((x, y), (end_x, end_y)) in enumerate(itertools.pairwise(points)):
        middle = (x + end_x) / 2
        parts.append(
            f"L{end_x:g} {end_y:g}" if number % 2 else f"C{middle:g} {y:g} {middle:g} {end_y:g} {end_x:g} {end_y:g}"
        )
    return "".join(parts)


def downwards(points: list[Point]) -> str:
    """Path data from row to row: curves over the gaps, and straight lines along the rows that it crosses."""
    parts = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for number, ((x, y), (end_x, end_y)) in enumerate(itertools.pairwise(points)):
        middle = (y + end_y) / 2
        parts.append(
            f"L{end_x:g} {end_y:g}" if number % 2 else f"C{x:g} {middle:g} {end_x:g} {middle:g} {end_x:g} {end_y:g}"
        )
    return "".join(parts)


def _written(attributes: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())


def _dashes(dashes: str) -> str:
    return f' stroke-dasharray="{dashes}"' if dashes else ""


def _title(words: str) -> str:
    return f"<title>{escape(words)}</title>" if words else ""
