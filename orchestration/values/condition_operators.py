"""Compares one value of an event with the matchers of a condition: EventBridge's operators on leaf values.

Source: docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json

# A tuple: every call would make a union again, and each trigger's condition is evaluated for each event.
_NUMBERS = (int, float)

_CHARACTERS = 256
"""Characters of a text that cost as much as one comparison."""

_CIDR_COST = 8
"""Comparisons that cost as much as reading an IP address."""


def value_matches(matcher: Json, value: Json) -> bool:
    """True if a value of a field meets the matcher."""
    if not isinstance(matcher, dict):
        return _equal(matcher, value)
    ((operator, operand),) = matcher.items()
    if operator == "exists":
        return operand is True
    if operator == "anything-but":
        return not any(value_matches(excluded, value) for excluded in _excluded(operand))
    return _OPERATORS[operator](operand, value)


def cost(matcher: Json) -> int:
    """Comparisons that the matcher needs for a short value."""
    if isinstance(matcher, str):
        return 1 + len(matcher) // _CHARACTERS
    if not isinstance(matcher, dict):
        return 1
    ((operator, operand),) = matcher.items()
    if operator == "anything-but":
        return sum(cost(excluded) for excluded in _excluded(operand))
    if operator == "cidr":
        return _CIDR_COST
    return cost(operand) + (operand.count("*") if operator == "wildcard" and isinstance(operand, str) else 0)


def value_cost(value: Json) -> int:
    """Comparisons that cost as much as one look at the value."""
    return 1 + len(value) // _CHARACTERS if isinstance(value, str) else 1


def _excluded(operand: Json) -> list[Json]:
    """The matchers that ``anything-but`` refuses; ``{"prefix": ["a", "b"]}`` is one for each text."""
    if not isinstance(operand, dict):
        return operand if isinstance(operand, list) else [operand]
    ((operator, texts),) = operand.items()
    return [{operator: text} for text in (texts if isinstance(texts, list) else [texts])]


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


@functools.lru_cache(maxsize=256)
def wildcard_parts(operand: str) -> tuple[str, ...]:
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
    return tuple(parts)


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
