"""Evaluates a trigger's condition ``when``: an EventBridge event pattern over the job event.

Syntax and semantics are those of EventBridge, from these pages and from the behaviour of AWS's open Event Ruler:
docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html,
docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html.
``condition_syntax.py`` refuses invalid patterns, so this module reads valid ones only.

The work is linear in the event for each field of the pattern, and a counter bounds it: an event must not cost the router
its time limit.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.values.condition_fields import Budget, Choice, Fields, Places, beginnings
from orchestration.values.strictjson import Json, JsonObject

OR = "$or"

MAX_STEPS = 20_000_000
"""Steps of all conditions of one event: some seconds of the router's CPU (``python -m bench.conditions``)."""

Rule = dict[str, list[Json]]
"""A pattern without ``$or``: flat name of each field, to its matchers."""

_NOTHING: Choice = frozenset()


class Evaluation:
    """A pattern and an event, read once for all alternatives of ``$or``.

    Attributes:
        rules: the alternatives, of which one must match.
        budget: counts the steps. Each method raises ``ConditionError`` beyond its limit.
    """

    def __init__(self, pattern: JsonObject, event: JsonObject, budget: Budget) -> None:
        self.rules = rules(pattern)
        self.budget = budget
        budget.spend(sum(map(len, self.rules)))
        self._fields = Fields(event, (name for rule in self.rules for name in rule), budget)

    def matches(self) -> bool:
        """True if the event matches the pattern."""
        return any(self.meets(rule) for rule in self.rules)

    def meets(self, rule: Rule) -> bool:
        """True if the event has the fields of one alternative, or some of its fields.

        Event Ruler goes through the fields by name. A value is chosen for each, and all of them agree on the elements of
        the lists. ``{"exists": false}`` means that the elements chosen so far do not have the field. The elements of a list
        are forgotten after its last field, so different choices become one, and the work stays linear.
        """
        names = sorted(rule, key=lambda name: name.encode("utf-16-be", "surrogatepass"))  # the order of Java
        last = {name: number for number, field in enumerate(names) for name in beginnings(field)}
        choices = {_NOTHING}
        for number, name in enumerate(names):
            kept = {of for of, at in last.items() if at > number}
            following: set[Choice] = set()
            for choice in choices:
                following.update(self._next(choice, name, rule[name], kept))
                self.budget.remember(len(following))
            choices = following
            if not choices:
                return False
        return True

    def _next(self, choice: Choice, name: str, matchers: list[Json], kept: set[str]) -> Iterator[Choice]:
        """The choices after a field that matches, or is absent as the matchers allow.

        Args:
            choice: elements that the fields before share.
            name: of the field.
            matchers: of the field.
            kept: names of the lists that a later field may be in.
        """
        yield from self._agreeing(choice, self._fields.matching(name, matchers), kept)
        absent = any(isinstance(matcher, dict) and matcher.get("exists") is False for matcher in matchers)
        if absent and next(self._agreeing(choice, self._fields.places(name), set()), None) is None:
            yield self._restricted(choice, kept)

    def _restricted(self, choice: Choice, kept: set[str]) -> Choice:
        return frozenset(pair for pair in choice if self._fields.lists[pair[0]] in kept)

    def _agreeing(self, choice: Choice, places: Places, kept: set[str]) -> Iterator[Choice]:
        """The choice, extended to each place that agrees with it, in the lists of later fields."""
        chosen = dict(choice)
        waiting = [(places, self._restricted(choice, kept))]
        while waiting:
            self.budget.spend(1)
            place, extended = waiting.pop()
            if place.here:
                yield extended
            for number, elements in place.lists.items():
                if number in chosen:
                    element = elements.get(chosen[number])
                    waiting += [(element, extended)] if element else []
                elif self._fields.lists[number] in kept:
                    waiting += [(element, extended | {(number, at)}) for at, element in elements.items()]
                else:  # no later field is in this list, so each of its elements leads to the same choice
                    yield extended


def matches(pattern: JsonObject, event: JsonObject) -> bool:
    """True if the event matches the pattern.

    Raises:
        ConditionError: the pattern needs more than ``MAX_STEPS`` for this event.
    """
    return Evaluation(pattern, event, Budget(MAX_STEPS)).matches()


def rules(pattern: JsonObject, name: str = "") -> list[Rule]:
    """Patterns without ``$or`` of which one must match: all combinations of the alternatives."""
    combinations: list[Rule] = [{}]
    for key, value in pattern.items():
        if key == OR and isinstance(value, list):
            options = [rule for option in value if isinstance(option, dict) for rule in rules(option, name)]
        elif isinstance(value, dict):
            options = rules(value, f"{name}{key}.")
        else:
            options = [{f"{name}{key}": value}] if isinstance(value, list) else []
        combinations = [combination | option for combination in combinations for option in options]
    return combinations
