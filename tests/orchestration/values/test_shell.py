"""Printed commands in a real shell: the wanted arguments, and nothing else runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.log_lines import single_line
from orchestration.values.shell import command, quoted
from tests.pasting import HOSTILE, pasted


@pytest.mark.parametrize("text", [*HOSTILE, ""])
def test_hostile_text_is_one_argument(text: str, tmp_path: Path) -> None:
    written = command("inspect", text, text, options={"--function": "router", "--job": text})
    assert single_line(written) == written  # a log would change the command otherwise
    option = ["--job=" + text] if text.startswith("-") else ["--job", text]
    if text.startswith("-"):
        expected = ["inspect", "--function", "router", *option, "--", text, text]
    else:
        expected = ["inspect", text, text, "--function", "router", *option]
    assert pasted(written, tmp_path) == [expected]


def test_plain_words_stay_plain() -> None:
    assert command("inspect", "daily", "2026-01-01", options={"--function": "r"}) == (
        "orchestrator inspect daily 2026-01-01 --function r"
    )


def test_equals_sign_at_the_beginning_is_quoted() -> None:
    """zsh's option EQUALS, which is on, reads =ls as the path of ls."""
    assert [quoted(text) for text in ("=ls", "a=b", "=l s", "='")] == ["'=ls'", "a=b", "'=l s'", "'='\"'\"''"]


def test_nul_is_left_out(tmp_path: Path) -> None:
    """No shell can pass it, and it would end the word."""
    assert quoted("a\0;b") == "$'a;b'"
    assert pasted(command("inspect", "a\0;b"), tmp_path) == [["inspect", "a;b"]]
