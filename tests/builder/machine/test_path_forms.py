"""Paths and intrinsic functions: the parts of an expression, and the forms that are refused, each with its reason.

``tests/localstack/test_forms.py`` shows on three interpreters that they disagree on each refused form.
"""

from __future__ import annotations

from typing import Any

import pytest

from builder.machine.path_forms import Argument, arguments, disagreeing_forms, problems_of


def problems_in(**state: Any) -> list[str]:
    return list(disagreeing_forms(iter([("S", state, "the definition")])))


def test_path_outside_of_a_function_is_one_argument() -> None:
    assert list(arguments("$.a['b'][0].c")) == [Argument("$.a['b'][0].c", is_path=True)]


def test_nested_calls_name_the_innermost_function() -> None:
    found = list(arguments("States.ArrayGetItem(States.StringSplit($.a, '-'), 1)"))
    assert found == [
        Argument("$.a", is_path=True, function="States.StringSplit", position=0),
        Argument("-", is_path=False, function="States.StringSplit", position=1),
    ]


def test_position_continues_after_an_inner_call() -> None:
    found = list(arguments("States.Format('{} {}', States.JsonToString($.a), $.b)"))
    assert [(one.text, one.function, one.position) for one in found] == [
        ("{} {}", "States.Format", 0),
        ("$.a", "States.JsonToString", 0),
        ("$.b", "States.Format", 2),
    ]


def test_quoted_text_is_no_path() -> None:
    """A comma, a bracket or an escaped quote in a literal ends nothing."""
    found = list(arguments(r"States.Format('$.x, (it\'s) {}', $.y)"))
    assert found == [
        Argument(r"$.x, (it\'s) {}", is_path=False, function="States.Format", position=0),
        Argument("$.y", is_path=True, function="States.Format", position=1),
    ]


@pytest.mark.parametrize(
    "expression",
    [
        "$",
        "$.a[0].b",
        "$.a[*]",
        "$.a[0:2]",
        "$$.Execution.Id",
        "States.JsonToString($.a[*].b)",
        "States.StringSplit($.a, '-')",
        r"States.StringSplit($.a, '\'')",
        "States.Format('$..x {}', $.a)",
    ],
)
def test_agreed_form_has_no_problem(expression: str) -> None:
    assert list(problems_of(expression)) == []


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("$..b", "$..b has a recursive descent,"),
        ("$.a.*", "$.a.* has a wildcard over an object,"),
        ("$.a[-1]", "$.a[-1] has an index from the end,"),
        ("$.a[0,1]", "$.a[0,1] has a union,"),
        ("$$.Execution.Input.x", "$$.Execution.Input.x is the execution's input or,"),
        ("$.a[?(@.b)]", "$.a[?(@.b)] is an empty list or an error"),
        ("$.a[*].b", "$.a[*].b is a list or, for one match, its element."),
        ("States.ArrayLength($.a[0:2].b)", "$.a[0:2].b is a list or, for one match, its element."),
        ("States.StringSplit($.a, '-:')", "'-:' splits at several characters"),
        ("States.StringSplit($.a, '')", "'' splits at several characters"),
    ],
)
def test_refused_form_has_its_reason(expression: str, reason: str) -> None:
    (problem,) = problems_of(expression)
    assert problem.startswith(reason)


def test_filter_is_accepted_only_after_a_seen_failure() -> None:
    expression = "$.outcomes[?(@.error)]"
    assert list(problems_of(expression, "Collect failed triggers")) == []
    assert len(list(problems_of(expression, "Another state"))) == 1
    assert len(list(problems_of("$.other[?(@.error)]", "Collect failed triggers"))) == 1


def test_problem_names_state_and_field() -> None:
    (problem,) = problems_in(Type="Pass", Parameters={"list": [{"id.$": "$..a"}]})
    assert problem.startswith("state 'S': Parameters.list.id.$: $..a has a recursive descent")
    (problem,) = problems_in(Type="Pass", InputPath="$.a.*")
    assert problem.startswith("state 'S': InputPath: $.a.* has a wildcard")


def test_texts_that_no_interpreter_evaluates_are_ignored() -> None:
    assert problems_in(Type="Pass", Result={"a.$": "$..a"}, Comment="$..a", Parameters={"a": "$..a"}) == []


def test_item_of_the_map_is_known_only_to_the_item_selector() -> None:
    assert problems_in(Type="Map", ItemSelector={"id.$": "$$.Map.Item.Value.id"}) == []
    (problem,) = problems_in(Type="Pass", Parameters={"id.$": "$$.Map.Item.Value.id"})
    assert "$$.Map.Item exists only in ItemSelector" in problem


def test_jsonata_is_refused() -> None:
    (problem,) = problems_in(Type="Pass", QueryLanguage="JSONata")
    assert problem == "state 'S': JSONata is not known to every interpreter. Use JSONPath"
    assert problems_in(Type="Pass", QueryLanguage="JSONPath") == []


@pytest.mark.parametrize("field", ["ErrorPath", "CausePath"])
def test_words_of_a_failure_are_plain_paths(field: str) -> None:
    assert problems_in(Type="Fail", **{field: "$.error"}) == []
    (problem,) = problems_in(Type="Fail", **{field: "States.Format('{}', $.error)"})
    assert problem.startswith(f"state 'S': {field} is an intrinsic function")


@pytest.mark.parametrize("operator", ["And", "Or", "Not"])
def test_brace_in_a_pattern_is_found_at_any_depth(operator: str) -> None:
    pattern = {"Variable": "$.a", "StringMatches": "{*"}
    (problem,) = problems_in(Type="Choice", Choices=[{operator: pattern if operator == "Not" else [pattern]}])
    assert problem.startswith("state 'S': StringMatches '{*' has a brace")
    assert problems_in(Type="Choice", Choices=[{"Variable": "$.a", "StringMatches": "a*"}]) == []
