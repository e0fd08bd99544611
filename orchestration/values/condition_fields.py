"""Reads the fields of an event that a condition names, under their flat names and with their places in lists.

EventBridge joins the names on the way to a value by ".", in the event and in the pattern, so ``{"a.b": 1}`` and
``{"a": {"b": 1}}`` have the same field. It notes which element of which list a value comes from, because the fields of one
match must agree on the elements. Source: the classes Event and ArrayMembership of github.com/aws/event-ruler.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.errors import ConditionError
from orchestration.values.condition_operators import cost, value_cost, value_matches

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject

Choice = frozenset[tuple[int, int]]
"""Numbers of lists, each with the position of the element that all fields must share."""


MAX_CHOICES = 50_000
"""Choices in memory at once; more than the list elements of an event of 256 KiB, so only flat names of two lists exceed it."""


@dataclass(slots=True)
class Budget:
    """A counter of steps; a step is a node of the event, a name looked up, or a comparison.

    Attributes:
        limit: maximum number of steps.
        spent: steps so far.
    """

    limit: int
    spent: int = 0

    def spend(self, steps: int) -> None:
        """Count steps.

        Raises:
            ConditionError: the limit is exceeded.
        """
        self.spent += steps
        if self.spent > self.limit:
            raise _too_much(f"{self.limit:,} steps")

    def remember(self, choices: int) -> None:
        """Check the number of choices that are in memory at once.

        Raises:
            ConditionError: it exceeds ``MAX_CHOICES``.
        """
        if choices > MAX_CHOICES:
            raise _too_much(f"{MAX_CHOICES:,} combinations of list elements")


def _too_much(what: str) -> ConditionError:
    return ConditionError(
        f"the condition 'when' needs more than {what} for this event. Name fewer fields within long lists, use fewer "
        "alternatives in '$or', or publish a reference instead of the list"
    )


@dataclass(slots=True)
class Places:
    """Places of values: a tree of lists, and of their elements.

    Attributes:
        here: a value is in no further list.
        lists: number of each list below, to the places within its elements by position.
    """

    here: bool = False
    lists: dict[int, dict[int, Places]] = field(default_factory=dict)

    def add(self, way: tuple[tuple[int, int], ...]) -> None:
        """Add a value, by the lists on its way with the position in each."""
        places = self
        for number, position in way:
            elements = places.lists.setdefault(number, {})
            places = elements.setdefault(position, Places())
        places.here = True


class Fields:
    """The fields of an event that the patterns name.

    Attributes:
        lists: flat name of each list on the way to the fields; its number is its position here.
    """

    def __init__(self, event: JsonObject, names: Iterable[str], budget: Budget) -> None:
        self.lists: list[str] = []
        self._names = dict.fromkeys(names)
        self._budget = budget
        self._values: dict[str, list[tuple[Json, tuple[tuple[int, int], ...]]]] = {name: [] for name in self._names}
        self._below: dict[str | None, list[tuple[str, str]]] = {}
        self._all: dict[str, Places] = {}
        self._matching: dict[tuple[str, int], Places] = {}
        self._read(event, None, ())

    def places(self, name: str) -> Places:
        """Places of all values of a field."""
        if name not in self._all:
            self._all[name] = self._tree(way for _, way in self._values[name])
        return self._all[name]

    def matching(self, name: str, matchers: list[Json]) -> Places:
        """Places of the field's values that meet one of the matchers, which must live as long as this object."""
        key = name, id(matchers)
        if key not in self._matching:
            values = self._values[name]
            self._budget.spend(sum(map(cost, matchers)) * sum(value_cost(value) for value, _ in values))
            self._matching[key] = self._tree(
                way for value, way in values if any(value_matches(matcher, value) for matcher in matchers)
            )
        return self._matching[key]

    def _tree(self, ways: Iterable[tuple[tuple[int, int], ...]]) -> Places:
        tree = Places()
        for way in ways:
            self._budget.spend(1 + len(way))
            tree.add(way)
        return tree

    def _read(self, node: Json, name: str | None, way: tuple[tuple[int, int], ...]) -> None:
        self._budget.spend(1)
        if isinstance(node, dict):
            for key, below in self._names_below(name):
                if key in node:
                    self._read(node[key], below, way)
        elif isinstance(node, list):
            number = len(self.lists)
            self.lists.append(name or "")
            for position, element in enumerate(node):
                inside = isinstance(element, dict | list)
                self._read(element, name, (*way, (number, position)) if inside else way)
        elif name in self._names:
            self._values[name].append((node, way))

    def _names_below(self, name: str | None) -> list[tuple[str, str]]:
        """Names that an object may have next on the way to a field, each with its flat name."""
        if name not in self._below:
            start = "" if name is None else f"{name}."
            rests = (flat[len(start) :] for flat in self._names if flat.startswith(start))
            keys = dict.fromkeys(key for rest in rests for key in beginnings(rest))
            self._below[name] = [(key, start + key) for key in keys]
        self._budget.spend(len(self._below[name]))
        return self._below[name]


def beginnings(name: str) -> Iterator[str]:
    """``a``, ``a.b`` and ``a.b.c`` for ``a.b.c``: an event may have each of them as one name."""
    dot = name.find(".")
    while dot >= 0:
        yield name[:dot]
        dot = name.find(".", dot + 1)
    yield name
