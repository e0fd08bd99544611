"""The tutorials: every command runs, and the page shows its real output.

``python -m tests.docs_site.tutorial`` writes the outputs.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.docs_site.tutorial import NEW_TYPE, PAGES, Step, begin, play, shortened, stable, steps
from tests.terraform.harness import MIRROR, _mirrors

TUTORIALS = sorted(path.name for path in PAGES.glob("*.md"))
NEEDS = {"aws": ("on-call.md", "deploy.md"), "terraform": ("deploy.md",), "make": (NEW_TYPE,)}
"""Program to the tutorials that use it."""


def require(page: str) -> None:
    """Skip, or fail with CI=true, if a program of the page is missing."""
    tools = Path(__file__).parents[2] / ".venv-awscli" / "bin" / "aws"
    present = {
        "aws": tools.exists(),
        "terraform": bool(shutil.which("terraform")),
        "make": bool(shutil.which("make")),
    }
    missing = [name for name, pages in NEEDS.items() if page in pages and not present[name]]
    if missing:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say(f"{page} needs {' and '.join(missing)} (aws: make awscli)")
    if page == "deploy.md" and not any(_mirrors()) and os.environ.get("CI") != "true":
        pytest.skip(f"{page} needs the AWS provider: name a mirror with {MIRROR}")


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("page", TUTORIALS)
def test_tutorial_shows_the_real_outputs(page: str, tmp_path: Path) -> None:
    require(page)
    text = (PAGES / page).read_text(encoding="utf-8")
    played = play(text, tmp_path, **begin(page, tmp_path))
    assert played == text, f"write the outputs: .venv/bin/python -m tests.docs_site.tutorial {page}"


def test_wrong_output_is_replaced(tmp_path: Path) -> None:
    page = "```sh\necho one\n```\n\n```text\ntwo\n```\n"
    assert play(page, tmp_path) == page.replace("two", "one")


def test_failing_command_ends_the_tutorial(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="exit code 1"):
        play("```sh\nfalse\necho late\n```\n", tmp_path)


def test_shell_keeps_variables_and_writes_files(tmp_path: Path) -> None:
    page = (
        '```json title="a/b.json"\n{}\n```\n\n```sh\nX=1\n```\n\n```sh\necho $X && cat a/b.json\n```\n\n```text\n```\n'
    )
    assert play(page, tmp_path).endswith("```text\n1\n{}\n```\n")


def test_output_belongs_to_the_command_directly_before_it() -> None:
    page = "```sh\na\n```\n\nText.\n\n```text\nb\n```\n"
    assert [step.output for step in steps(page)] == [None, None]
    directly = page.replace("Text.\n\n", "")
    assert steps(directly) == [Step("sh", "", "a\n", (21, 23))]
    assert directly[21:23] == "b\n"


def test_left_out_lines_stay_left_out() -> None:
    assert shortened("1\n2\n3\n4\n", "a\n…\nb\n") == "1\n…\n4\n"
    assert shortened("id 5d0c…\n", "id 5d0c…\n") == "id 5d0c…\n"
    assert stable("at 2026-01-02T03:04:05Z, 127.0.0.1:999") == "at 2025-11-24T01:00:00Z, 127.0.0.1:45091\n"
