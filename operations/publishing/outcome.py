"""Waits for the outcome of one published event, and tells it from the outcome of another event of its run."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass, field
from typing import Literal

from operations.joins import EventArrival, EventJoins
from operations.publishing.check import Check
from operations.publishing.publish import Follower, Progress
from orchestration.values.strictjson import JsonObject

_POLL_SECONDS = 0.5
_JOIN_SECONDS = 10.0
"""Time for the arrivals of an event whose executions have ended; the router records them after the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Outcome of one published event.

    Attributes:
        status: STARTED; DUPLICATE (the same event started before); CONFLICT (another event of the run started, this one did
            not); JOINED (it only arrived at joins); IGNORED (no join counts it); NO_OUTCOME (nothing started in time).
        executions: the executions of the event, with their outcomes.
        joins: the joins at which the router handled the event.
        reason: reason of CONFLICT.
    """

    status: Literal["STARTED", "DUPLICATE", "CONFLICT", "JOINED", "IGNORED", "NO_OUTCOME"]
    executions: list[JsonObject] = field(default_factory=list)
    joins: list[EventArrival] = field(default_factory=list)
    reason: str = ""

    @property
    def exit_code(self) -> int:
        """0: all triggers started; 1: some failed or have no outcome; 3: nothing started, or the event arrived at joins."""
        if self.status in ("CONFLICT", "JOINED", "IGNORED"):
            return 3
        succeeded = all(execution["execution_status"] == "SUCCEEDED" for execution in self.executions)
        return 0 if self.executions and succeeded else 1

    def to_json(self) -> JsonObject:
        """``{status, executions, joins, reason}``; the last two only if there are any."""
        report: JsonObject = {"status": self.status, "executions": [*self.executions]}
        report |= {"joins": [dataclasses.asdict(join) for join in self.joins]} if self.joins else {}
        return report | ({"reason": self.reason} if self.reason else {})


def wait(follower: Follower, check: Check, seconds: float, progress: Progress = lambda _: None) -> Outcome:
    """Wait for the outcome of an event that was published after ``check``.

    Args:
        follower: the router and the event.
        check: result of the check before the publication.
        seconds: maximum time.
        progress: called with the name of each step.
    """
    deadline = time.monotonic() + seconds
    joins = EventJoins.of(follower.router, follower.event)
    joining = check.plan is not None and check.plan.status == "WOULD_JOIN"
    first = follower.first(seconds, progress, lambda: joining and joins.settled())
    if first is None:
        return _without_execution(joins.arrived(), joining=joining)
    left = max(0.0, deadline - time.monotonic())
    difference = follower.difference(first)
    if difference:
        reason = f"another event of this run started at {first.start}: {difference}. Nothing started for this event"
        return Outcome(status="CONFLICT", joins=_arrived(joins, left), reason=reason)
    executions = follower.outcomes(first, left, progress, before=check.before is not None)
    left = max(0.0, deadline - time.monotonic())
    status: Literal["STARTED", "DUPLICATE"] = "STARTED" if check.before is None else "DUPLICATE"
    return Outcome(status=status, executions=executions, joins=_arrived(joins, left))


def _without_execution(arrived: list[EventArrival], *, joining: bool) -> Outcome:
    if not joining or not arrived:
        return Outcome(status="NO_OUTCOME", joins=arrived)
    ignored = all(join.status in ("REPEATED", "LATE") for join in arrived)
    return Outcome(status="IGNORED" if ignored else "JOINED", joins=arrived)


def _arrived(joins: EventJoins, seconds: float) -> list[EventArrival]:
    """The event's arrivals; waits for those that are still missing."""
    deadline = time.monotonic() + min(seconds, _JOIN_SECONDS)
    while joins.keys and not joins.settled() and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return joins.arrived()
