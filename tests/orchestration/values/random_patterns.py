"""Random event patterns with events that often match them."""

from __future__ import annotations

import random
from typing import Any

from tests.orchestration.values.event_ruler import flat_rules

NAMES = ("a", "b", "c", "d")
TEXTS = ("", "x", "xy", "xyz", "Xy", "yx", "x*y", "10.0.0.1", "10.1.2.3", "::1", "7")
NUMBERS = (0, 1, -1, 2.5, 7, 300, 300.0, 1e9)


class Generator:
    """Makes pairs of a pattern and an event.

    Attributes:
        objects_in_lists: events have lists of objects, and empty lists and objects.
        dots: names of events and patterns have dots.
    """

    def __init__(self, seed: int, *, objects_in_lists: bool, dots: bool = False) -> None:
        self.random = random.Random(seed)
        self.objects_in_lists = objects_in_lists
        self.dots = dots

    def pair(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """A valid pattern and an event."""
        while True:
            event = self._fields(3)
            pattern = self._pattern(event, 3)
            if self.dots:
                pattern, event = self._respelled(pattern, is_pattern=True), self._respelled(event, is_pattern=False)
            if not any(_ambiguous(list(rule)) for rule in flat_rules(pattern)):
                return pattern, event

    def _respelled(self, node: Any, *, is_pattern: bool, name: str = "$or") -> Any:
        """The object, with dots in place of some nested objects. Lists of matchers stay as they are."""
        if isinstance(node, list) and (name == "$or" or not is_pattern):
            return [self._respelled(element, is_pattern=is_pattern) for element in node]
        if not isinstance(node, dict):
            return node
        fields: dict[str, Any] = {}
        for key, value in node.items():
            nested = self._respelled(value, is_pattern=is_pattern, name=key)
            joined = isinstance(nested, dict) and nested and "$or" not in nested and self.random.random() < 0.4
            fields |= {f"{key}.{below}": inner for below, inner in nested.items()} if joined else {key: nested}
            if key != "$or" and isinstance(nested, dict) and joined and self.random.random() < 0.3:
                fields.setdefault(key, self._apart(fields, nested, key))
        return fields

    def _apart(self, fields: dict[str, Any], nested: dict[str, Any], key: str) -> Any:
        """A field back in an object, so that an object stands next to a name with a dot."""
        name = self.random.choice(list(nested))
        return {name: fields.pop(f"{key}.{name}")}

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
        nested = isinstance(value, dict) or (
            isinstance(value, list) and any(isinstance(element, dict) for element in value)
        )
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
                {"numeric": [">=", min(number, 1), "<=", max(number, 1) + 1]},
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


def _ambiguous(names: list[str]) -> bool:
    """True if a field is within another, which the syntax refuses."""
    return any(other.startswith(f"{name}.") for name in names for other in names)
