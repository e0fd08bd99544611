"""Selects the triggers of an earlier execution that a replay starts again.

Redrive of AWS cannot run caught items again. So a replay is a new execution of the triggers that a person names, resolved
from the current configuration. It is refused if the configuration now has another trigger in that place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from orchestration.errors import ReplayError, ResolutionError
from orchestration.events import EventKind, JobEvent, Replay
from orchestration.settings import Settings
from orchestration.triggers import Trigger
from orchestration.triggers.base import RequestContext
from orchestration.workflows import EVENT_KINDS, InvalidTrigger


def select(
    event: JobEvent,
    replay: Replay,
    triggers: Sequence[Trigger | InvalidTrigger],
    original: dict[str, Any],
    settings: Settings,
) -> tuple[list[tuple[int, Trigger | InvalidTrigger]], list[str]]:
    """Return the triggers to start, each with its position in the workflow's list, and warnings.

    Args:
        event: the event to replay.
        replay: the execution and its triggers to replay.
        triggers: the current configuration's triggers for the event.
        original: the execution, from ``ExecutionClient.describe``.
        settings: the router's environment.

    Raises:
        ReplayError: the execution belongs to another event, is running, or had another trigger in that place.
    """
    before, routing = original["input"].get("event", {}), original["input"].get("routing", {})
    items, positions = original["input"].get("triggers", []), routing.get("positions", [])
    identity = [before.get("job_name"), before.get("job_run_id")]
    if identity != [event.job_name, event.job_run_id]:
        raise ReplayError(
            f"execution {replay.of!r} belongs to job and run {identity}, but the event to "
            f"{[event.job_name, event.job_run_id]}. Send the event of that execution"
        )
    if original["status"] == "RUNNING":
        raise ReplayError(f"execution {replay.of!r} is still running. Wait until it ends")
    selected: list[tuple[int, Trigger | InvalidTrigger]] = []
    for index in range(len(items)) if replay.only is None else replay.only:
        if index >= len(items):
            raise ReplayError(
                f"execution {replay.of!r} has {len(items)} triggers, with indices from 0, and no trigger {index}. Correct 'only'"
            )
        position, item = positions[index], items[index]
        if item["type"] == "rejected" and not any(item.get("declared", {}).values()):
            raise ReplayError(
                f"item {index} of execution {replay.of!r} is not a trigger, but a problem of the configuration "
                f"({item['request']['Cause']}). Fix it, then publish a new event. Replay the other items with 'only'"
            )
        current = triggers[position] if position < len(triggers) else None
        same = isinstance(current, Trigger) and (
            dict(replay.renamed).get(index) == current.target_name()
            or _is_still(current, item, triggers, event, settings)
        )
        if not isinstance(current, Trigger) or not same:
            raise ReplayError(
                f"trigger {index} of execution {replay.of!r} was {item['name']!r}, and {event.event_kind}[{position}] "
                f"of the configuration is now {_now(current)}: the configuration changed. To confirm the new trigger, run: "
                f"orchestrator replay ... --only {index} --accept-rename {index}=NAME"
            )
        selected.append((position, current))
    notes = [] if before == event.fields else [f"the event differs from the one of execution {replay.of}"]
    return selected, notes


def original_event_kind(original: dict[str, Any], replay: Replay) -> EventKind:
    """Event kind of the execution. It, and not the event, determines the list of a replay.

    Raises:
        ReplayError: the router did not start the execution.
    """
    for event_kind in EVENT_KINDS:
        if original["input"].get("routing", {}).get("event_kind") == event_kind:
            return event_kind
    raise ReplayError(
        f"execution {replay.of!r} has no routing.event_kind in its input: the router did not start it. Replay "
        "an execution of the router"
    )


def _is_still(
    current: Trigger,
    item: dict[str, Any],
    triggers: Sequence[Trigger | InvalidTrigger],
    event: JobEvent,
    settings: Settings,
) -> bool:
    """True if the execution had the same trigger, even if its place in the configuration changed.

    For a rejected item, type and name must agree as far as they are readable. For any other, type, name and target must
    agree. If several triggers have that target, the whole request must be equal, to tell them apart.
    """
    if item["type"] == "rejected":
        kind, name = item["declared"]["type"], item["declared"]["name"]
        values = (getattr(current, field.name) for field in fields(current))
        return kind in ("", current.TYPE) and (not name or name in (current.target_name(), *values))
    if (current.TYPE, current.target_name()) != (item["type"], item["name"]):
        return False
    before, now = item["request"], _request(current, event, settings)
    if now is None:  # not resolvable, so it will be a rejected item and start nothing
        return True
    alike = [
        one
        for one in triggers
        if isinstance(one, Trigger) and (one.TYPE, one.target_name()) == (current.TYPE, current.target_name())
    ]
    if len(alike) > 1:
        return bool(_without_run_ids(before) == _without_run_ids(now))
    return all(before.get(key) == now[key] for key in current.INTEGRATION.target)


def _request(trigger: Trigger, event: JobEvent, settings: Settings) -> dict[str, Any] | None:
    try:
        return trigger.request(RequestContext(event=event, settings=settings, downstream_run_id=""))
    except ResolutionError:
        return None


def _without_run_ids(request: Any) -> Any:
    """The request without the ids that differ between executions."""
    if not isinstance(request, dict):
        return request
    return {key: _without_run_ids(value) for key, value in request.items() if key not in ("dag_run_id", "message_id")}


def _now(current: Trigger | InvalidTrigger | None) -> str:
    if current is None:
        return "missing"
    return (
        f"invalid ({current.cause})"
        if isinstance(current, InvalidTrigger)
        else f"{current.TYPE} {current.target_name()!r}"
    )
