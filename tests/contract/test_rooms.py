"""Imports between the packages go one way: the allowed edges are those of DESIGN.md, section 2."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

from builder import rooms

ROOT = Path(__file__).parents[2]
ALLOWED = {
    "orchestration": set[str](),
    "tasks": {"orchestration"},
    "builder": {"orchestration"},
    "analysis": {"orchestration"},
    "operations": {"orchestration"},
    "console": {"analysis", "operations", "orchestration"},
    "local": {"builder", "orchestration"},
    "cli": {"analysis", "builder", "console", "local", "operations", "orchestration"},
    "bench": {"analysis", "builder", "console", "local", "operations", "orchestration"},
    "dags": set[str](),
}
"""Package to the packages that it may import."""


def imported(source: str) -> Iterator[str]:
    """Yield the top-level package of each import."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_imported_finds_nested_imports() -> None:
    source = "import cli.main\ndef f():\n    from tests.x import y\n"
    assert list(imported(source)) == ["cli", "tests"]


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_package_imports_only_allowed_packages(package: str) -> None:
    ours = {*ALLOWED, "tests"}
    for path in sorted((ROOT / package).rglob("*.py")):
        found = set(imported(path.read_text(encoding="utf-8"))) & ours - {package}
        assert found <= ALLOWED[package], f"{path.relative_to(ROOT)} imports {sorted(found - ALLOWED[package])}"


def test_every_package_has_a_rule() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages == set(ALLOWED) - {"dags"}


@pytest.mark.parametrize("path", sorted((ROOT / "cli").glob("*.py")), ids=lambda path: path.stem)
def test_cli_module_is_thin(path: Path) -> None:
    """A command reads options, calls another package and prints: logic belongs to the other packages."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 150


def test_picture_shows_every_package() -> None:
    """docs/images/packages.svg, which ``python -m builder`` draws. Benchmarks import all packages and ship with none."""
    assert set(rooms.PACKAGES) == set(ALLOWED) - {"bench"}
    assert set(re.findall(r'data-package="(\w+)"', rooms.build())) == set(rooms.PACKAGES)


def test_picture_shows_the_imports_of_the_code() -> None:
    arrows = [tuple(one.split()) for one in re.findall(r'data-imports="([^"]*)"', rooms.build())]
    real = {(package, one) for package in rooms.PACKAGES for one in imports_of(package) if one in rooms.PACKAGES}
    assert set(nx.transitive_closure(nx.DiGraph(arrows)).edges) == set(nx.transitive_closure(nx.DiGraph(real)).edges)


def imports_of(package: str) -> set[str]:
    """Our packages that the modules of a package import."""
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / package).rglob("*.py"))
    return {name for source in sources for name in imported(source)} - {package}
