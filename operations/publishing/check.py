"""Checks an event against a deployed stack before it is published: its triggers, its joins and its run."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.plans.event_plan import EventPlan, plan_event
from operations.publishing.publish import Follower
from operations.stack.deployed_configuration import loaded_configuration
from orchestration.errors import ConfigError, ConfigUnavailableError, EventError, ExecutionLookupError
from orchestration.starting.executions import Execution
from orchestration.values.strictjson import Json, JsonObject

_SHOWN = 10
"""Triggers that a line names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Result of the check of an event that may be published.

    Attributes:
        plan: what the event starts under the deployed configuration; None if the caller cannot read that.
        before: the first execution of the run, if the same event has started before.
        unreadable: reason why the run's executions cannot be read, or empty.
        warnings: parts of the check that were left out, and triggers that would fail.
    """

    plan: EventPlan | None
    before: Execution | None
    unreadable: str
    warnings: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """Lines that tell people what the event starts."""
        if self.before is not None or self.plan is None:
            return []
        accepted = [f"{item.type} {item.name}" for item in self.plan.triggers if not item.rejected]
        skipped = [f"{trigger.type} {trigger.name}" for trigger in self.plan.skipped]
        lines = [f"starts {_listed(accepted)}"] if accepted else []
        lines += [f"skips {_listed(skipped)}"] if skipped else []
        return lines + [f"arrives at join {join['join']} for key {join['key']}" for join in self.plan.joins]

    def to_json(self) -> JsonObject:
        """``{triggers, rejected, skipped, joins}``, for programs; empty if the configuration cannot be read."""
        if self.plan is None:
            return {}
        triggers: list[Json] = [
            {"id": item.id, "type": item.type, "name": item.name} for item in self.plan.triggers if not item.rejected
        ]
        rejected: list[Json] = [
            {"id": item.id, "type": item.target.type, "name": item.name, **item.request}
            for item in self.plan.triggers
            if item.rejected
        ]
        return {
            "triggers": triggers,
            "rejected": rejected,
            "skipped": [trigger.to_json() for trigger in self.plan.skipped],
            "joins": [{**join} for join in self.plan.joins],
        }


def check(follower: Follower, text: str) -> Check:
    """Check an event before it is published.

    Args:
        follower: the router and the event.
        text: the event as JSON.

    Raises:
        EventError: the event would start nothing, the router would refuse it, or its run has started with other content.
    """
    plan, warnings = _planned(follower, text)
    if plan is not None:
        _refuse(plan)
        warnings += [
            f"the router will reject trigger {item.id} {item.name}: {item.request['Cause']}"
            for item in plan.triggers
            if item.rejected
        ]
        warnings += plan.warnings
    before, unreadable = None, ""
    try:
        before = follower.existing()
    except ExecutionLookupError as error:
        unreadable = str(error)
        warnings.append(f"it is unknown whether the run has started before: {error}")
    if before is not None:
        # Its joins may not have this run's event yet.
        warnings += _other_content(follower, before, joins=bool(plan and plan.joins))
    return Check(plan=plan, before=before, unreadable=unreadable, warnings=tuple(warnings))


def _planned(follower: Follower, text: str) -> tuple[EventPlan | None, list[str]]:
    settings = follower.router.settings
    try:
        config = loaded_configuration(settings)
    except (ConfigUnavailableError, ConfigError) as error:
        return None, [f"the event was not checked against the configuration: {error}"]
    return plan_event(text, config, settings), []


def _refuse(plan: EventPlan) -> None:
    if plan.status == "IGNORED":
        suggestion = f". Did you mean {plan.suggestion!r}?" if plan.suggestion else "."
        raise EventError(
            f"the event would start nothing: {plan.reason}{suggestion} It was not published. To publish it for other "
            "subscribers, name the topic: --topic-arn"
        )
    if plan.problem:
        raise EventError(f"{plan.problem}. It was not published.")


def _other_content(follower: Follower, before: Execution, *, joins: bool) -> list[str]:
    """Refuse an event whose run has started with other content; a warning if it may still arrive at a join."""
    event = follower.event
    difference = follower.difference(before)
    if not difference:
        return []
    found = f"run {event.job_run_id!r} of job {event.job_name!r} has started at {before.start} with other content ({difference})"
    if not joins:
        raise EventError(f"{found}, so this event would start nothing. It was not published. Use a new run id.")
    return [f"{found}, so this event starts no trigger of the workflow again. It may arrive at a join"]


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
