"""Chooses the triggers of an earlier execution that are to be started again.

AWS's own Redrive cannot run caught items again, so a replay is a new execution, of the triggers that a person names,
resolved from the current configuration. It is refused where that would start something else than they mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orchestration.errors import ReplayError
from orchestration.events import JobEvent, Replay
from orchestration.triggers import Trigger
from orchestration.workflows import Rejected


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
    identity = [before.get("job_name"), before.get("job_run_id"), routing.get("outcome")]
    if identity != [event.job_name, event.job_run_id, event.outcome]:
        raise ReplayError(
            f"execution {replay.of!r} belongs to job, run and outcome {identity}, and the event to "
            f"{[event.job_name, event.job_run_id, event.outcome]}: send the event of the execution that you replay"
        )
    if original["status"] == "RUNNING":
        raise ReplayError(f"execution {replay.of!r} is still running: its triggers may yet start; wait for its end")
    selected: list[tuple[int, Trigger | Rejected]] = []
    for index in range(len(items)) if replay.only is None else replay.only:
        if index >= len(items):
            raise ReplayError(
                f"execution {replay.of!r} has {len(items)} triggers, counted from 0, and no trigger {index}"
            )
        position = positions[index]
        current = triggers[position] if position < len(triggers) else None
        if not isinstance(current, Trigger) or not _is_still(current, items[index]):
            raise ReplayError(
                f"trigger {index} of execution {replay.of!r} was {items[index]['name']!r}, and {event.outcome}[{position}] "
                f"of the configuration is now {_now(current)}: the configuration moved; replay nothing by that index"
            )
        selected.append((position, current))
    notes = [] if before == event.fields else [f"the event differs from the one of execution {replay.of}"]
    return selected, notes


def _is_still(current: Trigger, item: dict[str, Any]) -> bool:
    """Whether the trigger is what the execution had; one that was rejected then may have been mended since."""
    return item["type"] == "rejected" or (current.TYPE, current.name()) == (item["type"], item["name"])


def _now(current: Trigger | Rejected | None) -> str:
    if current is None:
        return "not there"
    return f"invalid ({current.cause})" if isinstance(current, Rejected) else f"{current.TYPE} {current.name()!r}"
