"""A code is an error or a warning."""

from __future__ import annotations

from analysis.codes.code import error, warning


def test_severity_follows_the_constructor() -> None:
    assert error("a", "Cause.", "Fix.", "{}", "[]").severity == "error"
    assert warning("a", "Cause.", "Fix.", "{}", "[]").severity == "warning"
