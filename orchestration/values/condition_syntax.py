"""Checks a condition ``when`` as EventBridge checks an event pattern, with the place of every problem.

Source: docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html, and the checks of AWS's Event Ruler.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeGuard

from orchestration.values.condition_fields import beginnings
from orchestration.values.conditions import OR
from orchestration.values.strictjson import first_invalid
from orchestration.values.validation import ValidationProblem, describe

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject
    from orchestration.values.validation import JsonSchema, SchemaOf

OPERATORS = ("anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix", "wildcard")
COMPARISONS = ("<", "<=", "=", ">", ">=")
MAX_ALTERNATIVES = 1_000
"""Combinations of all ``$or`` of a pattern, as in EventBridge (the page above)."""

NESTED = ("prefix", "suffix", "equals-ignore-case", "wildcard")
"""Operators that ``anything-but`` accepts."""
_EXAMPLE = '{"status": ["SUCCESS"]}'
_ESCAPE = re.compile(r"\\(?![*\\])")


class EventPattern:
    """Constrains a field to an EventBridge event pattern."""

    def problems(self, value: Json, path: str) -> Iterator[ValidationProblem]:
        """Every problem of the pattern."""
        problems = list(_pattern(value, path))
        yield from problems
        if isinstance(value, dict) and not problems:
            yield from _combinations(value, path)

    def __get_pydantic_json_schema__(self, core_schema: JsonSchema, handler: SchemaOf) -> JsonSchema:
        """Return a mark that ``builder/schemas`` replaces by its definition. Pydantic calls this at build time."""
        return {"type": "condition"}


def _pattern(value: Json, path: str) -> Iterator[ValidationProblem]:
    if not isinstance(value, dict) or not value:
        what = describe(value) if value != {} else "an empty object"
        yield ValidationProblem(path, f"found {what}, expected an event pattern such as {_EXAMPLE}")
        return
    for key, expected in value.items():
        where = f"{path}.{key}"
        if key == OR:
            yield from _or(expected, where)
        elif isinstance(expected, dict):
            yield from _pattern(expected, where)
        elif isinstance(expected, list) and expected:
            for index, matcher in enumerate(expected):
                yield from _matcher(matcher, f"{where}[{index}]")
        else:
            what = "an empty list" if expected == [] else describe(expected)
            text = "expected a list of values and operators, or an object of nested fields"
            yield ValidationProblem(where, f"found {what}, {text}{_wrapped(expected)}")


def _wrapped(value: Json) -> str:
    """Advice for a bare value, the most frequent mistake."""
    return f". Write [{json.dumps(value)}]" if isinstance(value, str | int | float) else ""


def _or(value: Json, path: str) -> Iterator[ValidationProblem]:
    if not isinstance(value, list) or len(value) < 2:
        what = f"a list of {len(value)}" if isinstance(value, list) else describe(value)
        yield ValidationProblem(path, f"found {what}, expected a list of at least two patterns")
        return
    for index, pattern in enumerate(value):
        where = f"{path}[{index}]"
        yield from _pattern(pattern, where)
        for key in pattern if isinstance(pattern, dict) else ():
            if key in OPERATORS:
                yield ValidationProblem(
                    f"{where}.{key}", f"found the operator {key!r}, expected the name of a field", at="key"
                )


def _combinations(pattern: JsonObject, path: str) -> Iterator[ValidationProblem]:
    count = _count(pattern)
    if count > MAX_ALTERNATIVES:
        yield ValidationProblem(
            path,
            f"found {count:,} combinations of '$or', expected at most {MAX_ALTERNATIVES:,}. Use fewer alternatives",
        )
        return
    twice = _field_with_two_conditions(pattern)
    if twice:
        text = f"the field {twice!r:.80} has two conditions. Write them in one list, or each in an alternative of '$or'"
        yield ValidationProblem(path, text)


def _count(pattern: JsonObject) -> int:
    """Number of combinations of all ``$or``."""
    total = 1
    for key, value in pattern.items():
        if key == OR:
            total *= sum(_count(option) for option in _options(value))
        elif isinstance(value, dict):
            total *= _count(value)
    return total


def _field_with_two_conditions(pattern: JsonObject) -> str:
    """A field that a combination of ``$or`` names twice, or inside another one; empty if none does.

    Every alternative of one key meets every alternative of the other keys next to it, so each key's names are compared once.
    The work is linear in the size of the pattern and its depth.
    """
    return _names(pattern, "")[1]


def _names(pattern: JsonObject, start: str) -> tuple[dict[str, None], str]:
    """Names of all fields of the pattern, and the first one with two conditions."""
    names: dict[str, None] = {}
    outer: dict[str, str] = {}
    for key, value in pattern.items():
        if key == OR:
            below = [_names(option, start) for option in _options(value)]
        elif isinstance(value, dict):
            below = [_names(value, f"{start}{key}.")]
        else:
            below = [({f"{start}{key}": None}, "")]
        new = dict.fromkeys(name for found, _ in below for name in found)
        twice = next((twice for _, twice in below if twice), "")
        twice = twice or next((outer.get(name) or name for name in new if name in outer or _inside(name, names)), "")
        if twice:
            return names, twice
        names |= new
        outer |= {beginning: name for name in new for beginning in beginnings(name) if beginning != name}
    return names, ""


def _inside(name: str, names: dict[str, None]) -> bool:
    """True if the name, or a field around it, is one of the names."""
    return any(beginning in names for beginning in beginnings(name))


def _options(value: Json) -> list[JsonObject]:
    """The patterns of a valid ``$or``."""
    return [option for option in value if isinstance(option, dict)] if isinstance(value, list) else []


def _matcher(matcher: Json, path: str) -> Iterator[ValidationProblem]:
    wrong = first_invalid(matcher)
    if wrong is not None:
        yield ValidationProblem(path, f"found {wrong.reason}, expected plain JSON")
    elif isinstance(matcher, list):
        yield ValidationProblem(path, "found a list, expected a value or an operator")
    elif isinstance(matcher, str):
        yield from _literal(matcher, path)
    elif isinstance(matcher, dict):
        yield from _operation(matcher, path)


def _operation(matcher: JsonObject, path: str) -> Iterator[ValidationProblem]:
    if len(matcher) != 1:
        yield ValidationProblem(path, f"found {len(matcher)} operators, expected one: {', '.join(OPERATORS)}")
        return
    ((operator, operand),) = matcher.items()
    where = f"{path}.{operator}"
    if operator not in OPERATORS:
        text = f"unknown operator, expected one of: {', '.join(OPERATORS)}"
        yield ValidationProblem(where, text, found=operator, options=OPERATORS, at="key")
    elif operator == "exists":
        if not isinstance(operand, bool):
            yield ValidationProblem(where, f"found {describe(operand)}, expected true or false")
    elif operator == "numeric":
        yield from _numeric(operand, where)
    elif operator == "cidr":
        yield from _cidr(operand, where)
    elif operator == "anything-but":
        yield from _anything_but(operand, where)
    elif operator in ("prefix", "suffix") and isinstance(operand, dict):
        if operand.keys() != {"equals-ignore-case"}:
            yield ValidationProblem(where, 'found an object, expected {"equals-ignore-case": TEXT} or a string')
        else:
            yield from _string(operand["equals-ignore-case"], "equals-ignore-case", f"{where}.equals-ignore-case")
    else:
        yield from _string(operand, operator, where)


def _anything_but(operand: Json, path: str) -> Iterator[ValidationProblem]:
    if isinstance(operand, dict):
        if len(operand) != 1 or not operand.keys() <= set(NESTED):
            yield ValidationProblem(
                path, f"found {', '.join(operand) or 'nothing'}, expected one of: {', '.join(NESTED)}"
            )
            return
        ((operator, nested),) = operand.items()
        if nested == []:
            yield ValidationProblem(f"{path}.{operator}", "found an empty list, expected a string or a list of strings")
        for text in nested if isinstance(nested, list) else [nested]:
            if text == "" and operator in ("prefix", "suffix"):
                yield ValidationProblem(f"{path}.{operator}", f"found an empty {operator}, which every text has")
            yield from _string(text, operator, f"{path}.{operator}")
        return
    values = operand if isinstance(operand, list) else [operand]
    texts = [value for value in values if isinstance(value, str)]
    strings = len(texts) == len(values)
    if not values or not (strings or all(_is_number(value) for value in values)):
        what = describe(operand) if not isinstance(operand, list) else "a list" if values else "an empty list"
        yield ValidationProblem(path, f"found {what}, expected strings only, numbers only, or an operator")
    for text in texts if strings else ():
        yield from _literal(text, path)


def _string(text: Json, operator: str, path: str) -> Iterator[ValidationProblem]:
    if not isinstance(text, str):
        yield ValidationProblem(path, f"found {describe(text)}, expected a string")
        return
    yield from _literal(text, path)
    if operator == "wildcard":
        literal = text.replace("\\\\", "").replace("\\*", "")
        if _ESCAPE.search(text.replace("\\\\", "")):
            yield ValidationProblem(path, f"found {text!r:.80}: a backslash escapes only '*' and '\\'")
        elif "**" in literal:
            yield ValidationProblem(path, f"found {text!r:.80}, which has two wildcards in a row. Write one")


def _literal(text: str, path: str) -> Iterator[ValidationProblem]:
    if "${" in text:
        yield ValidationProblem(
            path, f"found {text!r:.80}, expected fixed text: a condition cannot compare two fields of the event"
        )


def _numeric(operand: Json, path: str) -> Iterator[ValidationProblem]:
    expected = 'expected ["=", NUMBER], one comparison, or a range such as [">=", 0, "<", 10]'
    values = operand if isinstance(operand, list) else []
    limits = [limit for limit in values[1::2] if _is_number(limit)]
    if (
        len(values) not in (2, 4)
        or any(name not in COMPARISONS for name in values[::2])
        or len(limits) < len(values) / 2
    ):
        yield ValidationProblem(path, f"found {operand!r:.80}, {expected}")
    elif len(limits) == 2:
        (low, high), (bottom, top) = values[::2], limits
        if low not in (">", ">=") or high not in ("<", "<="):
            yield ValidationProblem(path, f"found {operand!r:.80}, {expected}")
        elif bottom >= top:
            # Event Ruler refuses equal limits, too (Range.ensureValidRange: "Bottom must be less than top").
            only = f'. Write ["=", {bottom}]' if bottom == top and (low, high) == (">=", "<=") else ""
            text = "expected a lower limit that is less than the upper one"
            yield ValidationProblem(path, f"found {operand!r:.80}, {text}{only}")


def _cidr(operand: Json, path: str) -> Iterator[ValidationProblem]:
    """Event Ruler accepts masks of up to 31 and 127 bits only (CIDR.cidr: "IPv4 mask bits must be < 32")."""
    import ipaddress  # noqa: PLC0415 - few conditions need it, and it slows the cold start

    try:
        address, _, bits = operand.partition("/") if isinstance(operand, str) else ("", "", "")
        if not re.fullmatch("[0-9]+", bits) or "%" in address:
            raise ValueError
        network = ipaddress.ip_network(f"{address}/{bits}", strict=False)
    except ValueError:
        yield ValidationProblem(path, f"found {describe(operand)}, expected a network such as '10.0.0.0/8'")
        return
    if network.num_addresses == 1:
        yield ValidationProblem(
            path, f'found {describe(operand)}, a network of one address. Write the address as a value: ["{address}"]'
        )


def _is_number(value: Json) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
