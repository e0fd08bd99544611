"""Imports between the packages go one way: docs/adr/0023-rooms.md has the reasons."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

from builder.pages import packages

ROOT = Path(__file__).parents[2]
ALLOWED = {
    "orchestration": set[str](),
    "tasks": {"orchestration"},
    "builder": {"analysis", "orchestration"},
    "analysis": {"orchestration"},
    "operations": {"analysis", "orchestration"},
    "console": {"analysis", "operations", "orchestration"},
    "local": {"analysis", "builder", "operations", "orchestration"},
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


def room(name: str) -> str:
    """The room of a module: its folder below a package, or the module itself."""
    package, _, rest = name.partition(".")
    below = rest.partition(".")[0]
    return f"{package}.{below}" if below else package


def arrows(package: str) -> nx.DiGraph:
    """The rooms of a package. An edge leads from a room to one that its modules import."""
    graph = nx.DiGraph()
    for path in (ROOT / package).rglob("*.py"):
        importer = room(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == package:
                for name in node.names:
                    found = room(f"{node.module}.{name.name}")
                    if found != importer and (ROOT / found.replace(".", "/")).is_dir():
                        graph.add_edge(importer, found)
    return graph


@pytest.mark.parametrize("package", ["analysis", "builder", "local", "operations", "orchestration"])
def test_arrows_between_rooms_go_one_way(package: str) -> None:
    assert list(nx.simple_cycles(arrows(package))) == []


FLAT = ("cli",)
"""Folders with one file for each command. Another file does not mean a second purpose."""


@pytest.mark.parametrize("package", sorted(ALLOWED.keys() - {"bench", *FLAT}))
def test_room_has_at_most_twelve_modules(package: str) -> None:
    for folder in {path.parent for path in (ROOT / package).rglob("*.py")}:
        modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(modules) <= 12, f"{folder.relative_to(ROOT)} has {len(modules)} modules: give some a room"


@pytest.mark.parametrize("path", sorted((ROOT / "cli").glob("*.py")), ids=lambda path: path.stem)
def test_cli_module_is_thin(path: Path) -> None:
    """A command reads options, calls another package and prints: logic belongs to the other packages."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 150


def test_diagram_shows_every_package() -> None:
    """The diagram of CONTRIBUTING.md, which ``python -m builder`` writes. Benchmarks import all packages and ship with none."""
    assert set(packages.PACKAGES) == set(ALLOWED) - {"bench"}
    assert set(re.findall(r"^ +(\w+)\[", packages.diagram(), re.MULTILINE)) == set(packages.PACKAGES)


def test_diagram_shows_the_imports_of_the_code() -> None:
    shown = nx.DiGraph(re.findall(r"^ +(\w+) --> (\w+)$", packages.diagram(), re.MULTILINE))
    real = nx.DiGraph(
        (package, name) for package in packages.PACKAGES for name in imports_of(package) if name in packages.PACKAGES
    )
    assert set(shown.edges) == set(nx.transitive_reduction(real).edges)


def imports_of(package: str) -> set[str]:
    """Our packages that the modules of a package import."""
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / package).rglob("*.py"))
    return {name for source in sources for name in imported(source)} - {package}
