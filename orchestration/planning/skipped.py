"""Separates the triggers whose condition ``when`` the event does not meet, and explains each with a field and its value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orchestration.configuration.workflows import ConfiguredTrigger, InvalidTrigger
from orchestration.input.routing import Skipped
from orchestration.values import strictjson
from orchestration.values.conditions import alternatives, matches
from orchestration.values.strictjson import Json, JsonObject

MAX_RECORDED = 16_384
"""Bytes of ``routing.skipped``. Every input of the event has it, next to event and triggers."""

_MAX_TEXT = 160
"""Characters of a value, or of the accepted values, in a reason."""

_MAX_REASON = 1_000


def split(triggers: Sequence[ConfiguredTrigger], event: JsonObject) -> tuple[list[ConfiguredTrigger], list[Skipped]]:
    """The triggers to start, and those whose condition the event does not meet. Invalid triggers have no condition."""
    selected, skipped = [], []
    for configured in triggers:
        trigger = configured.trigger
        reason = mismatch(trigger.when, event) if not isinstance(trigger, InvalidTrigger) and trigger.when else ""
        if isinstance(trigger, InvalidTrigger) or not reason:
            selected.append(configured)
        else:
            skipped.append(Skipped(id=configured.id, type=trigger.TYPE, name=trigger.target_name(), reason=reason))
    return selected, skipped


def recorded(skipped: Sequence[Skipped]) -> tuple[tuple[Skipped, ...], int]:
    """``skipped`` of an execution's ``routing``, and the number of those that have no room."""
    kept: list[Skipped] = []
    size = 0
    for trigger in skipped:
        size += strictjson.size(trigger.to_json()) + 1
        if size > MAX_RECORDED:
            break
        kept.append(trigger)
    return tuple(kept), len(skipped) - len(kept)


def mismatch(pattern: JsonObject, event: JsonObject) -> str:
    """The reason why the event does not match, with a field and its value; empty if it matches."""
    if matches(pattern, event):
        return ""
    return "; or ".join(dict.fromkeys(_reason(one, event) for one in alternatives(pattern)))[:_MAX_REASON]


def _reason(pattern: JsonObject, event: JsonObject) -> str:
    """The first field that does not match by itself; else the pattern needs one list element with all the fields."""
    for path, matchers in _leaves(pattern):
        nested: JsonObject = {path[-1]: matchers}
        for key in reversed(path[:-1]):
            nested = {key: nested}
        if not matches(nested, event):
            value = _shown(event, ".".join(path).split("."))
            return f"{'.'.join(path)}: found {value:.{_MAX_TEXT}}, expected {strictjson.dumps(matchers):.{_MAX_TEXT}}"
    return "no single list element matches " + ", ".join(".".join(path) for path, _ in _leaves(pattern))


def _leaves(pattern: JsonObject, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], list[Json]]]:
    """Path and matchers of every field in a pattern without ``$or``."""
    for key, value in pattern.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, key))
        elif isinstance(value, list):
            yield (*path, key), value


def _shown(node: Json, path: list[str]) -> str:
    """The value at a path, as JSON text."""
    for position, key in enumerate(path):
        if isinstance(node, list):
            shown = dict.fromkeys(_shown(element, path[position:]) for element in node[:_MAX_TEXT])
            return ", ".join(shown) or "an empty list"
        if not isinstance(node, dict) or key not in node:
            return "nothing"
        node = node[key]
    return strictjson.dumps(node)
