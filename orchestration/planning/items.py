"""Builds the items of an execution's input: each trigger with its resolved request, or the reason for its rejection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from orchestration.configuration.workflows import ConfiguredTrigger, InvalidTrigger
from orchestration.errors import AirflowValueError, ResolutionError
from orchestration.triggers.base import RequestContext

Item = dict[str, Any]
"""``{id, type, name, request}``; a rejected item also has ``declared``."""

REJECTED = "rejected"
"""Type of an item that cannot start; its request is ``{Error, Cause}``."""

MAX_TRIGGERS = 40
"""Items in one execution. An inline Map runs as many at once, so no trigger waits for another's retries."""

MAX_INPUT = 262_144 - 4_096
"""Bytes of an execution's input, with room for data that Step Functions adds."""

MAX_ITEM = 262_144 - 16_384
"""Bytes of event and request together. They are one state's input, and a nested input or detail contains the event."""

MAX_CAUSE = 2_000
"""Bytes of a rejected trigger's cause. 40 of them, in the Map's output, stay far below 262,144."""

MAX_REJECTED = 8_000
"""Maximum bytes of a rejected item."""

_MAX_NAME = 256


def build_item(configured: ConfiguredTrigger, context: RequestContext) -> Item:
    """The item of one trigger; a rejected item if the trigger is invalid or cannot be resolved."""
    trigger = configured.trigger
    if isinstance(trigger, InvalidTrigger):
        return _rejected(configured.id, trigger)
    name = trigger.target_name()
    try:
        request = trigger.request(context)
    except (ResolutionError, AirflowValueError) as error:
        return _rejected(configured.id, InvalidTrigger(name, type(error).__name__, str(error), (trigger.TYPE, name)))
    return {"id": configured.id, "type": trigger.TYPE, "name": name, "request": request}


def too_large(item: Item, found: int, limit: int) -> Item:
    """The rejected item in place of ``item``, which has ``found`` bytes."""
    cause = (
        f"{item['type']} {item['name']:.{_MAX_NAME}}: found a request of {found:,} bytes, expected at most {limit:,} "
        "with this event. Pass a reference instead of the data"
    )
    declared = (item["type"], item["name"])
    return _rejected(item["id"], InvalidTrigger(item["name"], "OversizedEventError", cause, declared))


def declared(item: Item) -> tuple[str, str]:
    """Type and target name of an item, also if it is rejected; empty if they are unknown."""
    if item["type"] != REJECTED:
        return item["type"], item["name"]
    found = item.get("declared", {})
    return found.get("type", ""), found.get("name", "")


def is_trigger(item: Item) -> bool:
    """False for a problem of the configuration that names no trigger."""
    return item["type"] != REJECTED or "declared" in item


def waits(item: Item) -> bool:
    """True if the state machine waits for the end of the item's run."""
    return item["request"].get("wait") is True


def renewed(item: Item, old_run_id: str, new_run_id: str) -> Item:
    """The item with another downstream run id in its request."""
    return {**item, "request": _substituted(item["request"], old_run_id, new_run_id)}


def _substituted(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key: _substituted(one, old, new) for key, one in value.items()}
    if isinstance(value, list):
        return [_substituted(one, old, new) for one in value]
    return new if value == old else value


def _rejected(trigger_id: str, rejected: InvalidTrigger) -> Item:
    rejected = replace(rejected, name=_cut(rejected.name, _MAX_NAME))
    request = {"Error": rejected.error, "Cause": _cut(rejected.cause, MAX_CAUSE)}
    item = {"id": trigger_id, "type": REJECTED, "name": rejected.name, "request": request}
    if rejected.declared is not None:
        item["declared"] = {"type": rejected.declared[0], "name": _cut(rejected.declared[1], _MAX_NAME)}
    return item


def _cut(text: str, size: int) -> str:
    """The beginning of ``text``, at most ``size`` bytes of UTF-8."""
    return text.encode()[:size].decode(errors="ignore")
