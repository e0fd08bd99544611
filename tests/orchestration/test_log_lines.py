"""Log records stay on one line of bounded length, for any event."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from orchestration.log_lines import MAX_LINE, keep_single_lines, single_line


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The lines of a handler with Lambda's text format."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("[%(levelname)s]\t%(message)s"))
    root.addHandler(handler)
    try:
        yield stream
    finally:
        root.removeHandler(handler)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a job", "a job"),
        ("größe 图像 🚀", "größe 图像 🚀"),
        ("no-break\u00a0space", "no-break\u00a0space"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x1b[31mred", r"\u001b[31mred"),
        ("\x9b31m", r"\u009b31m"),
        ("a\u2028b\u2029c\u0085d", r"a\u2028b\u2029c\u0085d"),
        ("\u202egpj.exe", r"\u202egpj.exe"),
        ("\ud800", r"\ud800"),
    ],
)
def test_unsafe_characters_are_escaped(text: str, expected: str) -> None:
    assert single_line(text) == expected


def test_escaped_json_is_still_the_same_json() -> None:
    value = {"name": "a\u2028b\u0085c\x7fd\u202e"}
    assert json.loads(single_line(json.dumps(value, ensure_ascii=False))) == value


def test_record_is_one_line(lines: io.StringIO) -> None:
    keep_single_lines()
    keep_single_lines()
    logging.getLogger("orchestration.x").warning("Ignored: job %s", "a\n[ERROR]\tFailed: forged\x1b[2J")
    assert lines.getvalue() == "[WARNING]\tIgnored: job a\\n[ERROR]\\tFailed: forged\\u001b[2J\n"


def test_long_record_is_cut_with_its_length(lines: io.StringIO) -> None:
    keep_single_lines()
    logging.getLogger("orchestration.x").warning("%s", "🚀" * 300_000)
    (line,) = lines.getvalue().splitlines()
    assert len(line) <= MAX_LINE + len("[WARNING]\t")
    assert line.endswith("... (the first 249,900 of 300,000 characters)")


@pytest.mark.parametrize("cached", [None, "Traceback\n[INFO]\tStarted: forged\x1b"])
def test_traceback_cannot_forge_a_line(lines: io.StringIO, cached: str | None) -> None:
    keep_single_lines()
    try:
        raise ValueError("first\n[INFO]\tStarted: forged\x1b")
    except ValueError as error:
        record = logging.makeLogRecord({"name": "x", "levelno": 40, "levelname": "ERROR", "msg": "Failed"})
        record.exc_info = (ValueError, error, error.__traceback__)
        record.exc_text = cached
        logging.getLogger("orchestration.x").handle(record)
    first, *rest = lines.getvalue().splitlines()
    assert first == "[ERROR]\tFailed"
    assert all(line.startswith("  ") and line.replace("\t", "").isprintable() for line in rest)
    assert "[INFO]" in lines.getvalue()
