"""Plans one event offline: the executions and requests that the router would make, and their cost.

The plan comes from the router's functions (``read_event``, ``triggers_for``, ``plan``), so it cannot differ from what the
router sends to StartExecution, except for the ids of the delivery and of the configuration's version.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from analysis.problem import nearest
from orchestration.configuration.joins import job_names, joins_of, key_of, valid_join
from orchestration.configuration.loader import LoadedConfig
from orchestration.errors import ConfigError, EventError, JoinError
from orchestration.event.job_event import Delivery, JobEvent, read_event
from orchestration.event.kinds import EventKind
from orchestration.event.look_alikes import look_alike
from orchestration.input.execution_input import ExecutionInput, input_of
from orchestration.input.item import AnyItem, Batch, Item
from orchestration.input.routing import Skipped
from orchestration.joining.join_router import refuse_large
from orchestration.planning import batch
from orchestration.planning.plan import plan
from orchestration.reports import ignored_reason
from orchestration.settings import Settings
from orchestration.triggers import BY_TYPE, PUBLISH, WaitingTrigger
from orchestration.triggers.base import ServiceIntegration
from orchestration.values.strictjson import JsonObject

DOLLARS_PER_MILLION = 25.0
"""Price of a million state transitions of a Standard state machine, us-east-1, the first month beyond the free tier
(aws.amazon.com/step-functions/pricing)."""

FIXED_TRANSITIONS, TRANSITIONS_PER_ITEM = 3, 2
"""State transitions of an execution, and of each item that starts at the first attempt."""
_MORE_IF_WAITING, _MORE_IF_PUBLISHED = 2, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPlan:
    """Plan of one event.

    Attributes:
        source: name of the event for people, as ``events.jsonl:3``.
        status: ``WOULD_START``, ``WOULD_JOIN`` (it only arrives at joins), ``IGNORED`` or ``FAILED``, which the router would
            raise.
        reason: why the event would start nothing.
        suggestion: the job of the configuration with the nearest name, if it has no workflow for the event's job.
        executions: input of each StartExecution call of the router, by name.
        triggers: every item, also those in batches.
        skipped: the triggers whose condition the event does not meet, with the reason.
        joins: joins at which the event would arrive: ``{join, key}``, or ``{join, error}``.
        iam_actions: actions that the state machine's role needs for these triggers.
        transitions: state transitions, if every trigger starts at the first attempt.
        warnings: warnings of the router.
    """

    source: str
    status: str
    reason: str = ""
    suggestion: str = ""
    job_name: str = ""
    job_run_id: str = ""
    event_kind: str = ""
    executions: dict[str, ExecutionInput] = field(default_factory=dict)
    triggers: list[Item] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    joins: list[dict[str, str]] = field(default_factory=list)
    iam_actions: list[str] = field(default_factory=list)
    transitions: int = 0
    warnings: list[str] = field(default_factory=list)

    @property
    def problem(self) -> str:
        """Reason why a person must act: the router would refuse the event, or would start none of its triggers. Or empty."""
        if self.status == "FAILED":
            return self.reason
        refused = next((join["error"] for join in self.joins if "error" in join), "")
        arrives = bool(self.joins)
        if refused or arrives or not self.triggers or not all(item.rejected for item in self.triggers):
            return refused
        first = self.triggers[0]
        return f"every trigger is rejected ({len(self.triggers)}), so nothing would start: {first.name}: {first.request['Cause']}"

    @property
    def dollars(self) -> float:
        """Price of the transitions."""
        return self.transitions * DOLLARS_PER_MILLION / 1_000_000

    @property
    def batches(self) -> int:
        """Number of batches that the state machine would start."""
        return sum(len(execution.batches) for execution in self.executions.values())

    def to_json(self) -> JsonObject:
        """The plan for programs: its fields, the inputs as Step Functions would receive them, and the price."""
        return {
            "source": self.source,
            "status": self.status,
            "reason": self.reason,
            "suggestion": self.suggestion,
            "job_name": self.job_name,
            "job_run_id": self.job_run_id,
            "event_kind": self.event_kind,
            "executions": {name: execution.to_json() for name, execution in self.executions.items()},
            "triggers": [item.to_json() for item in self.triggers],
            "skipped": [trigger.to_json() for trigger in self.skipped],
            "joins": [{**join} for join in self.joins],
            "iam_actions": [*self.iam_actions],
            "transitions": self.transitions,
            "warnings": [*self.warnings],
            "batches": self.batches,
            "dollars": self.dollars,
        }


def plan_event(
    text: str,
    config: LoadedConfig,
    settings: Settings,
    source: str = "the event",
    event_kind: EventKind | None = None,
) -> EventPlan:
    """Plan the event ``text`` under ``config``; a bad event is a plan with status FAILED.

    Args:
        text: the event as JSON, as published to SNS or as an execution's input has it.
        config: the configuration, with a usable document.
        settings: the router's environment.
        source: name of the event for people.
        event_kind: the kind that a router decided; by default the event's fields decide.
    """
    try:
        event = read_event(Delivery(source=source, body=text, topic_arn="(SNS)"))
        event = event if event_kind is None else dataclasses.replace(event, event_kind=event_kind)
    except EventError as error:
        return EventPlan(source=source, status="FAILED", reason=str(error))
    about: dict[str, Any] = {"source": source, "job_name": event.job_name, "job_run_id": event.job_run_id}
    if event.event_kind is None:
        return EventPlan(**about, status="IGNORED", reason=ignored_reason(event, None))
    about |= {"event_kind": event.event_kind, "joins": _joins(event, config, settings), "warnings": [*config.warnings]}
    triggers = config.triggers(event.job_name, event.event_kind, settings)
    try:
        planned = plan(event, triggers, config, settings, "") if triggers else None
    except EventError as error:
        return EventPlan(**about, status="FAILED", reason=str(error))
    about |= {"skipped": planned.skipped if planned is not None else []}
    if planned is None or not planned.items:
        jobs = job_names(config.document) if triggers is None else []
        # The reason names a job that looks alike.
        suggestion = "" if look_alike(event.job_name, jobs) else nearest(event.job_name, jobs)
        reason = ignored_reason(event, triggers, about["skipped"], jobs)
        status = "WOULD_JOIN" if about["joins"] else "IGNORED"
        return EventPlan(**about, status=status, reason="" if about["joins"] else reason, suggestion=suggestion)
    executions = {one.name: one.input for one in planned.pack(planned.items)}
    about["warnings"] += [*event.warnings, *planned.warnings]
    inputs = [each for execution in executions.values() for each in _with_batches(execution)]
    return EventPlan(
        **about,
        status="WOULD_START",
        executions=executions,
        triggers=planned.items,
        iam_actions=sorted(_actions(inputs)),
        transitions=sum(FIXED_TRANSITIONS + sum(map(_transitions, each.items)) for each in inputs),
    )


def _joins(event: JobEvent, config: LoadedConfig, settings: Settings) -> list[dict[str, str]]:
    found = []
    for name in joins_of(config.document, event.job_name) if event.event_kind == "on_success" else ():
        try:
            join = valid_join(config.document, name, settings)
            key = key_of(join, name, event.fields)
            refuse_large(join, name, event.fields)
            found.append({"join": name, "key": key})
        except (ConfigError, JoinError) as error:
            found.append({"join": name, "error": str(error)})
    return found


def _with_batches(execution: ExecutionInput) -> Iterator[ExecutionInput]:
    """The input of an execution, and of the executions of its batches."""
    yield execution
    for one_more in execution.batches:
        yield input_of(one_more, execution.event)


def _transitions(item: AnyItem) -> int:
    """Transitions of one item, if its run succeeds."""
    if isinstance(item, Batch) or not item.waits:
        return TRANSITIONS_PER_ITEM
    return TRANSITIONS_PER_ITEM + _MORE_IF_WAITING + (_MORE_IF_PUBLISHED if "publish" in item.request else 0)


def _actions(inputs: list[ExecutionInput]) -> set[str]:
    items = [item for execution in inputs for item in execution.items if isinstance(item, Batch) or not item.rejected]
    publishing = any(isinstance(item, Item) and "publish" in item.request for item in items)
    published = {PUBLISH.action} if publishing else set()
    return {allow.action for item in items for allow in _integration(item).iam} | published


def _integration(item: AnyItem) -> ServiceIntegration:
    if isinstance(item, Batch):
        return batch.INTEGRATION
    trigger = BY_TYPE[item.type]
    return trigger.RUN if item.waits and issubclass(trigger, WaitingTrigger) else trigger.INTEGRATION
