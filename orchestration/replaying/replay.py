"""Starts failed triggers of an earlier event again, each in a separate execution.

AWS's Redrive cannot run caught items again, so a replay is a new execution for each trigger. The ledger decides: a trigger
that has started, or is running, stays out without ``again``. Two replays at once compute the same names, so one starts it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from orchestration.configuration.loader import LoadedConfig
from orchestration.configuration.workflows import ConfiguredTrigger, InvalidTrigger
from orchestration.errors import ReplayError
from orchestration.event.identity import BATCH_PREFIX, MAX_GENERATION, downstream_run_id, replay_name
from orchestration.event.job_event import JobEvent
from orchestration.event.replay_request import Replay
from orchestration.input.execution_input import ExecutionInput, input_of
from orchestration.input.item import BATCH, REJECTED, AnyItem, Batch, Item, Target
from orchestration.input.routing import ReplayRecord
from orchestration.planning.items import build_item, fitting
from orchestration.planning.plan import PlannedExecution, item_room, routing_of
from orchestration.planning.skipped import mismatch, steps_for_each
from orchestration.replaying.decisions import (
    CONDITION,
    NOT_A_TRIGGER,
    STARTS,
    TOO_MANY_ATTEMPTS,
    Action,
    Decision,
    left_out,
    listed,
    target_of,
)
from orchestration.replaying.earlier_runs import EarlierRun, earlier_run
from orchestration.replaying.earlier_starts import with_earlier_starts
from orchestration.replaying.ledger import Attempt, Ledger, Original
from orchestration.replaying.named_triggers import check_named
from orchestration.settings import Settings
from orchestration.triggers.base import RequestContext
from orchestration.values.shell import option


@dataclass(slots=True, kw_only=True)
class Replayer:
    """Decides and starts one replay.

    Attributes:
        ledger: the event's triggers with their attempts.
        replay: the sender's request.
        event: the job event of the request.
        triggers: the current configuration's triggers for the event.
        config: source of the triggers.
        settings: the router's environment.
        delivery_id: id of this delivery.
        already_started: number of triggers that had started, if the request names none.
    """

    ledger: Ledger
    replay: Replay
    event: JobEvent
    triggers: Sequence[ConfiguredTrigger]
    config: LoadedConfig
    settings: Settings
    delivery_id: str
    already_started: int = 0
    _now: dict[str, ConfiguredTrigger] = field(default_factory=dict)

    def decide(self) -> list[Decision]:
        """The decision for each trigger; starts nothing.

        Raises:
            ReplayError: the request names a trigger that the event does not have, or another event.
            OversizedEventError: the event exceeds the execution input quota.
        """
        if (self.event.job_name, self.event.job_run_id) != self.ledger.identity:
            raise ReplayError(
                f"execution {self.replay.of!r} belongs to job and run {list(self.ledger.identity)}, but the event to "
                f"{[self.event.job_name, self.event.job_run_id]}. Send the event of that execution"
            )
        self._now = {one.id: one for one in self.triggers}
        if self.replay.only is None:
            return list(self._all_failed())
        check_named(self.ledger, self.replay, self.replay.only)
        return [self._named(trigger_id, now) for trigger_id, now in self.replay.only]

    def start(self, decision: Decision) -> Decision:
        """Start the execution of a ``WOULD_START`` or ``WOULD_FOLLOW`` decision."""
        if decision.action not in STARTS or decision.planned is None:
            return decision
        started = self.ledger.executions.start(decision.planned)
        if started.existing is None:
            return replace(decision, action=STARTS[decision.action], started=started)
        what = f"attempt {decision.attempt}" if decision.attempt else "the batch"
        reason = f"another replay started {what} at {started.existing.start}: {started.name}"
        return replace(decision, action="LEFT_OUT", reason=reason, planned=None)

    def _all_failed(self) -> Iterator[Decision]:
        restarted: set[str] = set()
        for trigger_id in self.ledger.scope:
            original, newest = self.ledger.originals[trigger_id], self.ledger.newest(trigger_id)
            if newest.status == "NOT_STARTED" and original.batch is not None:
                if original.batch.id not in restarted:
                    restarted.add(original.batch.id)
                    yield self._batch(original.batch)
            elif newest.status == "FAILED" and not original.item.is_trigger:
                yield self._decision(original.item, "REFUSED", newest, NOT_A_TRIGGER)
            elif newest.status == "TRIGGERED":
                self.already_started += 1
            else:
                yield self._one(trigger_id, trigger_id, original, newest)

    def _named(self, trigger_id: str, now: str) -> Decision:
        if trigger_id.startswith(BATCH_PREFIX):
            batch = next(
                one.batch for one in self.ledger.originals.values() if one.batch and one.batch.id == trigger_id
            )
            newest = self.ledger.newest(batch.items[0].id)
            if newest.number == 0 and newest.status == "NOT_STARTED":
                return self._batch(batch)
            reason = (
                f"the batch has started. Name its triggers instead: {', '.join(item.id for item in batch.items[:5])}"
            )
            return self._decision(batch, "LEFT_OUT", newest, reason)
        original, newest = self.ledger.originals[trigger_id], self.ledger.newest(trigger_id)
        if newest.status == "NOT_STARTED" and original.batch is not None:
            reason = f"its batch never started. Start the whole batch: {option('--only', original.batch.id)}"
            return self._decision(original.item, "REFUSED", newest, reason)
        return self._one(trigger_id, now, original, newest)

    def _one(self, trigger_id: str, now: str, original: Original, newest: Attempt) -> Decision:  # noqa: PLR0911
        item = original.item
        if not item.is_trigger:
            return self._decision(item, "REFUSED", newest, NOT_A_TRIGGER)
        reason = "" if self.replay.again else left_out(newest)
        if reason:
            return self._decision(item, "LEFT_OUT", newest, reason)
        run = EarlierRun() if self.replay.again else earlier_run(self.ledger, trigger_id, newest)
        if run.left_out or run.refused:
            return self._decision(item, "LEFT_OUT" if run.left_out else "REFUSED", newest, run.left_out or run.refused)
        generation = newest.number + 1 if self.replay.again or run.needs_new_name else newest.generation
        if generation > MAX_GENERATION:
            return self._decision(item, "REFUSED", newest, TOO_MANY_ATTEMPTS)
        if self.replay.as_was:
            made, reason, warnings = self._as_was(item, generation)
        else:
            made, reason, warnings = self._from_configuration(trigger_id, now, generation)
        if made is None:
            return self._decision(item, "REFUSED", newest, reason)
        if run.other_target(made):
            return self._decision(item, "LEFT_OUT", newest, run.other_target(made))
        if not self.replay.again:
            made, reason = with_earlier_starts(made, self.ledger, trigger_id)
            if reason:
                return self._decision(item, "LEFT_OUT", newest, reason)
        attempt = newest.number + 1
        record = ReplayRecord(
            of=self.replay.of,
            id=trigger_id,
            attempt=attempt,
            generation=generation,
            now=now,
            as_was=self.replay.as_was,
        )
        routing = routing_of(self.event, self.config, self.settings, self.delivery_id)
        planned = PlannedExecution(
            replay_name(self.ledger.event_kind, *self.ledger.identity, trigger_id, attempt),
            ExecutionInput(event=self.event.fields, items=(made,), routing=replace(routing, part="1/1", replay=record)),
        )
        return Decision(
            id=trigger_id,
            now=now,
            type=made.target.type,
            name=made.target.name,
            attempt=attempt,
            action="WOULD_FOLLOW" if run.kept else "WOULD_START",
            reason=run.kept_reason(waits=made.waits),
            planned=planned,
            warnings=warnings,
        )

    def _as_was(self, item: Item, generation: int) -> tuple[Item | None, str, tuple[str, ...]]:
        if item.rejected:
            return None, "it was rejected and never had a request. Replay it from the configuration", ()
        name, trigger_id = self.ledger.name, item.id
        old, new = downstream_run_id(name, trigger_id), downstream_run_id(name, trigger_id, generation)
        return item.with_run_id(old, new), "", ()

    def _from_configuration(
        self, trigger_id: str, now: str, generation: int
    ) -> tuple[Item | None, str, tuple[str, ...]]:
        current = self._now.get(now)
        if current is None:
            return None, self._missing(trigger_id, now), ()
        if isinstance(current.trigger, InvalidTrigger):
            return None, f"the configuration still has it as an invalid trigger: {current.trigger.cause:.500}", ()
        mismatched = mismatch(current.trigger.when, self.event.fields, steps_for_each(self.triggers))
        if mismatched:
            only = option("--only", trigger_id)
            return None, f"{CONDITION} {mismatched}. To send the original request: {only} --as-was", ()
        context = RequestContext(
            event=self.event,
            settings=self.settings,
            downstream_run_id=downstream_run_id(self.ledger.name, trigger_id, generation),
        )
        routing = routing_of(self.event, self.config, self.settings, self.delivery_id)
        made = fitting(build_item(current, context), item_room(self.event, routing) - _REPLAY_ROOM)
        if made.rejected:
            return None, f"{made.request['Error']}: {made.request['Cause']}", ()
        return replace(made, id=trigger_id), "", tuple(context.warnings)

    def _missing(self, trigger_id: str, now: str) -> str:
        added = listed((one.id, *target_of(one)) for one in self.triggers if one.id not in self.ledger.originals)
        unchanged = ", ".join(one.id for one in self.triggers if one.id in self.ledger.originals)
        return (
            f"the configuration no longer has {self.ledger.event_kind} trigger {now!r} for job {self.event.job_name!r}. New "
            f"since then: {added or 'none'}. Unchanged: {unchanged or 'none'}. If a new one replaces it: "
            f"{option('--only', f'{trigger_id}=ID')}. To send the original request: {option('--only', trigger_id)} --as-was"
        )

    def _batch(self, batch: Batch) -> Decision:
        """Start a batch under its own name, with the input that the state machine would have sent."""
        return Decision(
            id=batch.id,
            now=batch.id,
            type=BATCH,
            name=batch.name,
            attempt=0,
            action="WOULD_START",
            planned=PlannedExecution(batch.execution, input_of(batch, self.ledger.event, self.delivery_id)),
        )

    def _decision(self, item: AnyItem, action: Action, newest: Attempt, reason: str) -> Decision:
        target = Target(type=BATCH, name=item.name) if isinstance(item, Batch) else item.target
        return Decision(
            id=item.id,
            now=item.id,
            type=target.type or REJECTED,
            name=target.name or item.name,
            attempt=newest.number,
            action=action,
            reason=reason,
        )


_REPLAY_ROOM = 1_000
"""Bytes of ``routing.replay``."""
