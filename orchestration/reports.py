"""Reports and logs what the router started, found or left out."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from orchestration.event.job_event import JobEvent
from orchestration.event.replay_request import Replay
from orchestration.planning.items import REJECTED, Item, declared
from orchestration.planning.skipped import Skipped, of_routing
from orchestration.starting.executions import StartedExecution, routing_of
from orchestration.values import strictjson

if TYPE_CHECKING:
    from orchestration.replaying.decisions import Decision

log = logging.getLogger(__name__)

_SUCCESS = ("SUCCESS", "SUCCEEDED", "SUCCESSFUL", "COMPLETED", "COMPLETE")
_APPROVED = ("APPROVED", "APPROVE")

LOG_DUPLICATE_CONFLICT = "duplicate of execution %s: %s"
"""Warning that the alarm duplicate-conflict matches (terraform/alarms.tf)."""


def ignored_reason(event: JobEvent, triggers: Sequence[object] | None, skipped: Sequence[Skipped] = ()) -> str:
    """The reason why an event starts nothing.

    Args:
        event: the event.
        triggers: the workflow's triggers for the event, or None if the configuration has no such workflow.
        skipped: those of them whose condition the event does not meet; all, because it starts nothing.
    """
    if event.event_kind is None:
        status, decision = (event.fields.get(name) for name in ("status", "decision"))
        return (
            "no status SUCCESS, and no decision APPROVED from the approvals topic "
            f"(status {status!r:.40}, decision {decision!r:.40}){_meant(status, _SUCCESS)}{_meant(decision, _APPROVED)}"
        )
    if triggers is None:
        return f"the configuration has no workflow for job {event.job_name!r}"
    if skipped:
        reasons = "; ".join(f"{one['id']} ({one['type']} {one['name']}): {one['reason']}" for one in skipped[:3])
        more = f"; and {len(skipped) - 3} more" if len(skipped) > 3 else ""
        return f"no condition of the {len(skipped)} {event.event_kind} triggers matches: {reasons}{more}"
    return f"workflow {event.job_name!r} has no {event.event_kind} triggers"


def _meant(found: object, words: tuple[str, ...]) -> str:
    """Advice for a text that means the accepted one, the first of ``words``."""
    if isinstance(found, str) and found.strip().upper() in words:
        return f". Write {words[0]!r} instead of {found!r:.40}"
    return ""


def start_report(started: Sequence[StartedExecution], warnings: Sequence[str]) -> dict[str, Any]:
    """Status, executions, triggers and warnings of one event.

    Triggers are those of the executions themselves. A duplicate's execution may have others than the current configuration.
    """
    for one in started:
        if one.status == "DUPLICATE" and not one.conflict:
            log.info("Duplicate: execution %s already exists; nothing started", one.name)
        _log_items(one)
    conflicts = [LOG_DUPLICATE_CONFLICT % (one.name, one.conflict) for one in started if one.conflict]
    items = [item for one in started for item in one.items()]
    skipped = of_routing(routing_of(started[0].input))
    log_notes([*warnings, *conflicts], skipped if started[0].status == "STARTED" else ())
    return {
        "status": "STARTED" if any(one.status == "STARTED" for one in started) else "DUPLICATE",
        "executions": [one.report() for one in started],
        **_items(items),
        **({"skipped": skipped} if skipped else {}),
        "warnings": [*warnings, *conflicts],
    }


def replay_report(
    replay: Replay, decisions: Sequence[Decision], already_started: int, warnings: Sequence[str]
) -> dict[str, Any]:
    """Status, decisions, executions, triggers and warnings of a replay."""
    started = [one.started for one in decisions if one.action == "STARTED" and one.started is not None]
    for execution in started:
        _log_items(execution)
    for one in decisions:
        if one.reason:
            log.info("Replay: %s %s %s: %s: %s", one.id, one.type, one.name, one.action, one.reason)
    warnings = [*warnings, *(warning for one in decisions for warning in one.warnings)]
    log_notes(warnings)
    status = "DRY_RUN" if replay.dry_run else "STARTED" if started else "NOT_STARTED"
    return {
        "status": status,
        "replay": {
            "of": replay.of,
            "triggers": [one.report(with_request=replay.dry_run) for one in decisions],
            "already_started": already_started,
        },
        "executions": [one.report() for one in started],
        **_items([item for one in started for item in one.items()]),
        "warnings": list(warnings),
    }


def log_notes(warnings: Sequence[str], skipped: Sequence[Skipped] = ()) -> None:
    """Log each warning, and each trigger whose condition the event does not meet, with the reason."""
    for one in skipped:
        log.info("Skipped: %s", strictjson.dumps(one))
    for warning in warnings:
        log.warning("%s", warning)


def _items(items: Sequence[Item]) -> dict[str, Any]:
    rejected = [item for item in items if item["type"] == REJECTED]
    return {
        "triggers": [
            {"id": item["id"], "type": item["type"], "name": item["name"]} for item in items if item["type"] != REJECTED
        ],
        "rejected": [
            {"id": item["id"], "type": declared(item)[0], "name": item["name"], **item["request"]} for item in rejected
        ],
    }


def _log_items(execution: StartedExecution) -> None:
    for item in execution.items() if execution.status == "STARTED" else ():
        if item["type"] == REJECTED:
            request = item["request"]
            log.error("Rejected: %s %s: %s: %s", item["id"], item["name"], request["Error"], request["Cause"])
        else:
            shown = {"id": item["id"], "type": item["type"], "name": item["name"], "execution": execution.name}
            log.info("Started: %s", strictjson.dumps(shown))
