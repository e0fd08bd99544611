"""The check of conditions: every problem with its place, and no problem for EventBridge's own forms."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import pytest

from orchestration.values import condition_syntax
from orchestration.values.condition_fields import beginnings
from orchestration.values.condition_syntax import MAX_ALTERNATIVES, EventPattern
from orchestration.values.strictjson import Json, JsonObject, loads

EXPECTED_NUMBERS = 'expected ["=", NUMBER], one comparison, or a range such as [">=", 0, "<", 10]'
OPERATORS = "anything-but, cidr, equals-ignore-case, exists, numeric, prefix, suffix, wildcard"


def problems(pattern: Json) -> list[str]:
    return [str(problem) for problem in EventPattern().problems(pattern, "when")]


def of_matcher(matcher: Json) -> list[str]:
    """The problems of one matcher of the field ``x``, without their common beginning."""
    return [problem.removeprefix("when.x[0]") for problem in problems({"x": [matcher]})]


@pytest.mark.parametrize(
    "matcher",
    [
        "text",
        "",
        0,
        True,
        None,
        {"exists": False},
        {"prefix": "a"},
        {"prefix": ""},
        {"suffix": {"equals-ignore-case": "A"}},
        {"equals-ignore-case": "a"},
        {"wildcard": "a*b*"},
        {"wildcard": "a\\*\\\\*"},
        {"wildcard": "\\**"},
        {"numeric": ["=", 1]},
        {"numeric": [">", 1, "<", 2]},
        {"numeric": [">=", 1, "<=", 1.5]},
        {"cidr": "10.0.0.0/8"},
        {"cidr": "10.0.0.7/8"},
        {"cidr": "10.0.0.0/31"},
        {"cidr": "::/127"},
        {"cidr": "::/64"},
        {"anything-but": "a"},
        {"anything-but": ["a", "b"]},
        {"anything-but": [1, 2.5]},
        {"anything-but": {"prefix": ["a", "b"]}},
        {"anything-but": {"wildcard": "*.tmp"}},
        {"anything-but": {"equals-ignore-case": ""}},
    ],
    ids=json.dumps,
)
def test_valid_matcher_has_no_problem(matcher: Json) -> None:
    assert of_matcher(matcher) == []


@pytest.mark.parametrize(
    ("matcher", "expected"),
    [
        ([], ": found a list, expected a value or an operator"),
        ({}, f": found 0 operators, expected one: {OPERATORS}"),
        ({"prefix": "a", "suffix": "b"}, f": found 2 operators, expected one: {OPERATORS}"),
        ({"prefx": "a"}, f".prefx: unknown operator, expected one of: {OPERATORS}"),
        ({"exists": 1}, ".exists: found 1, expected true or false"),
        ({"prefix": 7}, ".prefix: found 7, expected a string"),
        ({"prefix": {}}, '.prefix: found an object, expected {"equals-ignore-case": TEXT} or a string'),
        ({"wildcard": {"equals-ignore-case": "a"}}, ".wildcard: found an object, expected a string"),
        ({"suffix": {"equals-ignore-case": 7}}, ".suffix.equals-ignore-case: found 7, expected a string"),
        ({"wildcard": "a**"}, ".wildcard: found 'a**', which has two wildcards in a row. Write one"),
        ({"wildcard": "a\\b"}, ".wildcard: found 'a\\\\b': a backslash escapes only '*' and '\\'"),
        ({"cidr": "10.0.0.1"}, ".cidr: found '10.0.0.1', expected a network such as '10.0.0.0/8'"),
        ({"cidr": "10.0.0.0/33"}, ".cidr: found '10.0.0.0/33', expected a network such as '10.0.0.0/8'"),
        ({"cidr": 7}, ".cidr: found 7, expected a network such as '10.0.0.0/8'"),
        (
            {"anything-but": []},
            ".anything-but: found an empty list, expected strings only, numbers only, or an operator",
        ),
        (
            {"anything-but": ["a", 1]},
            ".anything-but: found a list, expected strings only, numbers only, or an operator",
        ),
        ({"anything-but": [True]}, ".anything-but: found a list, expected strings only, numbers only, or an operator"),
        ({"anything-but": None}, ".anything-but: found null, expected strings only, numbers only, or an operator"),
        (
            {"anything-but": {}},
            ".anything-but: found nothing, expected one of: prefix, suffix, equals-ignore-case, wildcard",
        ),
        (
            {"anything-but": {"numeric": ["=", 1]}},
            ".anything-but: found numeric, expected one of: prefix, suffix, equals-ignore-case, wildcard",
        ),
        ({"anything-but": {"prefix": ""}}, ".anything-but.prefix: found an empty prefix, which every text has"),
        ({"anything-but": {"suffix": [""]}}, ".anything-but.suffix: found an empty suffix, which every text has"),
        (
            {"anything-but": {"prefix": []}},
            ".anything-but.prefix: found an empty list, expected a string or a list of strings",
        ),
        ({"anything-but": {"prefix": [7]}}, ".anything-but.prefix: found 7, expected a string"),
    ],
    ids=json.dumps,
)
def test_wrong_matcher_is_one_problem(matcher: Json, expected: str) -> None:
    assert of_matcher(matcher) == [expected]


@pytest.mark.parametrize(
    "operand",
    [
        7,
        [],
        ["="],
        ["=", "1"],
        ["=", True],
        ["!=", 1],
        ["<", 1, ">", 0],
        [">", 1, "<"],
        [">", 1, "<", 2, "<", 3],
        [">", 1, ">", 2],
        ["=", 1, "<", 2],
        [[], 1],
    ],
    ids=json.dumps,
)
def test_numeric_needs_one_comparison_or_a_range(operand: Json) -> None:
    assert of_matcher({"numeric": operand}) == [f".numeric: found {operand!r:.80}, {EXPECTED_NUMBERS}"]


@pytest.mark.parametrize("operand", [[">", 2, "<", 1], [">", 1, "<", 1], [">=", 1, "<", 1], [">", 1, "<=", 1]])
def test_range_without_a_number_is_a_problem(operand: list[Json]) -> None:
    expected = "expected a lower limit that is less than the upper one"
    assert of_matcher({"numeric": operand}) == [f".numeric: found {operand!r}, {expected}"]


def test_range_of_one_number_is_written_as_equal() -> None:
    (problem,) = of_matcher({"numeric": [">=", 1, "<=", 1]})
    assert problem.endswith('expected a lower limit that is less than the upper one. Write ["=", 1]')


@pytest.mark.parametrize("address", ["10.0.0.1/32", "::1/128"])
def test_network_of_one_address_is_written_as_a_value(address: str) -> None:
    written = f'Write the address as a value: ["{address.partition("/")[0]}"]'
    assert of_matcher({"cidr": address}) == [f".cidr: found {address!r}, a network of one address. {written}"]


@pytest.mark.parametrize(
    "network", ["10.0.0.0/255.0.0.0", "10.0.0.0/", "10.0.0.0/-1", "fe80::1%eth0/64", "10.0.0.0/8/8"]
)
def test_mask_of_a_network_is_a_number_of_bits(network: str) -> None:
    assert of_matcher({"cidr": network}) == [f".cidr: found {network!r}, expected a network such as '10.0.0.0/8'"]


@pytest.mark.parametrize(
    "matcher",
    ["a ${x}", {"prefix": "${x}"}, {"anything-but": ["a", "${x}"]}, {"suffix": {"equals-ignore-case": "${x}"}}],
    ids=json.dumps,
)
def test_template_in_a_condition_is_a_problem(matcher: Json) -> None:
    (problem,) = of_matcher(matcher)
    assert "${x}" in problem
    assert "expected fixed text: a condition cannot compare two fields of the event" in problem


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({}, 'when: found an empty object, expected an event pattern such as {"status": ["SUCCESS"]}'),
        ([], 'when: found a list, expected an event pattern such as {"status": ["SUCCESS"]}'),
        (
            {"a": {"b": {}}},
            'when.a.b: found an empty object, expected an event pattern such as {"status": ["SUCCESS"]}',
        ),
        (
            {"a": []},
            "when.a: found an empty list, expected a list of values and operators, or an object of nested fields",
        ),
        (
            {"a": 'x"'},
            'when.a: found \'x"\', expected a list of values and operators, or an object of nested fields. Write ["x\\""]',
        ),
        ({"a": None}, "when.a: found null, expected a list of values and operators, or an object of nested fields"),
        ({"$or": [{"a": [1]}]}, "when.$or: found a list of 1, expected a list of at least two patterns"),
        ({"$or": {"a": [1]}}, "when.$or: found an object, expected a list of at least two patterns"),
        (
            {"$or": [{"a": [1]}, {"prefix": ["x"]}]},
            "when.$or[1].prefix: found the operator 'prefix', expected the name of a field",
        ),
        (
            {"$or": [{"a": [1]}, 7]},
            'when.$or[1]: found 7, expected an event pattern such as {"status": ["SUCCESS"]}',
        ),
    ],
)
def test_wrong_pattern_is_one_problem(pattern: Json, expected: str) -> None:
    assert problems(pattern) == [expected]


@pytest.mark.parametrize(
    ("pattern", "field"),
    [
        ({"a": {"b": [1]}, "a.b": [2]}, "a.b"),
        ({"a.b": [1], "a": {"b": {"c": [1]}}}, "a.b.c"),
        ({"a": [1], "$or": [{"b": [1]}, {"a": [2]}]}, "a"),
        ({"$or": [{"a": [1]}, {"b": [1]}], "c": {"$or": [{"x": [1]}, {"y": [1]}]}, "c.y": [1]}, "c.y"),
    ],
)
def test_field_with_two_conditions_is_a_problem(pattern: JsonObject, field: str) -> None:
    (problem,) = problems(pattern)
    assert problem.startswith(f"when: the field {field!r} has two conditions. ")


def combinations(pattern: JsonObject, start: str = "") -> list[list[str]]:
    """Names of the fields in each combination of ``$or``: the long way."""
    found: list[list[str]] = [[]]
    for key, value in pattern.items():
        if key == "$or":
            assert isinstance(value, list)
            options = [names for option in value if isinstance(option, dict) for names in combinations(option, start)]
        elif isinstance(value, dict):
            options = combinations(value, f"{start}{key}.")
        else:
            options = [[f"{start}{key}"]]
        found = [[*names, *option] for names in found for option in options]
    return found


def random_pattern(rng: random.Random, depth: int = 0) -> JsonObject:
    pattern: JsonObject = {}
    for _ in range(rng.randint(1, 3)):
        kind = rng.random()
        name = rng.choice(["a", "b", "c", "a.b", "b.c", "ab"])
        if depth < 3 and kind < 0.25:
            pattern["$or"] = [random_pattern(rng, depth + 1) for _ in range(2)]
        elif depth < 3 and kind < 0.5:
            pattern[name] = random_pattern(rng, depth + 1)
        else:
            pattern[name] = [1]
    return pattern


def test_two_conditions_are_found_in_any_combination() -> None:
    rng = random.Random(5)
    wrong = 0
    for _ in range(3_000):
        pattern = random_pattern(rng)
        names = combinations(pattern)
        if len(names) > MAX_ALTERNATIVES:
            continue
        twice = any(
            len(set(each)) < len(each) or any(one.startswith(f"{other}.") for one in each for other in each)
            for each in names
        )
        found = problems(pattern)
        assert ("has two conditions" in "".join(found)) is twice, pattern
        wrong += twice
    assert 500 < wrong < 2_500


def test_check_of_many_combinations_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern of 1.6 KB with 1,000 combinations took 1.25 seconds. Each name is read once, not once in each combination."""
    read: list[str] = []

    def counted(name: str) -> Iterator[str]:
        read.append(name)
        return beginnings(name)

    monkeypatch.setattr(condition_syntax, "beginnings", counted)
    options: Json = [{f"o{number}": [1]} for number in range(10)]
    pattern: JsonObject = {f"f{number}": [1] for number in range(100)}
    pattern |= {"$or": options, "x": {"$or": options}, "y": {"$or": options}}
    assert problems(pattern) == []
    assert len(read) < 10 * 130


def test_field_in_two_alternatives_is_valid() -> None:
    assert problems({"$or": [{"a": [1]}, {"a": [2]}], "ab": [3]}) == []


def test_thousand_combinations_are_valid_and_one_more_is_not() -> None:
    def choice(name: str, count: int) -> JsonObject:
        return {"$or": [{f"{name}{number}": [1]} for number in range(count)]}

    limit: JsonObject = {"a": choice("a", 10), "b": choice("b", 10), "c": choice("c", MAX_ALTERNATIVES // 100)}
    assert problems(limit) == []
    (problem,) = problems({**limit, "c": choice("c", MAX_ALTERNATIVES // 100 + 1)})
    assert problem == "when: found 1,100 combinations of '$or', expected at most 1,000. Use fewer alternatives"


def test_invalid_value_in_a_matcher_is_named() -> None:
    assert problems(loads('{"x": [{"prefix": 1e999}]}')) == [
        "when.x[0]: found a number that is too large for a double, expected plain JSON"
    ]


def test_every_problem_is_reported() -> None:
    assert len(problems({"a": [], "b": [{"exists": 1}, []], "$or": []})) == 4
