"""Draws the packages of the project and their imports as an SVG: ``docs/images/packages.svg``, for CONTRIBUTING.md.

An arrow means "imports". An arrow that follows from two others is left out (transitive reduction), so that the layers show.
"""

from __future__ import annotations

import ast
import functools
import textwrap
from html import escape
from pathlib import Path

import networkx as nx

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = {
    "cli": "the command orchestrator: options in, one call, output",
    "console": "web pages about executions, lineage and configuration",
    "local": "AWS on a laptop: the engine, the deployed stack, simulations",
    "operations": "reads and repairs a deployed stack",
    "analysis": "reasons about a configuration, offline",
    "builder": "writes files from the trigger registry, at build time",
    "tasks": "the Lambda handlers",
    "orchestration": "the domain: an event in, executions out. Ships to Lambda",
    "dags": "copied to MWAA: imports nothing of ours",
}
"""Packages in the order of the picture, each with its purpose."""

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 190, 84, 26, 52, 20


@functools.cache
def imports() -> nx.DiGraph:
    """The packages, with an edge from each package to those that its modules import."""
    graph = nx.DiGraph()
    graph.add_nodes_from(PACKAGES)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for name in _imported(ast.parse(path.read_text(encoding="utf-8"))):
                if name in PACKAGES and name != package:
                    graph.add_edge(package, name)
    return graph


def build() -> str:
    """The picture, as an SVG document."""
    shown = nx.transitive_reduction(imports())
    rows = _rows(shown)
    width = max(len(row) for row in rows) * (_WIDTH + _GAP_X) - _GAP_X + 2 * _MARGIN
    height = len(rows) * (_HEIGHT + _GAP_Y) - _GAP_Y + 2 * _MARGIN
    places: dict[str, tuple[float, float]] = {}
    for number, row in enumerate(rows):
        left = (width - len(row) * (_WIDTH + _GAP_X) + _GAP_X) / 2
        for place, name in enumerate(row):
            places[name] = (left + place * (_WIDTH + _GAP_X), _MARGIN + number * (_HEIGHT + _GAP_Y))
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
                f'height="{height:g}" font-family="Helvetica, Arial, sans-serif" font-size="13">'
            ),
            (
                '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
                '<path d="M0 0 8 4 0 8z" fill="#2c3e50"/></marker></defs>'
            ),
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            *(_arrow(importer, imported, places) for importer, imported in sorted(shown.edges)),
            *(_box(name, *places[name]) for name in PACKAGES),
            "</svg>\n",
        ]
    )


def _imported(module: ast.Module) -> set[str]:
    """Top-level packages that a module imports."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def _rows(graph: nx.DiGraph) -> list[list[str]]:
    """The packages by the longest way to a package without imports; the domain is the last row."""
    order = list(PACKAGES)
    rows = [sorted(row, key=order.index) for row in nx.topological_generations(graph.reverse())]
    return list(reversed(rows))


def _arrow(importer: str, imported: str, places: dict[str, tuple[float, float]]) -> str:
    (x1, top), (x2, y2) = places[importer], places[imported]
    x1, x2, y1 = x1 + _WIDTH / 2, x2 + _WIDTH / 2, top + _HEIGHT
    bend = (y1 + y2) / 2
    return (
        f'<path data-imports="{importer} {imported}" d="M{x1:g} {y1:g} C{x1:g} {bend:g} {x2:g} {bend:g} {x2:g} {y2:g}" '
        'fill="none" stroke="#2c3e50" stroke-width="1.4" marker-end="url(#tip)"/>'
    )


def _box(name: str, x: float, y: float) -> str:
    texts = "".join(
        f'<tspan x="{x + _WIDTH / 2:g}" y="{y + 44 + 15 * row:g}">{escape(line)}</tspan>'
        for row, line in enumerate(textwrap.wrap(PACKAGES[name], 30))
    )
    fill = "#e7f6ea" if name in ("orchestration", "tasks") else "#fdf6e3" if name == "dags" else "#e8f1fd"
    return (
        f'<g data-package="{name}"><rect x="{x:g}" y="{y:g}" width="{_WIDTH}" height="{_HEIGHT}" rx="5" fill="{fill}" '
        f'stroke="#5d6d7e"/><text text-anchor="middle" fill="#1b2631" font-weight="bold" x="{x + _WIDTH / 2:g}" '
        f'y="{y + 22:g}">{name}/</text><text text-anchor="middle" fill="#1b2631" font-size="11.5">{texts}</text></g>'
    )
