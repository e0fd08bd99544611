"""Warnings about conditions: fields that never change, wildcards in plain text, and texts for other types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analysis.graph.lineage import Edge
from orchestration.event.kinds import EventKind
from orchestration.values.condition_operators import value_matches
from orchestration.values.conditions import OR
from orchestration.values.strictjson import Json, JsonObject
from orchestration.values.validation import ValidationProblem

_CONSTANTS: dict[EventKind, dict[str, str]] = {
    "on_success": {"status": "SUCCESS"},
    "on_approval": {"decision": "APPROVED"},
    "on_complete": {"status": "SUCCESS"},
    "on_deadline": {"status": "SUCCESS"},
}
"""Fields that every event of a kind has, with the value."""


def warnings(edges: Iterable[Edge]) -> Iterator[ValidationProblem]:
    """Warnings about the conditions of the valid triggers."""
    for edge in edges:
        if edge.when:
            for place, name, matchers in _fields(edge.when, f"{edge.path}.when", ""):
                yield from _constant(edge, place, name, matchers)
                for index, matcher in enumerate(matchers):
                    if isinstance(matcher, str):
                        yield from _text(matcher, matchers, name, f"{place}[{index}]")


def _fields(pattern: JsonObject, place: str, outer: str) -> Iterator[tuple[str, str, list[Json]]]:
    """Place, flat name and matchers of each field."""
    for key, value in pattern.items():
        if key == OR and isinstance(value, list):
            for index, option in enumerate(value):
                if isinstance(option, dict):
                    yield from _fields(option, f"{place}.{key}[{index}]", outer)
        elif isinstance(value, dict):
            yield from _fields(value, f"{place}.{key}", f"{outer}{key}.")
        elif isinstance(value, list):
            yield f"{place}.{key}", f"{outer}{key}", value


def _constant(edge: Edge, place: str, name: str, matchers: list[Json]) -> Iterator[ValidationProblem]:
    constants = {"job_name": edge.job, **_CONSTANTS[edge.event_kind]}
    if name not in constants:
        return
    value = constants[name]
    subject = "alternative" if f".{OR}[" in place else "condition"
    if any(value_matches(matcher, value) for matcher in matchers):
        effect = f"so the {subject} is always true. Remove it"
    elif subject == "condition":
        effect = "so the condition is never true, and the trigger never starts. Remove it, or move the trigger"
    else:
        effect = "so the alternative is never true. Remove it"
    message = f"every event of {edge.event_kind} has the {name} {value!r:.80}, {effect}"
    yield ValidationProblem(place, message, at="key", code="condition-constant")


def _text(text: str, matchers: list[Json], name: str, place: str) -> Iterator[ValidationProblem]:
    if "*" in text:
        message = f'found {text!r:.80}, which matches only the character \'*\'. Write {{"wildcard": "{text:.80}"}}'
        yield ValidationProblem(place, message, code="condition-wildcard")
    lowered = text.lower()
    if lowered in ("true", "false") and (lowered == "true") not in [one for one in matchers if isinstance(one, bool)]:
        message = f"found the text {text!r}, which the value {lowered} does not match. Write {lowered} without quotes"
        yield ValidationProblem(place, message, code="condition-text")
    elif name.startswith("metrics.") and _is_number(text):
        message = f"found the text {text!r:.80}, which the number {text:.80} does not match. Write it without quotes"
        yield ValidationProblem(place, message, code="condition-text")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii()
