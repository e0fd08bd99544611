"""Reports of what the router started, found or left out: one for each record, with its log lines."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.configuration.loader import LoadedConfig
from orchestration.configuration.workflows import ConfiguredTrigger
from orchestration.event.job_event import JobEvent
from orchestration.input.item import Item
from orchestration.input.routing import Skipped
from orchestration.starting.executions import StartedExecution
from orchestration.values import strictjson
from orchestration.values.strictjson import Json, JsonObject

if TYPE_CHECKING:
    from orchestration.joining.join_router import JoinReport

log = logging.getLogger(__name__)

_SUCCESS = ("SUCCESS", "SUCCEEDED", "SUCCESSFUL", "COMPLETED", "COMPLETE")
_APPROVED = ("APPROVED", "APPROVE")

LOG_DUPLICATE_CONFLICT = "duplicate of execution %s: %s"
"""Warning that the alarm duplicate-conflict matches (terraform/alarms.tf)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Report of one record.

    Attributes:
        status: STARTED, DUPLICATE, JOINED, IGNORED, DRY_RUN or NOT_STARTED; empty if ``fields`` has it.
        event: the job event, or None for a deadline.
        config: configuration that counted, or None if none was read.
        reason: why the event starts nothing.
        replay: the decisions of a replay, or None.
        executions: the executions, as ``StartedExecution.report``; None if the record can have none.
        triggers: the triggers of the executions.
        skipped: triggers whose condition the event does not meet.
        warnings: notes for people.
        joins: reports of the joins at which the event arrived.
        fields: the whole report of a deadline.
    """

    status: str = ""
    event: JobEvent | None = None
    config: LoadedConfig | None = None
    reason: str = ""
    replay: JsonObject | None = None
    executions: list[JsonObject] | None = None
    triggers: Sequence[Item] = ()
    skipped: Sequence[Skipped] = ()
    warnings: Sequence[str] | None = None
    joins: Sequence[JsonObject] = ()
    fields: JsonObject = field(default_factory=dict)

    def to_json(self) -> JsonObject:
        """The record in the response of the router."""
        report: JsonObject = {}
        if self.event is not None:
            report |= {
                "job_name": self.event.job_name,
                "job_run_id": self.event.job_run_id,
                "event_kind": self.event.event_kind,
            }
        if self.config is not None:
            report |= {"config_source": self.config.source, "config_version": self.config.version}
        report |= {"status": self.status} if self.status else {}
        report |= {"reason": self.reason} if self.reason else {}
        report |= {} if self.replay is None else {"replay": self.replay}
        skipped: JsonObject = {"skipped": [trigger.to_json() for trigger in self.skipped]} if self.skipped else {}
        warnings: JsonObject = {} if self.warnings is None else {"warnings": [*self.warnings]}
        joins: JsonObject = {"joins": [*self.joins]} if self.joins else {}
        if self.executions is None:
            return {**report, **warnings, **joins, **skipped, **self.fields}
        report["executions"] = [*self.executions]
        report["triggers"] = [_target(item) for item in self.triggers if not item.rejected]
        report["rejected"] = [_rejected(item) for item in self.triggers if item.rejected]
        return {**report, **skipped, **warnings, **joins, **self.fields}


def _target(item: Item) -> Json:
    return {"id": item.id, "type": item.type, "name": item.name}


def _rejected(item: Item) -> Json:
    return {"id": item.id, "type": item.target.type, "name": item.name, **item.request}


def ignored_reason(
    event: JobEvent,
    triggers: Sequence[ConfiguredTrigger] | None,
    skipped: Sequence[Skipped] = (),
    jobs: Sequence[str] = (),
) -> str:
    """The reason why an event starts nothing.

    Args:
        event: the event.
        triggers: the workflow's triggers for the event, or None if the configuration has no such workflow.
        skipped: those of them whose condition the event does not meet; all, because it starts nothing.
        jobs: names of the jobs in the configuration, to which the event's may look alike.
    """
    if event.event_kind is None:
        status, decision = (event.fields.get(name) for name in ("status", "decision"))
        return (
            "no status SUCCESS, and no decision APPROVED from the approvals topic "
            f"(status {status!r:.40}, decision {decision!r:.40}){_meant(status, _SUCCESS)}{_meant(decision, _APPROVED)}"
        )
    if triggers is None:
        return f"the configuration has no workflow for job {_unknown(event.job_name, jobs)}"
    if skipped:
        reasons = "; ".join(
            f"{trigger.id} ({trigger.type} {trigger.name}): {trigger.reason}" for trigger in skipped[:3]
        )
        more = f"; and {len(skipped) - 3} more" if len(skipped) > 3 else ""
        return f"no condition of the {len(skipped)} {event.event_kind} triggers matches: {reasons}{more}"
    return f"workflow {event.job_name!r} has no {event.event_kind} triggers"


def _unknown(job: str, jobs: Sequence[str]) -> str:
    """The name of a job that is not configured; escaped if it looks like one that is."""
    # Imported here: most events have a workflow, and each module slows the cold start.
    from orchestration.event.look_alikes import escaped, look_alike  # noqa: PLC0415

    other = look_alike(job, jobs)
    if not other:
        return repr(job)
    return f"{escaped(job)}, but has {escaped(other)}, which looks alike. Write both names with the same characters"


def _meant(value: Json, words: tuple[str, ...]) -> str:
    """Advice for a text that means the accepted one, the first of ``words``."""
    if isinstance(value, str) and value.strip().upper() in words:
        return f". Write {words[0]!r} instead of {value!r:.40}"
    return ""


def start_report(started: Sequence[StartedExecution], warnings: Sequence[str]) -> Report:
    """Report and log the executions of one event.

    Triggers are those of the executions themselves. A duplicate's execution may have others than the current configuration.
    """
    for execution in started:
        if execution.status == "DUPLICATE" and not execution.conflict:
            log.info("Duplicate: execution %s already exists; nothing started", execution.name)
        log_triggers(execution)
    conflicts = [
        LOG_DUPLICATE_CONFLICT % (execution.name, execution.conflict) for execution in started if execution.conflict
    ]
    skipped = started[0].input.routing.skipped
    log_notes([*warnings, *conflicts], skipped if started[0].status == "STARTED" else ())
    return Report(
        status="STARTED" if any(execution.status == "STARTED" for execution in started) else "DUPLICATE",
        executions=[execution.report() for execution in started],
        triggers=[item for execution in started for item in execution.triggers],
        skipped=skipped,
        warnings=[*warnings, *conflicts],
    )


def joined_report(
    event: JobEvent,
    config: LoadedConfig,
    joins: Sequence[JoinReport],
    warnings: Sequence[str],
    skipped: Sequence[Skipped],
) -> Report:
    """Report and log an event that arrived at joins and started nothing else."""
    arrived = "; ".join(f"join {join.join} key {join.key}: {join.status}" for join in joins)
    log.info("Joined: job %s run %s: %s", event.job_name, event.job_run_id, arrived)
    log_notes(warnings, skipped)
    arrivals = [join.to_json() for join in joins]
    return Report(status="JOINED", event=event, config=config, warnings=warnings, joins=arrivals, skipped=skipped)


def ignored_report(
    event: JobEvent,
    config: LoadedConfig | None,
    reason: str,
    warnings: Sequence[str],
    skipped: Sequence[Skipped] = (),
) -> Report:
    """Report and log an event that starts nothing."""
    log.info("Ignored: job %s run %s: %s", event.job_name, event.job_run_id, reason)
    log_notes(warnings, skipped)
    return Report(status="IGNORED", event=event, config=config, reason=reason, warnings=warnings, skipped=skipped)


def log_notes(warnings: Sequence[str], skipped: Sequence[Skipped] = ()) -> None:
    """Log each warning, and each trigger whose condition the event does not meet, with the reason."""
    for trigger in skipped:
        log.info("Skipped: %s", strictjson.dumps(trigger.to_json()))
    for warning in warnings:
        log.warning("%s", warning)


def log_triggers(execution: StartedExecution) -> None:
    """Log each trigger of an execution that this delivery started."""
    for item in execution.triggers if execution.status == "STARTED" else ():
        if item.rejected:
            log.error("Rejected: %s %s: %s: %s", item.id, item.name, item.request["Error"], item.request["Cause"])
        else:
            shown = {"id": item.id, "type": item.type, "name": item.name, "execution": execution.name}
            log.info("Started: %s", strictjson.dumps(shown))
