"""Evaluates a trigger's condition ``when``: an EventBridge event pattern over the job event.

Syntax and semantics are those of EventBridge, from these pages and from the behaviour of AWS's open Event Ruler:
docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html,
docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html.
``condition_syntax.py`` refuses invalid patterns, so this module reads valid ones only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

OR = "$or"

_NO_FIELDS: dict[str, Any] = {}


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """True if the event matches the pattern."""
    return any(_object_matches(one, event, event, ()) for one in alternatives(pattern))


def alternatives(pattern: dict[str, Any]) -> list[dict[str, Any]]:
    """Patterns without ``$or`` of which one must match: all combinations of the alternatives."""
    found: list[dict[str, Any]] = [{}]
    for key, value in pattern.items():
        if key == OR:
            options = [one for option in value for one in alternatives(option)]
        elif isinstance(value, dict):
            options = [{key: one} for one in alternatives(value)]
        else:
            options = [{key: value}]
        found = [_merged(one, option) for one in found for option in options]
    return found


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    merged = dict(one)
    for key, value in other.items():
        both = isinstance(merged.get(key), dict) and isinstance(value, dict)
        merged[key] = _merged(merged[key], value) if both else value
    return merged


def _object_matches(pattern: dict[str, Any], node: Any, event: dict[str, Any], path: tuple[str, ...]) -> bool:
    """True if the fields of ``node`` match. Of a list, one element must match the whole pattern, as in Event Ruler."""
    if isinstance(node, list):
        return any(_object_matches(pattern, one, event, path) for one in (*node, _NO_FIELDS))
    fields = node if isinstance(node, dict) else _NO_FIELDS
    return all(_field_matches(key, value, fields, event, path) for key, value in pattern.items())


def _field_matches(
    key: str, expected: Any, fields: dict[str, Any], event: dict[str, Any], path: tuple[str, ...]
) -> bool:
    head, dot, rest = key.partition(".")
    if dot and key not in fields:  # EventBridge reads "a.b" as the field b of a, too.
        return _field_matches(head, {rest: expected}, fields, event, path)
    found, path = fields.get(key, _NO_FIELDS), (*path, key)
    if isinstance(expected, dict):
        return _object_matches(expected, found, event, path)
    return _values_match(expected, list(_scalars(found)), event, path)


def _values_match(matchers: list[Any], values: list[Any], event: dict[str, Any], path: tuple[str, ...]) -> bool:
    """True if one value of a field meets one matcher. An absent field is absent in every element of the lists above it."""
    for matcher in matchers:
        if isinstance(matcher, dict) and "exists" in matcher:
            if matcher["exists"] if values else not matcher["exists"] and not any(_values_at(event, path)):
                return True
        elif any(_value_matches(matcher, value) for value in values):
            return True
    return False


def _value_matches(matcher: Any, value: Any) -> bool:
    if not isinstance(matcher, dict):
        return _equal(matcher, value)
    ((operator, operand),) = matcher.items()
    if operator == "anything-but":
        refused = operand if isinstance(operand, list) else _each(operand) if isinstance(operand, dict) else [operand]
        return not any(_value_matches(one, value) for one in refused)
    return _OPERATORS[operator](operand, value)


def _each(matcher: dict[str, Any]) -> list[Any]:
    """``{"prefix": ["a", "b"]}`` as a list of matchers with one text each."""
    ((operator, operand),) = matcher.items()
    return [{operator: one} for one in (operand if isinstance(operand, list) else [operand])]


def _equal(expected: Any, value: Any) -> bool:
    """True for equal scalars. 1 and 1.0 are equal, and 1 and true differ."""
    return isinstance(expected, bool) is isinstance(value, bool) and bool(expected == value)


def _number(operand: list[Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return all(_COMPARISONS[operator](value, limit) for operator, limit in pairs)


def _text(test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    """An operator on strings; ``{"equals-ignore-case": TEXT}`` as its operand ignores the case."""

    def matches(operand: Any, value: Any) -> bool:
        if not isinstance(value, str):
            return False
        if isinstance(operand, dict):
            return test(operand["equals-ignore-case"].lower(), value.lower())
        return test(operand, value)

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
        found = value.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
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


def _in_network(operand: str, value: Any) -> bool:
    import ipaddress  # noqa: PLC0415 - few conditions need it, and it slows the cold start

    try:
        return isinstance(value, str) and ipaddress.ip_address(value) in ipaddress.ip_network(operand, strict=False)
    except ValueError:
        return False


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "prefix": _text(lambda operand, value: value.startswith(operand)),
    "suffix": _text(lambda operand, value: value.endswith(operand)),
    "equals-ignore-case": _text(lambda operand, value: value.lower() == operand.lower()),
    "wildcard": _text(_wildcard),
    "numeric": _number,
    "cidr": _in_network,
}

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda value, limit: value == limit,
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}


def _scalars(node: Any) -> Iterator[Any]:
    """The values of a field: itself, or those in its lists. An object is not a value, and an empty list has none."""
    if isinstance(node, list):
        for one in node:
            yield from _scalars(one)
    elif not isinstance(node, dict):
        yield node


def _values_at(node: Any, path: tuple[str, ...]) -> Iterator[bool]:
    """True for each value at a path, in all elements of the lists on the way."""
    if isinstance(node, list):
        for one in node:
            yield from _values_at(one, path)
    elif not path:
        yield from (True for _ in _scalars(node))
    elif isinstance(node, dict) and path[0] in node:
        yield from _values_at(node[path[0]], path[1:])
