"""Evaluates a trigger's condition ``when``: an EventBridge event pattern over the job event.

Syntax and semantics are those of EventBridge, from these pages and from the behaviour of AWS's open Event Ruler:
docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html,
docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html.
``condition_syntax.py`` refuses invalid patterns, so this module reads valid ones only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject

OR = "$or"

_NO_FIELDS: JsonObject = {}
# Tuples: every call would make a union again, and each trigger's condition is evaluated for each event.
_CONTAINERS = (dict, list)
_NUMBERS = (int, float)


def matches(pattern: JsonObject, event: JsonObject) -> bool:
    """True if the event matches the pattern."""
    return any(_fields_match(alternative, event, event, ()) for alternative in alternatives(pattern))


def alternatives(pattern: JsonObject) -> list[JsonObject]:
    """Patterns without ``$or`` of which one must match: all combinations of the alternatives."""
    combinations: list[JsonObject] = [{}]
    for key, value in pattern.items():
        options: list[JsonObject]
        if isinstance(value, dict):
            options = [{key: nested} for nested in alternatives(value)]
        elif key == OR and isinstance(value, list):
            patterns = (option for option in value if isinstance(option, dict))
            options = [alternative for option in patterns for alternative in alternatives(option)]
        else:
            options = [{key: value}]
        combinations = [_merged(combination, option) for combination in combinations for option in options]
    return combinations


def _merged(pattern: JsonObject, other: JsonObject) -> JsonObject:
    merged = dict(pattern)
    for key, value in other.items():
        present = merged.get(key)
        merged[key] = _merged(present, value) if isinstance(present, dict) and isinstance(value, dict) else value
    return merged


def _fields_match(pattern: JsonObject, node: Json, event: JsonObject, path: tuple[str, ...]) -> bool:
    """True if the fields of ``node`` match. Of a list, one element must match the whole pattern, as in Event Ruler."""
    if isinstance(node, list):
        return any(_fields_match(pattern, element, event, path) for element in (*node, _NO_FIELDS))
    fields = node if isinstance(node, dict) else _NO_FIELDS
    return all(_field_matches(key, value, fields, event, path) for key, value in pattern.items())


def _field_matches(key: str, expected: Json, fields: JsonObject, event: JsonObject, path: tuple[str, ...]) -> bool:
    head, dot, rest = key.partition(".")
    if dot and key not in fields:  # EventBridge reads "a.b" as the field b of a, too.
        return _field_matches(head, {rest: expected}, fields, event, path)
    value, path = fields.get(key, _NO_FIELDS), (*path, key)
    if isinstance(expected, dict):
        return _fields_match(expected, value, event, path)
    values: list[Json] = list(_scalars(value)) if isinstance(value, _CONTAINERS) else [value]
    return isinstance(expected, list) and _values_match(expected, values, event, path)


def _values_match(matchers: list[Json], values: list[Json], event: JsonObject, path: tuple[str, ...]) -> bool:
    """True if one value of a field meets one matcher. An absent field is absent in every element of the lists above it."""
    for matcher in matchers:
        if isinstance(matcher, dict) and "exists" in matcher:
            if matcher["exists"] if values else not matcher["exists"] and not any(_values_at(event, path)):
                return True
        elif any(_value_matches(matcher, value) for value in values):
            return True
    return False


def _value_matches(matcher: Json, value: Json) -> bool:
    if not isinstance(matcher, dict):
        return _equal(matcher, value)
    ((operator, operand),) = matcher.items()
    if operator == "anything-but":
        refused = operand if isinstance(operand, list) else _each(operand) if isinstance(operand, dict) else [operand]
        return not any(_value_matches(excluded, value) for excluded in refused)
    return _OPERATORS[operator](operand, value)


def _each(matcher: JsonObject) -> list[Json]:
    """``{"prefix": ["a", "b"]}`` as a list of matchers with one text each."""
    ((operator, operand),) = matcher.items()
    return [{operator: text} for text in (operand if isinstance(operand, list) else [operand])]


def _equal(expected: Json, value: Json) -> bool:
    """True for equal scalars. 1 and 1.0 are equal, and 1 and true differ."""
    return isinstance(expected, bool) is isinstance(value, bool) and bool(expected == value)


def _number(operand: Json, value: Json) -> bool:
    if isinstance(value, bool) or not isinstance(value, _NUMBERS) or not isinstance(operand, list):
        return False
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return all(isinstance(limit, _NUMBERS) and _COMPARISONS[name](value, limit) for name, limit in pairs)


def _text(test: Callable[[str, str], bool]) -> Callable[[Json, Json], bool]:
    """An operator on strings; ``{"equals-ignore-case": TEXT}`` as its operand ignores the case."""

    def matches(operand: Json, value: Json) -> bool:
        if not isinstance(value, str):
            return False
        if isinstance(operand, dict):
            text = operand["equals-ignore-case"]
            return isinstance(text, str) and test(text.lower(), value.lower())
        return isinstance(operand, str) and test(operand, value)

    return matches


def _wildcard(operand: str, value: str) -> bool:
    """True if the text matches; linear in the text, because each part is found at its first place."""
    first, *parts = wildcard_parts(operand)
    if not parts:
        return value == first
    *parts, last = parts
    if not value.startswith(first) or len(value) < len(first) + len(last) or not value.endswith(last):
        return False
    position, end = len(first), len(value) - len(last)
    for part in parts:
        start = value.find(part, position, end)
        if start < 0:
            return False
        position = start + len(part)
    return True


def wildcard_parts(operand: str) -> list[str]:
    r"""The texts between the wildcards; ``\*`` and ``\\`` are literal."""
    parts, escaped = [""], False
    for character in operand:
        if escaped or character not in "*\\":
            parts[-1] += character
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            parts.append("")
    return parts


def _in_network(operand: Json, value: Json) -> bool:
    import ipaddress  # noqa: PLC0415 - few conditions need it, and it slows the cold start

    if not isinstance(operand, str) or not isinstance(value, str):
        return False
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(operand, strict=False)
    except ValueError:
        return False


_OPERATORS: dict[str, Callable[[Json, Json], bool]] = {
    "prefix": _text(lambda operand, value: value.startswith(operand)),
    "suffix": _text(lambda operand, value: value.endswith(operand)),
    "equals-ignore-case": _text(lambda operand, value: value.lower() == operand.lower()),
    "wildcard": _text(_wildcard),
    "numeric": _number,
    "cidr": _in_network,
}

_COMPARISONS: dict[Json, Callable[[float, float], bool]] = {
    "=": lambda value, limit: value == limit,
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}


def _scalars(node: Json) -> Iterator[Json]:
    """The values of a field: itself, or those in its lists. An object is not a value, and an empty list has none."""
    if isinstance(node, list):
        for element in node:
            yield from _scalars(element)
    elif not isinstance(node, dict):
        yield node


def _values_at(node: Json, path: tuple[str, ...]) -> Iterator[bool]:
    """True for each value at a path, in all elements of the lists on the way."""
    if isinstance(node, list):
        for element in node:
            yield from _values_at(element, path)
    elif not path:
        yield from (True for _ in _scalars(node))
    elif isinstance(node, dict) and path[0] in node:
        yield from _values_at(node[path[0]], path[1:])
