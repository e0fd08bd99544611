"""The tests of ``room/module.py`` stand in ``tests/room/test_module.py``, so that nobody searches for them."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PACKAGES = (
    "orchestration/event",
    "orchestration/input",
    "orchestration/joining",
    "orchestration/planning",
    "orchestration/replaying",
    "orchestration/starting",
)
"""Folders whose modules all have tests by name; subfolders count too."""

ROOT_MODULES = ("orchestration/reports.py", "orchestration/router.py")
"""Modules next to the folders."""

EXCEPTIONS = {
    "orchestration/event/kinds.py": "constants and types only; every event in the tests has a kind",
    "orchestration/starting/client.py": "protocols only; mypy checks them",
}
"""Modules without a test file, each with the reason. A package's ``__init__.py`` needs none."""


def modules(folder: str) -> list[str]:
    """Paths of the modules of a folder, relative to the repository."""
    found = sorted((ROOT / folder).rglob("*.py"))
    return [path.relative_to(ROOT).as_posix() for path in found if path.name != "__init__.py"]


def place_of_tests(module: str) -> Path:
    """The test file of a module; the underscore of a private module is left out."""
    path = Path(module)
    return ROOT / "tests" / path.parent / f"test_{path.stem.lstrip('_')}.py"


def without_tests(found: list[str]) -> list[str]:
    return [module for module in found if module not in EXCEPTIONS and not place_of_tests(module).is_file()]


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_module_has_a_test_file_of_its_name(folder: str) -> None:
    assert modules(folder), f"{folder} has no modules"
    assert without_tests(modules(folder)) == []


def test_root_modules_have_test_files_of_their_names() -> None:
    assert all((ROOT / module).is_file() for module in ROOT_MODULES)
    assert without_tests(list(ROOT_MODULES)) == []


@pytest.mark.parametrize("module", EXCEPTIONS)
def test_exceptions_exist_and_have_no_tests(module: str) -> None:
    assert (ROOT / module).is_file()
    assert not place_of_tests(module).is_file(), f"{module} has tests by now. Remove the exception"


def test_check_finds_a_module_without_tests() -> None:
    assert without_tests(["orchestration/event/identity.py", "orchestration/event/nowhere.py"]) == [
        "orchestration/event/nowhere.py"
    ]
