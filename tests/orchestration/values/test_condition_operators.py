"""Operators on single values, compared with a second implementation, and the comparisons that they count."""

from __future__ import annotations

import itertools
import json

import pytest

from orchestration.values.condition_operators import cost, value_cost, value_matches
from orchestration.values.strictjson import Json
from tests.orchestration.values.event_ruler import meets

VALUES: tuple[Json, ...] = ("", "a", "A", "a*b", "a\\b", "aXb", "10.0.0.1", "::1", 0, 1, 1.0, -2.5, True, False, None)
MATCHERS: tuple[Json, ...] = (
    *VALUES,
    {"prefix": "a"},
    {"prefix": {"equals-ignore-case": "a"}},
    {"suffix": "b"},
    {"suffix": {"equals-ignore-case": "B"}},
    {"equals-ignore-case": "A*B"},
    {"wildcard": "a*b"},
    {"wildcard": "a\\*b"},
    {"wildcard": "a\\\\*"},
    {"wildcard": "*"},
    {"numeric": ["=", 1]},
    {"numeric": [">=", -2.5, "<", 1]},
    {"cidr": "10.0.0.0/8"},
    {"cidr": "::/64"},
    {"exists": True},
    {"exists": False},
    {"anything-but": ["a", "A"]},
    {"anything-but": 1},
    {"anything-but": {"prefix": ["a", "A"]}},
    {"anything-but": {"wildcard": "a*b"}},
)


@pytest.mark.parametrize("matcher", MATCHERS, ids=json.dumps)
def test_agrees_with_the_second_implementation(matcher: Json) -> None:
    answers = {json.dumps(value): value_matches(matcher, value) for value in VALUES}
    assert answers == {json.dumps(value): meets(matcher, value) for value in VALUES}


def test_every_operator_matches_and_refuses() -> None:
    pairs = list(itertools.product(MATCHERS, VALUES))
    matched = {json.dumps(matcher) for matcher, value in pairs if value_matches(matcher, value)}
    refused = {json.dumps(matcher) for matcher, value in pairs if not value_matches(matcher, value)}
    assert {json.dumps(matcher) for matcher in MATCHERS} - matched == {'{"exists": false}'}
    assert {json.dumps(matcher) for matcher in MATCHERS} - refused == {'{"exists": true}'}


@pytest.mark.parametrize(
    ("matcher", "comparisons"),
    [
        ("a", 1),
        (5, 1),
        ("a" * 1_000, 4),
        ({"prefix": "a"}, 1),
        ({"wildcard": "*a*b*"}, 4),
        ({"cidr": "10.0.0.0/8"}, 8),
        ({"anything-but": ["a", "b", "c"]}, 3),
        ({"anything-but": {"wildcard": ["*a", "*b"]}}, 4),
    ],
)
def test_cost_grows_with_the_matcher(matcher: Json, comparisons: int) -> None:
    assert cost(matcher) == comparisons


def test_long_texts_cost_more() -> None:
    assert [value_cost(value) for value in (1, None, "a", "a" * 2_560)] == [1, 1, 1, 11]
