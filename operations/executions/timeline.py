"""The history of an execution: service calls of each item, with times, errors and waits, and the entered states.

The history has one list for all items. ``previousEventId`` links each event to the one before it in the same iteration:
docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

HistoryEvent: TypeAlias = dict[str, Any]
"""An event of boto3's ``get_execution_history``: dates are ``datetime``, and each type has its own details."""

_ENDS = ("TaskSucceeded", "TaskFailed", "TaskTimedOut", "TaskSubmitFailed", "TaskStartFailed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a service, by the state machine.

    Attributes:
        start: ISO 8601.
        seconds: duration; None while the call is running.
        waited: seconds since the end of the call before it, which failed and was retried.
        error: error name, or empty.
    """

    start: str
    seconds: float | None
    waited: float
    error: str = ""
    cause: str = ""


@dataclass(slots=True)
class StateCount:
    """Visits of one state of the machine.

    Attributes:
        entered: number of visits.
        failed: visits that ended with an error.
        retried: visits with an error and a later attempt that succeeded.
    """

    entered: int = 0
    failed: int = 0
    retried: int = 0


def states(events: Iterable[HistoryEvent]) -> dict[str, StateCount]:
    """Visits of each state, by its name.

    Args:
        events: history events of one execution, oldest first.
    """
    visit: dict[int, int] = {}
    names: dict[int, str] = {}
    errors: dict[int, int] = defaultdict(int)
    last_failed: dict[int, bool] = {}
    for event in events:
        if event["type"].endswith("StateEntered"):
            visit[event["id"]] = event["id"]
            names[event["id"]] = event["stateEnteredEventDetails"]["name"]
            last_failed[event["id"]] = event["type"] == "FailStateEntered"
            continue
        entry = visit.get(event["previousEventId"])
        if entry is None:
            continue
        visit[event["id"]] = entry
        if event["type"] in _ENDS:
            last_failed[entry] = event["type"] != "TaskSucceeded"
            errors[entry] += last_failed[entry]
    found: dict[str, StateCount] = defaultdict(StateCount)
    for entry, name in names.items():
        found[name].entered += 1
        found[name].failed += last_failed[entry]
        found[name].retried += errors[entry] > 0 and not last_failed[entry]
    return dict(found)


def calls(events: Iterable[HistoryEvent]) -> dict[int, list[Call]]:
    """The calls of each item, by the item's index, in order.

    Args:
        events: history events of one execution, oldest first.
    """
    iteration: dict[int, int] = {}
    begun: dict[int, datetime] = {}
    ended: dict[int, datetime] = {}
    found: dict[int, list[Call]] = defaultdict(list)
    for event in events:
        if event["type"] == "MapIterationStarted":
            iteration[event["id"]] = event["mapIterationStartedEventDetails"]["index"]
            continue
        index = iteration.get(event["previousEventId"])
        if index is None:
            continue
        iteration[event["id"]] = index
        if event["type"] == "TaskScheduled":
            begun[index] = event["timestamp"]
        elif event["type"] in _ENDS and index in begun:
            details = _details(event)
            start = begun.pop(index)
            found[index].append(
                Call(
                    start=start.isoformat(),
                    seconds=_between(start, event["timestamp"]),
                    waited=_between(ended[index], start) if index in ended else 0.0,
                    error=details.get("error", "States.Timeout" if event["type"] == "TaskTimedOut" else ""),
                    cause=details.get("cause", ""),
                )
            )
            ended[index] = event["timestamp"]
    for index, start in begun.items():
        waited = _between(ended[index], start) if index in ended else 0.0
        found[index].append(Call(start=start.isoformat(), seconds=None, waited=waited))
    return dict(found)


def _details(event: HistoryEvent) -> dict[str, str]:
    """The ``task…EventDetails`` of an event."""
    return next((value for key, value in event.items() if key.endswith("EventDetails") and isinstance(value, dict)), {})


def _between(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds(), 3)
