"""Texts from events and services are safe to read, and times and durations are those of people."""

from __future__ import annotations

import pytest

from console.texts import clock, duration, pretty, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("é 日本 😀", "é 日本 😀"),
        ("a\nb\tc", "a\nb\tc"),
        ("\x1b[31m", "\\u001b[31m"),
        ("\u202edi-nur", "\\u202edi-nur"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\x7f", "\\u007f"),
        (7, "7"),
    ],
)
def test_hidden_characters_are_visible(text: object, shown: str) -> None:
    assert visible(text) == shown


def test_value_is_indented_json() -> None:
    assert pretty({"é": ["\u202e"]}) == '{\n  "é": [\n    "\\u202e"\n  ]\n}'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("2026-01-31T12:00:00+00:00", "2026-01-31 12:00:00 UTC"),
        ("2026-01-31T01:30:00.5+02:00", "2026-01-30 23:30:00 UTC"),
    ],
)
def test_time_is_utc(text: str, shown: str) -> None:
    assert clock(text) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "running"),
        (0, "0.0 s"),
        (0.44, "0.4 s"),
        (59.9, "59.9 s"),
        (60, "1 min 0 s"),
        (200, "3 min 20 s"),
        (3599.9, "1 h 0 min"),
        (3599, "59 min 59 s"),
        (7500, "2 h 5 min"),
    ],
)
def test_duration_has_two_units_at_most(seconds: float | None, shown: str) -> None:
    assert duration(seconds) == shown
