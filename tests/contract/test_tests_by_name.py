"""The tests of ``room/module.py`` stand in ``tests/room/test_module.py``, so that nobody searches for them."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("analysis", "builder", "console", "local", "operations", "orchestration", "tasks")

EXCEPTIONS = {
    "analysis/codes/definitions/": "data only; tests/analysis/codes/test_registry.py checks every example",
    "orchestration/aws.py": "types only, which mypy checks; no run-time module imports it",
    "orchestration/event/kinds.py": "constants and types only; every event in the tests has a kind",
    "local/simulation/targets/": "tests/local/test_payloads.py reads the payload that each target received",
    "orchestration/triggers/": "tests/trigger_types tests each type with the same contract",
}
"""Modules and folders without test files, each with the reason. A package's ``__init__.py`` needs none."""


def folders() -> list[str]:
    """Folders with modules, relative to the repository."""
    found = {path.parent for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    return sorted(folder.relative_to(ROOT).as_posix() for folder in found if modules(folder))


def modules(folder: Path) -> list[str]:
    """Modules directly in a folder, relative to the repository."""
    found = sorted(folder.glob("*.py"))
    return [path.relative_to(ROOT).as_posix() for path in found if path.name != "__init__.py"]


def place_of_tests(module: str) -> Path:
    """The test file of a module; the underscores of ``_module`` and ``__main__`` are left out."""
    path = Path(module)
    return ROOT / "tests" / path.parent / f"test_{path.stem.lstrip('_').removesuffix('__')}.py"


def without_tests(found: list[str]) -> list[str]:
    expected = [module for module in found if not module.startswith(tuple(EXCEPTIONS))]
    return [module for module in expected if not place_of_tests(module).is_file()]


@pytest.mark.parametrize("folder", folders())
def test_every_module_has_a_test_file_of_its_name(folder: str) -> None:
    assert without_tests(modules(ROOT / folder)) == []


@pytest.mark.parametrize("exception", EXCEPTIONS)
def test_exceptions_exist_and_have_no_tests(exception: str) -> None:
    assert (ROOT / exception).exists()
    assert not place_of_tests(exception).exists(), f"{exception} has tests by now. Remove the exception"


def test_check_finds_a_module_without_tests() -> None:
    assert without_tests(["orchestration/event/identity.py", "orchestration/event/nowhere.py"]) == [
        "orchestration/event/nowhere.py"
    ]
