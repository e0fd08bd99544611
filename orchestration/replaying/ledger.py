"""Reads the outcomes of an event's triggers: of the original executions, and of the replays of each trigger.

Execution names are the ledger. A replay of a trigger has the name of its attempt, so the newest attempt is the last name
that exists. No table is needed, and two people who replay at once compute the same name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from orchestration.errors import ReplayError
from orchestration.event.identity import execution_name, part_name, replay_name
from orchestration.event.kinds import EVENT_KINDS, JOIN_KINDS, EventKind
from orchestration.planning import batch
from orchestration.planning.items import Item
from orchestration.planning.skipped import of_routing
from orchestration.starting.executions import ExecutionClient, readable_items, routing_of, triggers_of
from orchestration.starting.starts import parts_of

Status = Literal["TRIGGERED", "FAILED", "RUNNING", "UNKNOWN", "NOT_STARTED"]
"""UNKNOWN: the execution stopped without an outcome, so the target may have started. NOT_STARTED: the batch never started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The newest attempt of a trigger.

    Attributes:
        number: 0 for the original execution, else the number of the replay.
        execution: name of the execution.
        status: result of the trigger in that execution.
        detail: downstream run id of a triggered one, error of a failed one, or the execution's status.
        generation: attempt of the last replay with ``again``, or 0.
    """

    number: int
    execution: str
    status: Status
    detail: str = ""
    generation: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A trigger in the event's original executions.

    Attributes:
        item: the item as it was sent.
        execution: name of the execution that has the item.
        batch: item of the batch that the trigger belongs to, or None.
        parent: name of the execution that starts the batch.
    """

    item: Item
    execution: str
    batch: Item | None = None
    parent: str = ""


@dataclass(slots=True, kw_only=True)
class Ledger:
    """The triggers of one event, with their attempts.

    Attributes:
        executions: client of the orchestrator's state machine.
        event_kind: list of the workflow that the event started.
        name: name of the event's first execution.
        event: fields of the original event.
        originals: trigger id to its place in the original executions.
        scope: ids of the triggers in the execution that a person named.
        skipped: id of each trigger whose condition the event did not meet, to the reason.
    """

    executions: ExecutionClient
    event_kind: EventKind
    name: str
    event: dict[str, Any]
    originals: dict[str, Original] = field(default_factory=dict)
    scope: tuple[str, ...] = ()
    skipped: dict[str, str] = field(default_factory=dict)
    _described: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    _outcomes: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    @classmethod
    def open(cls, executions: ExecutionClient, of: str) -> Ledger:
        """Read the original executions of the event that execution ``of`` belongs to.

        Args:
            executions: client of the orchestrator's state machine.
            of: name of an original execution, of a batch's execution, or of a replay.

        Raises:
            ReplayError: the router did not start the execution, or an earlier release did.
            ExecutionLookupError: the execution does not exist, or it cannot be read.
        """
        described = executions.describe(of)
        event_kind, event, items = _checked(described)
        routing = routing_of(described["input"])
        name = execution_name(event_kind, event["job_name"], event["job_run_id"])
        ledger = cls(executions=executions, event_kind=event_kind, name=name, event=event)
        ledger._described[of] = described
        root = described if of == name else executions.describe(name)
        ledger._described[name] = root
        ledger._read(root)
        ledger.skipped = {str(one.get("id")): str(one.get("reason")) for one in of_routing(routing_of(root["input"]))}
        if "replay" in routing or "of" in routing:
            ledger.scope = tuple(item["id"] for item in items)
        else:
            ledger.scope = tuple(ledger.originals)
        return ledger

    @property
    def identity(self) -> tuple[str, str]:
        """Job name and run id of the event."""
        return self.event["job_name"], self.event["job_run_id"]

    def newest(self, trigger_id: str) -> Attempt:
        """The newest attempt of a trigger.

        Raises:
            ExecutionLookupError: an attempt exists, but it cannot be read.
        """
        original = self.originals[trigger_id]
        newest, number, generation = original.execution, 0, 0
        while True:
            name = replay_name(self.event_kind, *self.identity, trigger_id, number + 1)
            described = self._describe(name)
            if described is None:
                break
            newest, number = name, number + 1
            request = routing_of(described["input"]).get("replay")
            generation = request.get("generation", 0) if isinstance(request, dict) else generation
        status, detail = self._status(newest, trigger_id, original if number == 0 else None)
        return Attempt(number=number, execution=newest, status=status, detail=detail, generation=generation)

    def _read(self, root: dict[str, Any]) -> None:
        for number in range(1, parts_of(root["input"]) + 1):
            name = part_name(self.name, number)
            part = root if number == 1 else self._describe(name)
            if part is None:  # Parts start in order.
                return
            for item in readable_items(part["input"]):
                self._add(item, name)

    def _add(self, item: Item, parent: str) -> None:
        for trigger in triggers_of(item):
            if item["type"] == batch.TYPE:
                found = Original(item=trigger, execution=item["request"]["Name"], batch=item, parent=parent)
            else:
                found = Original(item=trigger, execution=parent)
            self.originals[trigger["id"]] = found

    def _status(self, execution: str, trigger_id: str, original: Original | None) -> tuple[Status, str]:
        described = self._describe(execution)
        if described is None:  # the execution of a batch
            parent = self._describe(original.parent) if original is not None else None
            running = parent is not None and parent["status"] == "RUNNING"
            return ("RUNNING", "the batch is starting") if running else ("NOT_STARTED", "")
        if described["status"] == "RUNNING":
            return "RUNNING", ""
        outcome = self._outcomes_of(described).get(trigger_id)
        if outcome is None:
            return "UNKNOWN", f"the execution ended {described['status']} without its outcome"
        if outcome["result"]["status"] == "TRIGGERED":
            return "TRIGGERED", str(outcome["result"].get("id", ""))
        error = outcome.get("error", {})
        return "FAILED", f"{error.get('Error', '')}: {error.get('Cause', '')}".strip(": ")

    def _describe(self, name: str) -> dict[str, Any] | None:
        if name not in self._described:
            self._described[name] = self.executions.find(name)
        return self._described[name]

    def _outcomes_of(self, described: dict[str, Any]) -> dict[str, dict[str, Any]]:
        name = described["name"]
        if name not in self._outcomes:
            self._outcomes[name] = {one["id"]: one for one in self.executions.outcomes(described) if "id" in one}
        return self._outcomes[name]


def _checked(described: dict[str, Any]) -> tuple[EventKind, dict[str, Any], list[Item]]:
    """Event kind, event and items of an execution.

    Raises:
        ReplayError: the router did not start the execution, or an earlier release did.
    """
    name, given = described["name"], described["input"]
    kind, event = routing_of(given).get("event_kind"), given.get("event")
    event_kind: EventKind | None = next((one for one in (*EVENT_KINDS, *JOIN_KINDS) if one == kind), None)
    texts = isinstance(event, dict) and all(isinstance(event.get(key), str) for key in ("job_name", "job_run_id"))
    if event_kind is None or not texts:
        raise ReplayError(
            f"execution {name!r}: the router did not start it, because its input has no routing.event_kind and no job event. "
            "Replay an execution of the router"
        )
    if not readable_items(given):
        raise ReplayError(
            f"execution {name!r}: its triggers have no ids, because an earlier release or a person started it, so a replay "
            "could start the wrong trigger. Start the failed targets by hand, or publish the event with another job_run_id"
        )
    return event_kind, event, readable_items(given)
