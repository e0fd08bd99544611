"""Plans the executions of an event: deterministic names, and inputs within the quotas.

Quotas: 262,144 bytes for an execution's input and for every state's input
(docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html); an execution's name has at most 80 characters,
including the suffix of nested executions.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orchestration import strictjson
from orchestration.config import LoadedConfig
from orchestration.errors import OversizedEventError, ResolutionError
from orchestration.events import JobEvent, Replay
from orchestration.settings import Settings
from orchestration.triggers import Trigger
from orchestration.triggers.base import RequestContext
from orchestration.workflows import InvalidTrigger

MAX_TRIGGERS = 40
"""Triggers in one execution. An inline Map runs as many at once, so no trigger waits for another's retries."""

MAX_INPUT = 262_144 - 4_096
"""Bytes of an execution's input, with room for data that Step Functions adds."""

MAX_ITEM = 262_144 - 16_384
"""Bytes of event and request together. They are one state's input, and a nested input or detail contains the event."""

MAX_NAME = 72
"""Characters of an execution's name, including its batch suffix."""

MAX_CAUSE = 2_000
"""Bytes of a rejected trigger's cause. 40 of them, in the Map's output, stay far below 262,144."""

_REJECTED = 8_000
"""Maximum bytes of a rejected item."""

_POSITION = 8
"""Bytes of a trigger's entry in ``routing.positions`` and of the commas."""


@dataclass(frozen=True, slots=True)
class PlannedExecution:
    """One execution to start.

    Attributes:
        name: deterministic, so the same event has the same name.
        input: the state machine's input: ``event``, ``triggers``, ``routing``.
    """

    name: str
    input: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """Executions that one event starts.

    Attributes:
        name: the executions' common name, without the batch suffix.
        executions: in order.
        warnings: notes for people, for example about parameters left out.
    """

    name: str
    executions: list[PlannedExecution]
    warnings: list[str]

    def items(self) -> list[dict[str, Any]]:
        """The trigger items of all executions, in order."""
        return [item for execution in self.executions for item in execution.input["triggers"]]


def execution_name(event: JobEvent) -> str:
    """Name of the event's execution: a readable part, then a digest that makes it unique.

    The digest covers event kind, job name, run id and replay tag in full. The readable parts are shortened.
    """
    tag = event.replay.tag if event.replay else ""
    identity = strictjson.dumps([event.event_kind, event.job_name, event.job_run_id, tag])
    digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
    readable = [_readable(event.job_name, 24), _readable(event.job_run_id, 20)]
    return "-".join(part for part in (*readable, digest) if part)


def plan(
    event: JobEvent,
    triggers: Sequence[tuple[int, Trigger | InvalidTrigger]],
    config: LoadedConfig,
    settings: Settings,
    delivery_id: str,
) -> Plan:
    """Resolve the triggers and pack them into executions.

    Args:
        event: the job event.
        triggers: each with its position in the workflow's list.
        config: source of the triggers.
        settings: the router's environment.
        delivery_id: makes every delivery's input differ, so that a second one is always a duplicate.

    Raises:
        OversizedEventError: the event exceeds the execution input quota even with a single trigger.
    """
    name, warnings = execution_name(event), list[str]()
    routing = {
        "event_kind": event.event_kind,
        "config_source": config.source,
        "config_version": config.version,
        "delivery_id": delivery_id,
        "batch": "1000/1000",
        "positions": [],
        **_replay_routing(event.replay),
    }
    room = _room(event, routing)
    batches: list[list[tuple[int, dict[str, Any]]]] = []
    used = room
    for position, trigger in triggers:
        item = _item(
            trigger, RequestContext(event=event, settings=settings, downstream_run_id=f"{name}-{position}"), warnings
        )
        cost = strictjson.size(item) + _POSITION
        if cost > room:
            item = _too_large(item, cost, room)
            cost = strictjson.size(item) + _POSITION
        if used + cost > room or len(batches[-1]) == MAX_TRIGGERS:
            batches.append([])
            used = 0
        batches[-1].append((position, item))
        used += cost
    return Plan(name, [_execution(name, event, routing, batches, number) for number in range(len(batches))], warnings)


def _room(event: JobEvent, routing: dict[str, Any]) -> int:
    """Bytes for the triggers of one execution, in addition to the event.

    Raises:
        OversizedEventError: not even a rejected item has room.
    """
    event_size = strictjson.size(event.fields)
    frame = strictjson.size({"event": None, "triggers": [], "routing": routing})
    room = min(MAX_ITEM, MAX_INPUT - frame) - event_size
    if room < _REJECTED:
        raise OversizedEventError(
            f"event of job {event.job_name:.100} run {event.job_run_id:.100}: found {event_size:,} bytes, expected at "
            f"most {event_size + room - _REJECTED:,} (Step Functions allows 262,144, including the triggers). "
            "Publish a reference to the data instead of the data"
        )
    return room


def _execution(
    name: str, event: JobEvent, routing: dict[str, Any], batches: list[list[tuple[int, dict[str, Any]]]], number: int
) -> PlannedExecution:
    positions, items = [position for position, _ in batches[number]], [item for _, item in batches[number]]
    routed = {**routing, "batch": f"{number + 1}/{len(batches)}", "positions": positions}
    return PlannedExecution(
        name if number == 0 else f"{name}-b{number + 1:02d}",
        {"event": event.fields, "triggers": items, "routing": routed},
    )


def _item(trigger: Trigger | InvalidTrigger, context: RequestContext, warnings: list[str]) -> dict[str, Any]:
    """The item of one trigger; a ``rejected`` item if the trigger cannot be resolved."""
    if isinstance(trigger, InvalidTrigger):
        return _rejected(trigger)
    try:
        request = trigger.request(context)
    except ResolutionError as error:
        return _rejected(
            InvalidTrigger(trigger.target_name(), "ResolutionError", str(error), (trigger.TYPE, trigger.target_name()))
        )
    warnings += context.warnings
    return {"type": trigger.TYPE, "name": trigger.target_name(), "request": request}


def _too_large(item: dict[str, Any], found: int, room: int) -> dict[str, Any]:
    cause = (
        f"{item['type']} {item['name']:.256}: found a request of {found:,} bytes, expected at most {room:,} "
        "with this event. Pass a reference instead of the data"
    )
    return _rejected(InvalidTrigger(item["name"], "OversizedEventError", cause, (item["type"], item["name"])))


def _rejected(rejected: InvalidTrigger) -> dict[str, Any]:
    request = {"Error": rejected.error, "Cause": _cut(rejected.cause, MAX_CAUSE)}
    item = {"type": "rejected", "name": _cut(rejected.name, 256), "request": request}
    if rejected.declared is not None:
        item["declared"] = {"type": rejected.declared[0], "name": _cut(rejected.declared[1], 256)}
    return item


def _cut(text: str, size: int) -> str:
    """The beginning of ``text``, at most ``size`` bytes of UTF-8."""
    return text.encode()[:size].decode(errors="ignore")


def _replay_routing(replay: Replay | None) -> dict[str, Any]:
    if replay is None:
        return {}
    only = None if replay.only is None else list(replay.only)
    renamed = {"renamed": {str(index): name for index, name in replay.renamed}} if replay.renamed else {}
    return {"replay": {"of": replay.of, "tag": replay.tag, "only": only, **renamed}}


def _readable(text: str, length: int) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "-", text)[:length].strip("-")
