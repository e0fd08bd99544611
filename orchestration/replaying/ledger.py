"""Reads the outcomes of an event's triggers: of the original executions, and of the replays of each trigger.

Execution names are the ledger. A replay of a trigger has the name of its attempt, so the newest attempt is the last name
that exists. No table is needed, and two people who replay at once compute the same name.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from orchestration.errors import ReplayError
from orchestration.event.identity import execution_name, part_name, replay_name
from orchestration.event.kinds import EVENT_KINDS, JOIN_KINDS, EventKind
from orchestration.input.item import AnyItem, Batch, Item, triggers_of
from orchestration.starting.executions import Execution, ExecutionClient
from orchestration.starting.outcomes import Outcome
from orchestration.starting.parts import existing_parts
from orchestration.values.strictjson import JsonObject

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
        generation: attempt of the last replay that started a new run on purpose, or 0.
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
        batch: the batch that the trigger belongs to, or None.
        parent: name of the execution that starts the batch.
    """

    item: Item
    execution: str
    batch: Batch | None = None
    parent: str = ""


@dataclass(slots=True, kw_only=True)
class Ledger:
    """The triggers of one event, with their attempts.

    Attributes:
        executions: client of the orchestrator's state machine.
        event_kind: list of the workflow that the event started.
        name: name of the event's first execution.
        event: fields of the original event.
        identity: job name and run id of the event.
        originals: trigger id to its place in the original executions.
        scope: ids of the triggers in the execution that a person named.
        skipped: id of each trigger whose condition the event did not meet, to the reason.
        missing_part: name of the first part that never started, or empty. A further delivery of the event starts it.
    """

    executions: ExecutionClient
    event_kind: EventKind
    name: str
    event: JsonObject
    identity: tuple[str, str]
    originals: dict[str, Original] = field(default_factory=dict)
    scope: tuple[str, ...] = ()
    skipped: dict[str, str] = field(default_factory=dict)
    missing_part: str = ""
    _described: dict[str, Execution | None] = field(default_factory=dict)
    _outcomes: dict[str, dict[str, Outcome]] = field(default_factory=dict)

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
        execution = executions.describe(of)
        event_kind, job_name, job_run_id = _checked(execution)
        event, routing = execution.input.event, execution.input.routing
        name = execution_name(event_kind, job_name, job_run_id)
        ledger = cls(
            executions=executions, event_kind=event_kind, name=name, event=event, identity=(job_name, job_run_id)
        )
        ledger._described[of] = execution
        root = execution if of == name else executions.describe(name)
        ledger._described[name] = root
        ledger._read(root)
        ledger.skipped = {skipped.id: skipped.reason for skipped in root.input.routing.skipped}
        if routing.replay is not None or routing.of:
            ledger.scope = tuple(item.id for item in execution.input.items)
        else:
            ledger.scope = tuple(ledger.originals)
        return ledger

    def newest(self, trigger_id: str) -> Attempt:
        """The newest attempt of a trigger.

        Raises:
            ExecutionLookupError: an attempt exists, but it cannot be read.
        """
        original = self.originals[trigger_id]
        newest, number, generation = original.execution, 0, 0
        for execution in self.replays(trigger_id):
            newest, number = execution.name, number + 1
            replayed = execution.input.routing.replay
            generation = generation if replayed is None else replayed.generation
        status, detail = self._status(newest, trigger_id, original if number == 0 else None)
        return Attempt(number=number, execution=newest, status=status, detail=detail, generation=generation)

    def replays(self, trigger_id: str) -> Iterator[Execution]:
        """The executions of a trigger's replays, the first one first.

        Raises:
            ExecutionLookupError: a replay exists, but it cannot be read.
        """
        for number in itertools.count(1):
            execution = self.find(replay_name(self.event_kind, *self.identity, trigger_id, number))
            if execution is None:
                return
            yield execution

    def find(self, name: str) -> Execution | None:
        """Describe an execution, once; None if it does not exist.

        Raises:
            ExecutionLookupError: it cannot be read.
        """
        if name not in self._described:
            self._described[name] = self.executions.find(name)
        return self._described[name]

    def outcomes(self, execution: Execution) -> dict[str, Outcome]:
        """Outcomes of an execution by trigger id, read once; empty while it runs."""
        if execution.name not in self._outcomes:
            outcomes = self.executions.outcomes(execution)
            self._outcomes[execution.name] = {outcome.id: outcome for outcome in outcomes if outcome.id}
        return self._outcomes[execution.name]

    def notes(self, event: JsonObject) -> list[str]:
        """Warnings for the sender of a replay: the sent event differs, or triggers of the event never started."""
        notes = [] if event == self.event else [f"the event differs from the one of execution {self.name}"]
        if self.missing_part:
            notes.append(
                f"execution {self.missing_part} never started, so the replay does not know its triggers. Publish the event "
                "again: the router starts only what is missing"
            )
        return notes

    def _read(self, root: Execution) -> None:
        parts, count = existing_parts(root, lambda number: self.find(part_name(self.name, number)))
        for part in parts:
            for item in part.input.items:
                self._add(item, part.name)
        if len(parts) < count:
            self.missing_part = part_name(self.name, len(parts) + 1)

    def _add(self, item: AnyItem, parent: str) -> None:
        for trigger in triggers_of(item):
            if isinstance(item, Batch):
                original = Original(item=trigger, execution=item.execution, batch=item, parent=parent)
            else:
                original = Original(item=trigger, execution=parent)
            self.originals[trigger.id] = original

    def _status(self, name: str, trigger_id: str, original: Original | None) -> tuple[Status, str]:
        execution = self.find(name)
        if execution is None:  # the execution of a batch
            parent = self.find(original.parent) if original is not None else None
            starting = parent is not None and parent.running
            return ("RUNNING", "the batch is starting") if starting else ("NOT_STARTED", "")
        if execution.running:
            return "RUNNING", ""
        outcome = self.outcomes(execution).get(trigger_id)
        if outcome is not None and outcome.status == "TRIGGERED":
            return "TRIGGERED", outcome.run_id
        if outcome is not None and outcome.status == "FAILED":
            return "FAILED", outcome.reason
        return "UNKNOWN", f"the execution ended {execution.status} without its outcome"


def _checked(execution: Execution) -> tuple[EventKind, str, str]:
    """Event kind, job name and run id of an execution.

    Raises:
        ReplayError: the router did not start the execution, or an earlier release did.
    """
    kind, event = execution.input.routing.event_kind, execution.input.event
    event_kind = next((known for known in (*EVENT_KINDS, *JOIN_KINDS) if known == kind), None)
    job_name, job_run_id = event.get("job_name"), event.get("job_run_id")
    if event_kind is None or not isinstance(job_name, str) or not isinstance(job_run_id, str):
        raise ReplayError(
            f"execution {execution.name!r}: the router did not start it, because its input has no routing.event_kind and no "
            "job event. Replay an execution of the router"
        )
    if not execution.input.items:
        raise ReplayError(
            f"execution {execution.name!r}: its triggers have no ids, because an earlier release or a person started it, so a "
            "replay could start the wrong trigger. Start the failed targets by hand, or publish the event with another "
            "job_run_id"
        )
    return event_kind, job_name, job_run_id
