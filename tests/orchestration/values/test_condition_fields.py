"""Fields of an event under their flat names, with their places in lists, and the count of steps."""

from __future__ import annotations

import pytest

from orchestration.errors import ConditionError
from orchestration.values.condition_fields import MAX_CHOICES, Budget, Fields, Places, beginnings
from orchestration.values.strictjson import Json, JsonObject


def fields(event: JsonObject, *names: str, limit: int = 1_000) -> Fields:
    return Fields(event, names, Budget(limit))


def test_beginnings_end_at_dots() -> None:
    assert list(beginnings("a.b.c")) == ["a", "a.b", "a.b.c"]
    assert list(beginnings("a")) == ["a"]


@pytest.mark.parametrize("event", [{"a": {"b": 1}}, {"a.b": 1}, {"a": [1], "a.b": [1]}])
def test_field_is_read_under_each_spelling(event: JsonObject) -> None:
    assert fields(event, "a.b").places("a.b").here


def test_places_name_lists_and_elements() -> None:
    read = fields({"a": [{"b": [1, 2]}, 7, {"b": [[3]]}]}, "a.b")
    assert read.lists == ["a", "a.b", "a.b", "a.b"]
    inner = Places(lists={2: {0: Places(here=True)}})
    assert read.places("a.b") == Places(lists={0: {0: Places(here=True), 2: inner}})


def test_matching_places_are_those_of_matching_values() -> None:
    read = fields({"a": [{"b": 1}, {"b": 2}]}, "a.b")
    matchers: list[Json] = [2]
    assert read.matching("a.b", matchers) == Places(lists={0: {1: Places(here=True)}})
    assert read.matching("a.b", matchers) is read.matching("a.b", matchers)


def test_same_matchers_of_two_fields_are_separate() -> None:
    read = fields({"a": 1, "b": 2}, "a", "b")
    matchers: list[Json] = [1]
    assert (read.matching("a", matchers).here, read.matching("b", matchers).here) == (True, False)


def test_unnamed_fields_cost_nothing() -> None:
    def steps(event: JsonObject) -> int:
        budget = Budget(1_000)
        Fields(event, ["a"], budget)
        return budget.spent

    assert steps({"a": 1, "z": [{"b": 1}] * 5_000}) == steps({"a": 1})


def test_steps_beyond_the_limit_are_an_error() -> None:
    event: JsonObject = {"a": [1] * 100}
    assert fields(event, "a", limit=300).places("a").here
    with pytest.raises(ConditionError, match="needs more than 50 steps for this event"):
        fields(event, "a", limit=50)


def test_choices_in_memory_are_limited() -> None:
    budget = Budget(1)
    budget.remember(MAX_CHOICES)
    with pytest.raises(ConditionError, match="needs more than 50,000 combinations"):
        budget.remember(MAX_CHOICES + 1)
