"""Decisions of a replay: one for each trigger, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from orchestration.configuration.workflows import ConfiguredTrigger, InvalidTrigger
from orchestration.event.identity import MAX_GENERATION
from orchestration.planning.plan import PlannedExecution
from orchestration.replaying.ledger import Attempt
from orchestration.starting.executions import StartedExecution
from orchestration.values.strictjson import JsonObject

Action = Literal["STARTED", "WOULD_START", "FOLLOWED", "WOULD_FOLLOW", "LEFT_OUT", "REFUSED"]
"""FOLLOWED: a new attempt finds the run that exists. If the trigger waits, it waits for the end and publishes the success. It
starts no run."""

STARTS: dict[Action, Action] = {"WOULD_START": "STARTED", "WOULD_FOLLOW": "FOLLOWED"}
"""Decisions with an execution to start, each with its action after the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Decision about one trigger.

    Attributes:
        id: id of the trigger in the original execution, or of a batch that never started.
        now: id of the trigger in the current configuration; the same unless the sender named another one.
        type: declared type, even if the original item was rejected.
        attempt: number of the attempt that would start, or of the newest one.
        reason: why it is left out, refused or followed.
        planned: the execution to start.
        started: the execution that started, or that another replay had started.
    """

    id: str
    now: str
    type: str
    name: str
    attempt: int
    action: Action
    reason: str = ""
    planned: PlannedExecution | None = None
    started: StartedExecution | None = None
    warnings: tuple[str, ...] = ()

    def report(self, *, with_request: bool) -> JsonObject:
        """The decision in the router's response."""
        report: JsonObject = {"id": self.id, "type": self.type, "name": self.name, "attempt": self.attempt}
        report |= {"now": self.now} if self.now != self.id else {}
        report |= {"action": self.action} | ({"reason": self.reason} if self.reason else {})
        if self.planned is not None:
            report["execution"] = self.planned.name
            if with_request:
                report["input"] = [item.to_json() for item in self.planned.input.items]
        return report


CONDITION = "its condition 'when' does not match the event:"

NOT_A_TRIGGER = (
    "it is a problem of the configuration, not a trigger, so it never started anything. Fix the configuration, then publish a "
    "new event"
)

TOO_MANY_ATTEMPTS = (
    f"it has more than {MAX_GENERATION} attempts, and a run id has no room for the next one. Fix the target, then "
    "publish a new event"
)


def left_out(newest: Attempt) -> str:
    """Reason why a trigger needs ``again``; empty if its newest attempt failed."""
    if newest.status == "TRIGGERED":
        return f"it has started: {newest.detail} (execution {newest.execution}). To start it once more: --again"
    if newest.status == "RUNNING":
        return f"execution {newest.execution} is still running. Wait until it ends"
    if newest.status == "UNKNOWN":
        return (
            f"it may have started: {newest.detail} (execution {newest.execution}). Check the target. If it did not start: "
            "--again"
        )
    return ""


def target_of(configured: ConfiguredTrigger) -> tuple[str, str]:
    """Type and target name of a configured trigger, with its description."""
    trigger = configured.trigger
    if isinstance(trigger, InvalidTrigger):
        return "invalid", (trigger.declared or ("", ""))[1]
    description = f": {trigger.description:.60}" if trigger.description else ""
    return trigger.TYPE, f"{trigger.target_name()}{description}"


def listed(triggers: Iterable[tuple[str, str, str]]) -> str:
    """``ID (TYPE NAME)`` of up to 40 triggers."""
    shown = [f"{trigger_id} ({kind} {name})" for trigger_id, kind, name in triggers]
    return ", ".join(shown[:40]) + (f" and {len(shown) - 40} more" if len(shown) > 40 else "")
