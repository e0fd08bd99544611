"""Writes the packages of the project and their imports as a Mermaid diagram, between two markers of CONTRIBUTING.md.

An arrow means "imports". An arrow that follows from two others is left out (transitive reduction), so that the layers show.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BEGIN, END = "<!-- python -m builder writes the diagram -->", "<!-- end of the diagram -->"

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


def imports() -> dict[str, set[str]]:
    """Each package, with those that its modules import."""
    return {package: _imported(ROOT / package) & PACKAGES.keys() - {package} for package in PACKAGES}


def reduced(arrows: dict[str, set[str]]) -> dict[str, set[str]]:
    """The arrows without those that follow from others; the arrows have no cycle."""
    return {
        package: {target for target in targets if not any(target in _reached(arrows, other) for other in targets)}
        for package, targets in arrows.items()
    }


def diagram() -> str:
    """The diagram, as a Mermaid block."""
    boxes = [f'    {name}["<b>{name}/</b><br>{purpose}"]' for name, purpose in PACKAGES.items()]
    arrows = reduced(imports())
    lines = [f"    {package} --> {target}" for package in PACKAGES for target in sorted(arrows[package])]
    return "\n".join(["```mermaid", "flowchart TD", *boxes, *lines, "```"])


def build(page: str) -> str:
    """The page with the current diagram between its markers.

    Raises:
        ValueError: the page has no markers.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"CONTRIBUTING.md: found no place for the diagram, expected the lines {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n\n{diagram()}\n\n{END}{after}"


def _reached(arrows: dict[str, set[str]], package: str) -> set[str]:
    """Packages that a package imports over others."""
    return arrows[package].union(*(_reached(arrows, target) for target in arrows[package]))


def _imported(folder: Path) -> set[str]:
    """Top-level packages that the modules of a folder import."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found
