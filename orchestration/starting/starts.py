"""Starts the executions of one event, each at most once, also if an earlier delivery started some of them.

Almost every event is one execution, so it is started whole or not at all. An event that exceeds one input has several
executions, its parts. A delivery that finds the first part of such an event starts the missing triggers under the
configuration that the first part recorded. The current configuration may name other triggers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.event.identity import part_name
from orchestration.planning import batch
from orchestration.planning.plan import Plan
from orchestration.starting.executions import ExecutionClient, StartedExecution, readable_items, routing_of

PlanUnder = Callable[[dict[str, Any]], Plan]
"""Plans the event again under the configuration that a recorded ``routing`` names."""


@dataclass(frozen=True, slots=True, kw_only=True)
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
    event: dict[str, Any]
    delivery_id: str
    plan_under: PlanUnder

    def start(self, plan: Plan) -> list[StartedExecution]:
        """Start every part of ``plan``, or finish what an earlier delivery began.

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
        first = self._found(1)
        return [] if first is None else self._resume(first, None)

    def _found(self, number: int) -> StartedExecution | None:
        described = self.executions.find(part_name(self.name, number))
        ours = {"event": self.event, "routing": {"delivery_id": self.delivery_id}}
        return None if described is None else self.executions.existing(described, ours)

    def _resume(self, first: StartedExecution, plan: Plan | None) -> list[StartedExecution]:
        known, total = [first], parts_of(first.input)
        # Another event under this run id is a conflict, which a person resolves. Its parts must not mix with this event's.
        if first.input.get("event") != self.event:
            return known
        while len(known) < total:
            found = self._found(len(known) + 1)
            if found is None:
                break
            known.append(found)
        if len(known) >= total:
            return known
        routing = routing_of(first.input)
        if plan is None or plan.routing["config_version"] != routing.get("config_version"):
            plan = self.plan_under(routing)
        return self._rest(plan, known)

    def _rest(self, plan: Plan, known: list[StartedExecution]) -> list[StartedExecution]:
        """Start the triggers that no known execution has; returns all executions."""
        while True:
            started = {item["id"] for one in known for item in one.items()}
            missing = [item for item in plan.items if item["id"] not in started]
            if not missing:
                return known
            part, *_ = plan.pack(missing, first_part=len(known) + 1, first_batch=_batches(known) + 1)
            known.append(self.executions.start(part))


def parts_of(given: dict[str, Any]) -> int:
    """Number of the event's parts, from the input of one of them."""
    match = re.fullmatch(r"[0-9]{1,4}/([0-9]{1,4})", str(routing_of(given).get("batch")))
    return int(match[1]) if match else 1


def _batches(known: Sequence[StartedExecution]) -> int:
    return sum(item["type"] == batch.TYPE for one in known for item in readable_items(one.input))
