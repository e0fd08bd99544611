"""Random event patterns with events that often match them, and Event Ruler's algorithm as a second implementation.

Source of the algorithm: github.com/aws/event-ruler (Event.java, ArrayMembership.java, JsonRuleCompiler.java).
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

from orchestration.values.conditions import _value_matches

NAMES = ("a", "b", "c", "d")
TEXTS = ("", "x", "xy", "xyz", "Xy", "yx", "x*y", "10.0.0.1", "10.1.2.3", "::1", "7")
NUMBERS = (0, 1, -1, 2.5, 7, 300, 300.0, 1e9)


class Generator:
    """Makes pairs of a pattern and an event.

    Attributes:
        objects_in_lists: events have lists of objects, and empty lists and objects.
    """

    def __init__(self, seed: int, *, objects_in_lists: bool) -> None:
        self.random = random.Random(seed)
        self.objects_in_lists = objects_in_lists

    def pair(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """A pattern and an event."""
        event = self._fields(3)
        return self._pattern(event, 3), event

    def _fields(self, depth: int) -> dict[str, Any]:
        names = self.random.sample(NAMES, self.random.randint(1, 3))
        return {name: self._value(depth - 1) for name in names}

    def _value(self, depth: int) -> Any:
        kind = self.random.random()
        if depth and kind < 0.3:
            return self._fields(depth)
        if kind < 0.5:
            smallest = 0 if self.objects_in_lists else 1
            count = self.random.randint(smallest, 3)
            nested = self.objects_in_lists and depth and self.random.random() < 0.7
            return [self._value(depth - 1) if nested else self._scalar() for _ in range(count)]
        return self._scalar()

    def _scalar(self) -> Any:
        return self.random.choice((self.random.choice(TEXTS), self.random.choice(NUMBERS), None, True, False))

    def _pattern(self, node: Any, depth: int) -> dict[str, Any]:
        """A pattern for an object, most of it along the fields that the object has."""
        while isinstance(node, list) and node:
            node = self.random.choice(node)
        fields = node if isinstance(node, dict) else {}
        names = [name for name in NAMES if self.random.random() < (0.6 if name in fields else 0.15)] or ["a"]
        conditions = {name: self._condition(fields.get(name), depth) for name in names}
        if depth < 3 or len(names) == 1 or self.random.random() < 0.7:
            return conditions
        first, *others = names
        options = [{name: conditions[name]} for name in others] + [{"z": [self._matcher(None)]}]
        return {"$or": options} | ({first: conditions[first]} if self.random.random() < 0.5 else {})

    def _condition(self, value: Any, depth: int) -> Any:
        nested = isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict) for one in value))
        if depth > 1 and self.random.random() < (0.9 if nested else 0.1):
            return self._pattern(value, depth - 1)
        return [self._matcher(value) for _ in range(self.random.randint(1, 2))]

    def _matcher(self, value: Any) -> Any:
        while isinstance(value, list) and value:
            value = self.random.choice(value)
        known = value if self.random.random() < 0.5 and not isinstance(value, dict | list) else self._scalar()
        text = known if isinstance(known, str) else self.random.choice(TEXTS)
        number = (
            known if isinstance(known, int | float) and not isinstance(known, bool) else self.random.choice(NUMBERS)
        )
        part = text[: self.random.randint(0, len(text))]
        wild = text.replace("*", "\\*")
        wild = wild[:1].replace("\\", "") + "*" + wild[2:] if "\\" not in wild else wild
        return self.random.choice(
            (
                known,
                {"prefix": part},
                {"prefix": {"equals-ignore-case": part.upper()}},
                {"suffix": text[len(part) :]},
                {"suffix": {"equals-ignore-case": text[len(part) :].lower()}},
                {"equals-ignore-case": text.upper()},
                {"wildcard": wild},
                {"exists": self.random.random() < 0.5},
                {"numeric": [self.random.choice(("=", "<", "<=", ">", ">=")), number]},
                {"numeric": [">=", min(number, 1), "<=", max(number, 1)]},
                {"cidr": self.random.choice(("10.0.0.0/8", "10.0.0.0/24", "::/64"))},
                {"anything-but": text},
                {"anything-but": number},
                {"anything-but": [text, "z"]},
                {"anything-but": {"prefix": part or "x"}},
                {"anything-but": {"suffix": [text[-1:] or "x", "q"]}},
                {"anything-but": {"equals-ignore-case": text.upper()}},
                {"anything-but": {"wildcard": wild}},
            )
        )


Membership = dict[int, int]
"""Number of each list on the way to a value, to the element that has the value."""


def ruler_matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """True if the event matches, by Event Ruler's algorithm: flat fields, and lists whose elements must agree."""
    counter = itertools.count()
    fields: dict[str, list[tuple[Any, Membership]]] = {}
    for name, value, membership in _flat(event, "", {}, counter):
        fields.setdefault(name, []).append((value, membership))
    return any(_consistent(sorted(rule.items()), fields, {}) for rule in _rules(pattern, ""))


def _flat(
    node: Any, name: str, membership: Membership, counter: Iterator[int]
) -> Iterator[tuple[str, Any, Membership]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _flat(value, f"{name}.{key}", membership, counter)
    elif isinstance(node, list):
        number = next(counter)
        for index, element in enumerate(node):
            inside = {**membership, number: index} if isinstance(element, dict | list) else membership
            yield from _flat(element, name, inside, counter)
    else:
        yield name, node, membership


def _rules(pattern: dict[str, Any], name: str) -> list[dict[str, list[Any]]]:
    """Flat patterns without ``$or``: the field's name to its matchers."""
    rules: list[dict[str, list[Any]]] = [{}]
    for key, value in pattern.items():
        if key == "$or":
            options = [rule for option in value for rule in _rules(option, name)]
        elif isinstance(value, dict):
            options = _rules(value, f"{name}.{key}")
        else:
            options = [{f"{name}.{key}": value}]
        rules = [{**rule, **option} for rule in rules for option in options]
    return rules


def _consistent(
    rule: list[tuple[str, list[Any]]], fields: dict[str, list[tuple[Any, Membership]]], chosen: Membership
) -> bool:
    if not rule:
        return True
    (name, matchers), rest = rule[0], rule[1:]
    if {"exists": False} in matchers and name not in fields and _consistent(rest, fields, chosen):
        return True
    for value, membership in fields.get(name, ()):
        agrees = all(chosen.get(number, index) == index for number, index in membership.items())
        usable = agrees and any(_matches_one(matcher, value) for matcher in matchers)
        if usable and _consistent(rest, fields, {**chosen, **membership}):
            return True
    return False


def _matches_one(matcher: Any, value: Any) -> bool:
    if isinstance(matcher, dict) and "exists" in matcher:
        return bool(matcher["exists"])
    return _value_matches(matcher, value)
