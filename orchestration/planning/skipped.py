"""Separates the triggers whose condition ``when`` the event does not meet, and explains each with a field and its value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from orchestration.configuration.workflows import ConfiguredTrigger
from orchestration.triggers.base import Trigger
from orchestration.values import strictjson
from orchestration.values.conditions import alternatives, matches

Skipped = dict[str, Any]
"""``{id, type, name, reason}`` of a trigger that the event does not start."""

MAX_RECORDED = 16_384
"""Bytes of ``routing.skipped``. Every input of the event has it, next to event and triggers."""

_MAX_TEXT = 160
"""Characters of a value, or of the accepted values, in a reason."""

_MAX_REASON = 1_000


def split(
    triggers: Sequence[ConfiguredTrigger], event: dict[str, Any]
) -> tuple[list[ConfiguredTrigger], list[Skipped]]:
    """The triggers to start, and those whose condition the event does not meet. Invalid triggers have no condition."""
    selected, skipped = [], []
    for configured in triggers:
        trigger = configured.trigger
        reason = mismatch(trigger.when, event) if isinstance(trigger, Trigger) and trigger.when else ""
        if isinstance(trigger, Trigger) and reason:
            name = trigger.target_name()
            skipped.append({"id": configured.id, "type": trigger.TYPE, "name": name, "reason": reason})
        else:
            selected.append(configured)
    return selected, skipped


def recorded(skipped: Sequence[Skipped]) -> dict[str, Any]:
    """``skipped`` of an execution's ``routing``, and the number that has no room; empty if no trigger was skipped."""
    kept: list[Skipped] = []
    size = 0
    for one in skipped:
        size += strictjson.size(one) + 1
        if size > MAX_RECORDED:
            break
        kept.append(one)
    more = len(skipped) - len(kept)
    return ({"skipped": kept} if kept else {}) | ({"skipped_more": more} if more else {})


def of_routing(routing: dict[str, Any]) -> list[Skipped]:
    """The skipped triggers that ``routing`` of an execution's input records."""
    found = routing.get("skipped")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def mismatch(pattern: dict[str, Any], event: dict[str, Any]) -> str:
    """The reason why the event does not match, with a field and its value; empty if it matches."""
    if matches(pattern, event):
        return ""
    return "; or ".join(dict.fromkeys(_reason(one, event) for one in alternatives(pattern)))[:_MAX_REASON]


def _reason(pattern: dict[str, Any], event: dict[str, Any]) -> str:
    """The first field that does not match by itself; else the pattern needs one list element with all the fields."""
    for path, matchers in _leaves(pattern):
        nested: Any = matchers
        for key in reversed(path):
            nested = {key: nested}
        if not matches(nested, event):
            found = _found(event, ".".join(path).split("."))
            return f"{'.'.join(path)}: found {found:.{_MAX_TEXT}}, expected {strictjson.dumps(matchers):.{_MAX_TEXT}}"
    return "no single list element matches " + ", ".join(".".join(path) for path, _ in _leaves(pattern))


def _leaves(pattern: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Path and matchers of every field in a pattern without ``$or``."""
    for key, value in pattern.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _found(node: Any, path: list[str]) -> str:
    """The value at a path, as JSON text."""
    for position, key in enumerate(path):
        if isinstance(node, list):
            shown = dict.fromkeys(_found(one, path[position:]) for one in node[:_MAX_TEXT])
            return ", ".join(shown) or "an empty list"
        if not isinstance(node, dict) or key not in node:
            return "nothing"
        node = node[key]
    return strictjson.dumps(node)
