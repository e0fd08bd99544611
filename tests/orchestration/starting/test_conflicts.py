"""The difference of two events names the fields with both values, and stays short."""

from __future__ import annotations

from orchestration.starting.conflicts import changes
from orchestration.values.strictjson import JsonObject


def test_changed_added_and_removed_fields_are_named() -> None:
    before: JsonObject = {"a": 1, "gone": "x", "same": [1]}
    now: JsonObject = {"a": 2, "new": None, "same": [1]}
    assert (
        changes(before, now) == 'a was 1 and is now 2, gone was "x" and is now absent, new was absent and is now null'
    )


def test_equal_events_have_no_changes() -> None:
    assert changes({"a": {"b": [1]}}, {"a": {"b": [1]}}) == ""


def test_null_differs_from_an_absent_field() -> None:
    assert changes({"a": None}, {}) == "a was null and is now absent"


def test_five_fields_are_shown_in_order() -> None:
    text = changes({}, dict.fromkeys("gfedcba", 1))
    assert [part[0] for part in text.split(", ")] == ["a", "b", "c", "d", "e"]


def test_long_values_are_cut() -> None:
    assert changes({"a": "x" * 100}, {"a": "y"}) == f'a was "{"x" * 59} and is now "y"'
