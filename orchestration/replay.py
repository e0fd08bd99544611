"""Chooses the triggers of an earlier execution that are to be started again.

AWS's own Redrive cannot run caught items again, so a replay is a new execution, of the triggers that a person names,
resolved from the current configuration. It is refused where that would start something else than they mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from orchestration.errors import ReplayError
from orchestration.events import JobEvent, Outcome, Replay
from orchestration.triggers import Trigger
from orchestration.workflows import OUTCOMES, Rejected


def select(
    event: JobEvent, replay: Replay, triggers: Sequence[Trigger | Rejected], original: dict[str, Any]
) -> tuple[list[tuple[int, Trigger | Rejected]], list[str]]:
    """The triggers to start, each with its position in the workflow's list, and warnings.

    Args:
        event: the event that is replayed.
        replay: which execution, and which of its triggers.
        triggers: what the current configuration has for the event.
        original: the execution, as ``Executions.describe`` gives it.

    Raises:
        ReplayError: the execution belongs to another event, is running, or had another trigger at that place.
    """
    before, routing = original["input"].get("event", {}), original["input"].get("routing", {})
    items, positions = original["input"].get("triggers", []), routing.get("positions", [])
    identity = [before.get("job_name"), before.get("job_run_id")]
    if identity != [event.job_name, event.job_run_id]:
        raise ReplayError(
            f"execution {replay.of!r} belongs to job and run {identity}, and the event to "
            f"{[event.job_name, event.job_run_id]}: send the event of the execution that you replay"
        )
    if original["status"] == "RUNNING":
        raise ReplayError(f"execution {replay.of!r} is still running: its triggers may yet start; wait for its end")
    selected: list[tuple[int, Trigger | Rejected]] = []
    for index in range(len(items)) if replay.only is None else replay.only:
        if index >= len(items):
            raise ReplayError(
                f"execution {replay.of!r} has {len(items)} triggers, counted from 0, and no trigger {index}"
            )
        position, item = positions[index], items[index]
        if item["type"] == "rejected" and not any(item.get("meant", {}).values()):
            raise ReplayError(
                f"item {index} of execution {replay.of!r} is no trigger but a problem of the configuration "
                f"({item['request']['Cause']}): mend it, then publish a new event; replay the others with 'only'"
            )
        current = triggers[position] if position < len(triggers) else None
        if not isinstance(current, Trigger) or not _is_still(current, item):
            raise ReplayError(
                f"trigger {index} of execution {replay.of!r} was {item['name']!r}, and {event.outcome}[{position}] "
                f"of the configuration is now {_now(current)}: the configuration moved; replay nothing by that index"
            )
        selected.append((position, current))
    notes = [] if before == event.fields else [f"the event differs from the one of execution {replay.of}"]
    return selected, notes


def original_outcome(original: dict[str, Any], replay: Replay) -> Outcome:
    """Which list of the workflow the execution was started for: that, and not the event, says what a replay means.

    Raises:
        ReplayError: the execution was not started by the router.
    """
    for outcome in OUTCOMES:
        if original["input"].get("routing", {}).get("outcome") == outcome:
            return outcome
    raise ReplayError(f"execution {replay.of!r} was not started by the router: its input has no routing.outcome")


def _is_still(current: Trigger, item: dict[str, Any]) -> bool:
    """Whether the trigger is what the execution had; of a rejected one, what could be told of it must agree."""
    meant = item["meant"] if item["type"] == "rejected" else item
    kind, name = meant["type"], meant["name"]
    values = (getattr(current, field.name) for field in fields(current))
    return kind in ("", current.TYPE) and (not name or name in (current.name(), *values))


def _now(current: Trigger | Rejected | None) -> str:
    if current is None:
        return "not there"
    return f"invalid ({current.cause})" if isinstance(current, Rejected) else f"{current.TYPE} {current.name()!r}"
