"""Evaluates identity policies offline: the only code that decides whether IAM statements allow an action.

An explicit Deny wins over every Allow. Elements may be ``Action`` or ``NotAction``, ``Resource`` or ``NotResource``, each one
text or a list, with the wildcards ``*`` and ``?``. Actions ignore case. ``Principal`` belongs to resource policies and is
ignored. The context of a future request is unknown, so conditions are not evaluated: an Allow with a condition counts, and a
Deny with one does not. Policy variables such as ``${aws:username}`` are not filled in.

Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and reference_policies_elements.html.
"""

from __future__ import annotations

import fnmatch
import functools
from collections.abc import Iterable
from dataclasses import dataclass

from orchestration.values.strictjson import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Element:
    """Patterns of actions or resources.

    Attributes:
        patterns: texts with wildcards; empty if the statement has no such element, which matches nothing.
        inverted: True for ``NotAction`` and ``NotResource``.
        ignores_case: True for actions.
    """

    patterns: tuple[str, ...]
    inverted: bool = False
    ignores_case: bool = False

    def covers(self, text: str) -> bool:
        """True if the element names ``text``, or all that ``text`` matches if it has wildcards."""
        if self.inverted:
            return bool(self.patterns) and not any(self._shared(pattern, text) for pattern in self.patterns)
        return any(self._one(pattern, text) for pattern in self.patterns)

    def touches(self, text: str) -> bool:
        """True if the element names ``text``, or something that ``text`` matches if it has wildcards."""
        if self.inverted:
            return bool(self.patterns) and not any(self._one(pattern, text) for pattern in self.patterns)
        return any(self._shared(pattern, text) for pattern in self.patterns)

    def naming(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The patterns that name one of the texts, for a report. An inverted element is one text."""
        listed = list(texts)
        if self.inverted:
            return self.written() if any(self.covers(text) for text in listed) else ()
        return tuple(pattern for pattern in self.patterns if any(self._one(pattern, text) for text in listed))

    def written(self) -> tuple[str, ...]:
        """All patterns, for a report. An inverted element is one text."""
        return (f"all but {', '.join(self.patterns)}",) if self.inverted else self.patterns

    def _one(self, pattern: str, text: str) -> bool:
        return matches(pattern.lower(), text.lower()) if self.ignores_case else matches(pattern, text)

    def _shared(self, pattern: str, text: str) -> bool:
        return overlap(pattern.lower(), text.lower()) if self.ignores_case else overlap(pattern, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a policy.

    Attributes:
        effect: ``Allow`` or ``Deny``.
        conditional: True if the statement has a condition.
    """

    effect: str
    actions: Element
    resources: Element
    conditional: bool = False

    @property
    def denies(self) -> bool:
        """True for a Deny that applies to every request."""
        return self.effect == "Deny" and not self.conditional

    def names(self, action: str, resource: str) -> bool:
        """True if the statement applies to the action on the resource. With wildcards, an Allow must name all of it."""
        if self.effect == "Deny":
            return self.actions.touches(action) and self.resources.touches(resource)
        return self.actions.covers(action) and self.resources.covers(resource)


def read_statements(document: Json) -> list[Statement]:
    """Statements of a policy document, ``{"Statement": {…} or [{…}]}``; empty if it has none."""
    listed = document.get("Statement") if isinstance(document, dict) else None
    statements = listed if isinstance(listed, list) else [listed]
    return [_statement(statement) for statement in statements if isinstance(statement, dict)]


def allows(statements: Iterable[Statement], action: str, resource: str) -> bool:
    """True if the statements allow the action on the resource.

    Args:
        statements: statements of all policies of a role.
        action: ``service:Operation``.
        resource: ARN. It may have wildcards; then one statement must allow all that it matches, and none may deny a part.
    """
    named = [statement for statement in statements if statement.names(action, resource)]
    return any(statement.effect == "Allow" for statement in named) and not any(one.denies for one in named)


def allows_somewhere(statements: Iterable[Statement], action: str) -> bool:
    """True if the statements allow the action on some resource.

    A Deny counts if it denies all that an Allow's pattern matches.
    """
    named = [statement for statement in statements if statement.actions.covers(action)]
    denied = [statement.resources for statement in named if statement.denies]
    allowed = [statement.resources for statement in named if statement.effect == "Allow"]
    patterns = [pattern for element in allowed for pattern in (("*",) if element.inverted else element.patterns)]
    return any(not any(element.covers(pattern) for element in denied) for pattern in patterns)


def matches(pattern: str, text: str) -> bool:
    """True if an IAM pattern matches a text, or all that the text matches if it has wildcards itself."""
    # fnmatch's brackets are ordinary characters in IAM. One character ("?") does not cover the wildcard "*" of a text.
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]").replace("?", "[!*]"))


def overlap(one: str, other: str) -> bool:
    """True if some text matches both IAM patterns."""

    @functools.cache
    def shared(first: int, second: int) -> bool:
        if first == len(one) or second == len(other):
            return set(one[first:]) | set(other[second:]) <= {"*"}
        if one[first] == "*":
            return shared(first + 1, second) or shared(first, second + 1)
        if other[second] == "*":
            return shared(first, second + 1) or shared(first + 1, second)
        same = one[first] == other[second] or "?" in (one[first], other[second])
        return same and shared(first + 1, second + 1)

    return shared(0, 0)


def _statement(statement: JsonObject) -> Statement:
    return Statement(
        effect=str(statement.get("Effect")),
        actions=_element(statement, "Action", ignores_case=True),
        resources=_element(statement, "Resource", ignores_case=False),
        conditional=bool(statement.get("Condition")),
    )


def _element(statement: JsonObject, name: str, *, ignores_case: bool) -> Element:
    inverted = f"Not{name}" in statement
    value = statement.get(f"Not{name}" if inverted else name)
    patterns = value if isinstance(value, list) else [] if value is None else [value]
    return Element(tuple(str(pattern) for pattern in patterns), inverted, ignores_case)
