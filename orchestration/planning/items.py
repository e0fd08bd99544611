"""Builds the items of an execution's input: each trigger with its resolved request, or the reason for its rejection."""

from __future__ import annotations

from orchestration.configuration.workflows import ConfiguredTrigger, InvalidTrigger
from orchestration.errors import AirflowValueError, OversizedArgumentsError, ResolutionError
from orchestration.input.item import REJECTED, Item, Target
from orchestration.triggers.base import RequestContext

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
    except (ResolutionError, AirflowValueError, OversizedArgumentsError) as error:
        return _rejected(configured.id, InvalidTrigger(name, type(error).__name__, str(error), (trigger.TYPE, name)))
    return Item(id=configured.id, type=trigger.TYPE, name=name, request=request)


def fitting(item: Item, room: int) -> Item:
    """The item, or a rejected one in its place if it exceeds ``room`` bytes."""
    size = item.size
    return item if size <= room else _too_large(item, size, room)


def _too_large(item: Item, size: int, limit: int) -> Item:
    cause = (
        f"{item.type} {item.name:.{_MAX_NAME}}: found a request of {size:,} bytes, expected at most {limit:,} "
        "with this event. Pass a reference instead of the data"
    )
    return _rejected(item.id, InvalidTrigger(item.name, "OversizedEventError", cause, (item.type, item.name)))


def _rejected(trigger_id: str, invalid: InvalidTrigger) -> Item:
    target = None
    if invalid.declared is not None:
        target = Target(type=invalid.declared[0], name=_cut(invalid.declared[1], _MAX_NAME))
    return Item(
        id=trigger_id,
        type=REJECTED,
        name=_cut(invalid.name, _MAX_NAME),
        request={"Error": invalid.error, "Cause": _cut(invalid.cause, MAX_CAUSE)},
        declared=target,
    )


def _cut(text: str, size: int) -> str:
    """The beginning of ``text``, at most ``size`` bytes of UTF-8."""
    return text.encode()[:size].decode(errors="ignore")
