"""Refuses forms on which interpreters of the Amazon States Language disagree.

Step Functions, moto, aws-local-stepfunctions, LocalStack and Step Functions Local read a few JSONPath and intrinsic forms
differently. A definition without these forms does the same on each of them. ``tests/localstack/test_forms.py`` runs every
form on three interpreters: they agree on each form that this module accepts, and disagree on each that it refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

COLLECT = "Collect failed triggers"

NEVER_EMPTY = frozenset({(COLLECT, "$.outcomes[?(@.error)]")})
"""State and filter expression pairs that always match: the Choice before the state has seen a failure."""

PATH_FIELDS = ("InputPath", "OutputPath", "ResultPath", "ItemsPath", "Variable")

_FILTER = re.compile(r"\[\?\([^)]*\)\]")
_SEVERAL = re.compile(r"\[\*\]|\[\d*:\d*\]")
_ALWAYS_DIFFERENT = {
    "..": "a recursive descent",
    ".*": "a wildcard over an object",
    "[-": "an index from the end",
}


@dataclass(frozen=True, slots=True)
class Argument:
    """A path or text within an expression.

    Attributes:
        text: a path such as ``$.a[0]``, or a literal without its quotes.
        is_path: false for a literal.
        function: intrinsic function that takes it, such as ``States.Format``; empty outside of a function.
        position: number of the function's argument, from 0.
    """

    text: str
    is_path: bool
    function: str = ""
    position: int = 0


def arguments(expression: str) -> Iterator[Argument]:
    """Paths and literals of a path or of a call of an intrinsic function, however deep."""
    calls: list[list[Any]] = []
    for token in re.finditer(r"(States\.\w+)\(|'((?:[^'\\]|\\.)*)'|(\$(?:\[[^\]]*\]|[^\s,()\[])*)|([,)])", expression):
        function, literal, path, separator = token.groups()
        if function:
            calls.append([function, 0])
        elif separator == ")" and calls:
            calls.pop()
        elif separator == "," and calls:
            calls[-1][1] += 1
        elif literal is not None or path:
            yield Argument(path or literal or "", bool(path), *(calls[-1] if calls else ("", 0)))


def problems_of(expression: str, state: str = "") -> Iterator[str]:
    """Reasons why interpreters disagree on the value of ``expression``."""
    for one in arguments(expression):
        if one.is_path:
            yield from _path_problems(one, state)
        elif one.function == "States.StringSplit" and one.position == 1 and len(one.text.replace("\\", "")) != 1:
            yield f"{one.text!r} splits at several characters, or at their sequence. Split at one character"


def _path_problems(argument: Argument, state: str) -> Iterator[str]:
    path = argument.text
    bare = _FILTER.sub("[?]", path)
    for form, name in _ALWAYS_DIFFERENT.items():
        if form in bare:
            yield f"{path} has {name}, which gives a list or its only element. Name each field"
    if re.search(r"\[[^\]'?]*,", bare):
        yield f"{path} has a union, which not every interpreter knows. Name each element"
    if path.startswith("$$.Execution.Input"):
        yield f"{path} is the execution's input or, in a Map, the item's. Carry the value in ItemSelector"
    if "[?]" in bare and (not bare.endswith("[?]") or (state, path) not in NEVER_EMPTY):
        yield f"{path} is an empty list or an error if nothing matches. Use it only after a state that has seen a match"
    if _SEVERAL.search(bare) and not re.search(r"\]$", bare) and argument.function != "States.JsonToString":
        yield f"{path} is a list or, for one match, its element. Name an index, or take the JSON text of the list"


def disagreeing_forms(states: Iterator[tuple[str, dict[str, Any], str]]) -> Iterator[str]:
    """Every form of the definition that an interpreter reads differently.

    Args:
        states: name, body and place of each state.
    """
    for name, state, _ in states:
        if state.get("QueryLanguage", "JSONPath") != "JSONPath":
            yield f"state {name!r}: {state['QueryLanguage']} is not known to every interpreter. Use JSONPath"
        for field, expression in _expressions(state):
            for problem in problems_of(expression, name):
                yield f"state {name!r}: {field}: {problem}"
            if "$$.Map.Item" in expression and not field.startswith("ItemSelector"):
                yield f"state {name!r}: {field}: $$.Map.Item exists only in ItemSelector on AWS. Carry the value in the item"
        for field in ("ErrorPath", "CausePath"):
            if str(state.get(field, "")).startswith("States."):
                yield f"state {name!r}: {field} is an intrinsic function. Compute it in the state before"
        for pattern in _patterns(state.get("Choices", [])):
            if "{" in pattern or "}" in pattern:
                yield f"state {name!r}: StringMatches {pattern!r} has a brace. Compare with StringGreaterThanEquals"


def _expressions(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Field and text of every path and intrinsic function of a state."""
    if isinstance(value, list):
        for item in value:
            yield from _expressions(item, field)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key in ("ItemProcessor", "Iterator", "Branches", "Result"):
            continue
        place = f"{field}.{key}" if field else key
        if isinstance(item, str) and (key.endswith(".$") or key in PATH_FIELDS):
            yield place, item
        yield from _expressions(item, place)


def _patterns(rules: Any) -> Iterator[str]:
    for rule in rules:
        yield from ([rule["StringMatches"]] if "StringMatches" in rule else [])
        yield from _patterns([*rule.get("And", []), *rule.get("Or", []), *([rule["Not"]] if "Not" in rule else [])])
