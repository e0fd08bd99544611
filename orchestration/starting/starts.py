"""Starts the executions of one event, each at most once, even if an earlier delivery started some of them.

Almost every event is one execution, so it is started whole or not at all. An event that exceeds one input has several
executions, its parts. A delivery that finds the first part of such an event starts the missing triggers under the
configuration that the first part recorded. The current configuration may name other triggers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from orchestration.errors import OrchestrationError
from orchestration.event.identity import part_name
from orchestration.input.routing import Routing
from orchestration.planning.plan import Plan
from orchestration.starting.executions import ExecutionClient, StartedExecution
from orchestration.starting.parts import existing_parts
from orchestration.values.strictjson import JsonObject

log = logging.getLogger(__name__)

PlanUnder = Callable[[Routing], Plan]
"""Plans the event again under the configuration that a recorded ``routing`` names."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class EventStarter:
    """Starts one event.

    Attributes:
        executions: client of the orchestrator's state machine.
        name: name of the event's first execution.
        event: the event's fields.
        delivery_id: id of this delivery.
        plan_under: makes the plan of an earlier delivery.
    """

    executions: ExecutionClient
    name: str
    event: JsonObject
    delivery_id: str
    plan_under: PlanUnder

    def start(self, plan: Plan) -> list[StartedExecution]:
        """Start every part of ``plan``, or finish the work of an earlier delivery.

        Raises:
            ConfigUnavailableError: parts are missing, and the recorded configuration cannot be read.
            ExecutionLookupError: an execution exists, but it cannot be described.
        """
        return self._resume(self.executions.start(plan.pack(plan.items)[0]), plan)

    def find(self) -> list[StartedExecution]:
        """The event's executions, finished if parts are missing; empty if the event never started.

        Raises:
            ConfigUnavailableError, ExecutionLookupError: as ``start``.
        """
        first = self._part(1)
        return [] if first is None else self._resume(first, None)

    def find_if_readable(self) -> list[StartedExecution]:
        """As ``find``; also empty if the executions cannot be read: the reason without a configuration comes first."""
        try:
            return self.find()
        except (OrchestrationError, ClientError, BotoCoreError) as error:
            log.warning("The router cannot determine whether the event has started: %s", error)
            return []

    def _part(self, number: int) -> StartedExecution | None:
        execution = self.executions.find(part_name(self.name, number))
        return None if execution is None else self.executions.existing(execution, self.event, self.delivery_id)

    def _resume(self, first: StartedExecution, plan: Plan | None) -> list[StartedExecution]:
        # Another event under this run id is a conflict, which a person resolves. Its parts must not mix with this event's.
        if first.input.event != self.event:
            return [first]
        known, count = existing_parts(first, self._part)
        if len(known) >= count:
            return known
        routing = first.input.routing
        if plan is None or plan.routing.config_version != routing.config_version:
            plan = self.plan_under(routing)
        return self._rest(plan, known)

    def _rest(self, plan: Plan, known: list[StartedExecution]) -> list[StartedExecution]:
        """Start the triggers that no known execution has; returns all executions."""
        while True:
            started = {item.id for execution in known for item in execution.triggers}
            missing = [item for item in plan.items if item.id not in started]
            if not missing:
                return known
            part, *_ = plan.pack(missing, first_part=len(known) + 1, first_batch=_batches(known) + 1)
            known.append(self.executions.start(part))


def _batches(known: Sequence[StartedExecution]) -> int:
    return sum(len(execution.input.batches) for execution in known)
