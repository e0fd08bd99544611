"""Event Ruler's algorithm as a second implementation, which shares no code with the product.

The algorithm enumerates all choices of values, so it is for small events only. Values are compared by other means than the
product's: regular expressions, fractions, and the bits of addresses.
Source of the algorithm: the classes Event, ArrayMembership, ACFinder, NameState (getNameTransitions), GenericMachine
(addPatternRule sorts the names) and JsonRuleCompiler of github.com/aws/event-ruler.
"""

from __future__ import annotations

import itertools
import re
import socket
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

Membership = dict[int, int]
"""Number of each list on the way to a value, to the element that has the value."""


def ruler_matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """True if the event matches, by Event Ruler's algorithm: flat fields, and lists whose elements must agree."""
    counter = itertools.count()
    fields: dict[str, list[tuple[Any, Membership]]] = {}
    for names, value, membership in _flat(event, (), {}, counter):
        fields.setdefault(".".join(names), []).append((value, membership))
    return any(_consistent(sorted(rule.items()), fields, {}) for rule in flat_rules(pattern))


def flat_rules(pattern: dict[str, Any], names: tuple[str, ...] = ()) -> list[dict[str, list[Any]]]:
    """Flat patterns without ``$or``: the field's name to its matchers."""
    rules: list[dict[str, list[Any]]] = [{}]
    for key, value in pattern.items():
        if key == "$or":
            options = [rule for option in value for rule in flat_rules(option, names)]
        elif isinstance(value, dict):
            options = flat_rules(value, (*names, key))
        else:
            options = [{".".join((*names, key)): value}]
        rules = [{**rule, **option} for rule in rules for option in options]
    return rules


def _flat(
    node: Any, names: tuple[str, ...], membership: Membership, counter: Iterator[int]
) -> Iterator[tuple[tuple[str, ...], Any, Membership]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _flat(value, (*names, key), membership, counter)
    elif isinstance(node, list):
        number = next(counter)
        for index, element in enumerate(node):
            inside = {**membership, number: index} if isinstance(element, dict | list) else membership
            yield from _flat(element, names, inside, counter)
    else:
        yield names, node, membership


def _consistent(
    rule: list[tuple[str, list[Any]]], fields: dict[str, list[tuple[Any, Membership]]], chosen: Membership
) -> bool:
    if not rule:
        return True
    (name, matchers), rest = rule[0], rule[1:]
    agreeing = [
        (value, membership)
        for value, membership in fields.get(name, ())
        if all(chosen.get(number, index) == index for number, index in membership.items())
    ]
    if not agreeing and {"exists": False} in matchers and _consistent(rest, fields, chosen):
        return True
    return any(
        any(meets(matcher, value) for matcher in matchers) and _consistent(rest, fields, {**chosen, **membership})
        for value, membership in agreeing
    )


def meets(matcher: Any, value: Any) -> bool:
    """True if a value that exists meets a matcher."""
    if not isinstance(matcher, dict):
        return _same(matcher, value)
    ((operator, operand),) = matcher.items()
    if operator == "exists":
        return bool(operand)
    if operator == "anything-but":
        return not any(meets(refused, value) for refused in _refused(operand))
    if operator == "numeric":
        return type(value) in (int, float) and _in_range(operand, value)
    if operator == "cidr":
        return isinstance(value, str) and _in_network(operand, value)
    return isinstance(value, str) and re.fullmatch(_expression(operator, operand), value) is not None


def _same(expected: Any, value: Any) -> bool:
    numbers = (int, float)
    if type(expected) in numbers and type(value) in numbers:
        return Fraction(expected) == Fraction(value)
    return type(expected) is type(value) and repr(expected) == repr(value)


def _refused(operand: Any) -> list[Any]:
    if isinstance(operand, dict):
        ((operator, texts),) = operand.items()
        return [{operator: text} for text in ([texts] if isinstance(texts, str) else texts)]
    return operand if isinstance(operand, list) else [operand]


def _in_range(operand: list[Any], value: float) -> bool:
    """Each operator by the signs of the differences that it allows."""
    signs = {"=": (0,), "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}
    differences = [
        (name, Fraction(value) - Fraction(limit)) for name, limit in zip(operand[::2], operand[1::2], strict=True)
    ]
    return all((difference > 0) - (difference < 0) in signs[name] for name, difference in differences)


def _in_network(network: str, address: str) -> bool:
    text, _, length = network.partition("/")
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    try:
        packed = socket.inet_pton(family, address)
    except OSError:
        return False
    bits = "".join(f"{byte:08b}" for byte in packed)
    wanted = "".join(f"{byte:08b}" for byte in socket.inet_pton(family, text))
    return bits[: int(length)] == wanted[: int(length)]


def _expression(operator: str, operand: Any) -> str:
    """A regular expression for the whole text."""
    if isinstance(operand, dict):
        return f"(?i:{_expression(operator, operand['equals-ignore-case'])})"
    if operator == "wildcard":
        tokens = re.findall(r"\\.|[^\\]", operand, re.DOTALL)
        return "".join("(?s:.*)" if token == "*" else re.escape(token[-1]) for token in tokens)
    literal = re.escape(operand)
    return {
        "prefix": f"{literal}(?s:.*)",
        "suffix": f"(?s:.*){literal}",
        "equals-ignore-case": f"(?i:{literal})",
    }[operator]
