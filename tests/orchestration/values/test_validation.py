"""The reader of dataclasses: no conversion of types, and every problem with its path."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest

from orchestration.values.strictjson import Json, JsonObject, loads
from orchestration.values.validation import (
    StringPattern,
    ValidationProblem,
    describe,
    new_problems,
    read,
    unknown_field,
    valid_fields,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    name: Annotated[str, StringPattern("^[a-z]+$", "lower-case letters")]
    count: int = 0
    active: bool = False
    arguments: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    conf: dict[str, Any] = field(default_factory=dict)
    others: list[object] = field(default_factory=list)


def problems(value: Json) -> list[str]:
    instance, found = read(Example, value, "here")
    assert (instance is None) == bool(found)
    return [str(problem) for problem in found]


def test_read_fills_the_fields_and_the_defaults() -> None:
    entry: JsonObject = {"name": "a", "arguments": {"--x": "1"}, "conf": {"x": [None, 1.5]}, "others": [7, {}]}
    instance, found = read(Example, entry, "here")
    assert found == []
    assert instance == Example(
        name="a", arguments={"--x": "1"}, conf={"x": [None, 1.5]}, others=[7, {}], count=0, names=[]
    )


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"count": "1"}, "here.count: found '1', expected a whole number"),
        ({"count": True}, "here.count: found True, expected a whole number"),
        ({"count": 1.0}, "here.count: found 1.0, expected a whole number"),
        ({"active": 1}, "here.active: found 1, expected true or false"),
        ({"name": None}, "here.name: found null, expected a string"),
        ({"name": "A"}, "here.name: found 'A', expected lower-case letters"),
        ({"name": "a\n"}, "here.name: found 'a\\n', which has a blank at its end. Remove the blank"),
        ({"name": " a"}, "here.name: found ' a', which has a blank at its start. Remove the blank"),
        ({"name": " A"}, "here.name: found ' A', expected lower-case letters"),
        ({"arguments": []}, "here.arguments: found a list, expected an object"),
        ({"arguments": {"--x": 1}}, "here.arguments.--x: found 1, expected a string"),
        ({"names": {}}, "here.names: found an object, expected a list"),
        ({"names": ["a", 1]}, "here.names[1]: found 1, expected a string"),
        ({"conf": {"x": [loads("NaN")]}}, "here.conf.x: found NaN, which is not JSON, expected plain JSON"),
        ({"conf": 7}, "here.conf: found 7, expected an object"),
        (
            {"nam": "x"},
            "here.nam: unknown field, expected one of: active, arguments, conf, count, name, names, others",
        ),
    ],
)
def test_wrong_value_is_one_problem(changed: JsonObject, expected: str) -> None:
    assert problems({"name": "a", **changed}) == [expected]


@pytest.mark.parametrize(("value", "shown"), [([], "a list"), ("x", "'x'"), (None, "null")])
def test_value_that_is_no_object_is_one_problem(value: Json, shown: str) -> None:
    assert problems(value) == [f"here: found {shown}, expected an object"]


def test_missing_required_field_is_a_problem() -> None:
    assert problems({"count": 1}) == ["here.name: missing field"]


def test_problems_come_in_the_order_unknown_missing_wrong() -> None:
    assert [problem.partition(":")[0] for problem in problems({"names": 1, "x": 1, "count": "a"})] == [
        "here.x",
        "here.name",
        "here.count",
        "here.names",
    ]


def test_valid_fields_are_those_without_a_problem() -> None:
    entry: JsonObject = {
        "name": "A",
        "count": 1,
        "active": "yes",
        "unknown": 1,
        "arguments": {"--x": "1", "--y": 2},
        "names": ["a", 1],
    }
    assert valid_fields(Example, entry) == {"count": 1, "arguments": {"--x": "1"}}
    assert valid_fields(Example, {"arguments": []}) == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "'a'"),
        ("a" * 200, "'" + "a" * 79),
        (True, "True"),
        (1.5, "1.5"),
        (None, "null"),
        ({}, "an object"),
        ([], "a list"),
        (loads("NaN"), "NaN, which is not JSON"),
    ],
)
def test_description_is_a_scalar_or_a_type(value: Json, expected: str) -> None:
    assert describe(value) == expected


def test_unknown_field_offers_the_accepted_names() -> None:
    problem = unknown_field("here.x", "x", iter(("a", "b")))
    assert (problem.found, problem.options, problem.at) == ("x", ("a", "b"), "key")
    assert str(problem) == "here.x: unknown field, expected one of: a, b"


def test_problems_are_equal_by_path_and_message() -> None:
    assert ValidationProblem("p", "m", found="x", options=("y",), at="key") == ValidationProblem("p", "m")
    assert ValidationProblem("p", "m") != ValidationProblem("q", "m")


def test_schema_of_a_pattern_has_its_error_message() -> None:
    schema = StringPattern("^a$", "an a").__get_pydantic_json_schema__({"type": "str"}, lambda core: {**core, "x": 1})
    assert schema == {"type": "str", "x": 1, "pattern": "^a$", "patternErrorMessage": "Expected an a."}


def test_new_problems_are_those_of_other_paths() -> None:
    known = [ValidationProblem("a", "first")]
    found = [ValidationProblem("a", "second"), ValidationProblem("b", "third")]
    assert new_problems(found, known) == [ValidationProblem("b", "third")]
