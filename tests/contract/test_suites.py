"""Every folder with tests belongs to ``make test`` or to ``make test-all``."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_folder_has_a_make_target() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    quick = set(project["tool"]["pytest"]["ini_options"]["testpaths"])
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"^test-all:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    slow = {*re.findall(r"^SLOW_TESTS := (.*)$", makefile, re.MULTILINE)[0].split(), *re.findall(r"tests/\w+", recipe)}
    assert "$(SLOW_TESTS)" in recipe
    folders = {f"tests/{path.relative_to(ROOT / 'tests').parts[0]}" for path in (ROOT / "tests").rglob("test_*.py")}
    assert quick | slow == folders
    assert not quick & slow
