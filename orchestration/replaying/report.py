"""Reports and logs a replay."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from orchestration.event.replay_request import Replay
from orchestration.replaying.decisions import STARTS, Decision
from orchestration.reports import Report, log_notes, log_triggers
from orchestration.starting.executions import StartedExecution
from orchestration.values import strictjson
from orchestration.values.strictjson import JsonObject

MAX_REQUESTS = 4_000_000
"""Bytes of the requests in one answer. An answer of Lambda has at most 6 MB.

Source: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (invocation payload).
"""

log = logging.getLogger(__name__)


def replay_report(
    replay: Replay, decisions: Sequence[Decision], already_started: int, warnings: Sequence[str]
) -> Report:
    """Report and log the decisions of a replay, and the executions that it started."""
    started = started_by(decisions)
    for execution in started:
        log_triggers(execution)
    for decision in decisions:
        if decision.reason:
            about = (decision.id, decision.type, decision.name, decision.action, decision.reason)
            log.info("Replay: %s %s %s: %s: %s", *about)
    triggers, left_out = _with_requests(decisions) if replay.dry_run else (_without_requests(decisions), 0)
    warnings = [*warnings, *(warning for decision in decisions for warning in decision.warnings)]
    if left_out:
        warnings.append(
            f"the answer leaves out the requests of {left_out} triggers, because all requests together exceed "
            f"{MAX_REQUESTS:,} bytes. Ask for a trigger without 'input' alone: --only ID --dry-run"
        )
    log_notes(warnings)
    return Report(
        status="DRY_RUN" if replay.dry_run else _status(decisions),
        replay={
            "of": replay.of,
            "triggers": [*triggers],
            "already_started": already_started,
        },
        executions=[execution.report() for execution in started],
        triggers=[item for execution in started for item in execution.triggers],
        warnings=warnings,
    )


def _without_requests(decisions: Sequence[Decision]) -> list[JsonObject]:
    return [decision.report(with_request=False) for decision in decisions]


def _with_requests(decisions: Sequence[Decision]) -> tuple[list[JsonObject], int]:
    """The reports with their requests while these fit into the answer, and the number of reports without theirs."""
    reports, room, left_out = [], MAX_REQUESTS, 0
    for decision in decisions:
        report = decision.report(with_request=True)
        needed = strictjson.size(report.get("input"))
        if needed > room:
            report, left_out = decision.report(with_request=False), left_out + 1
        else:
            room -= needed
        reports.append(report)
    return reports, left_out


def started_by(decisions: Sequence[Decision]) -> list[StartedExecution]:
    """The executions that a replay started, to start a run or to follow one."""
    return [
        decision.started
        for decision in decisions
        if decision.action in STARTS.values() and decision.started is not None
    ]


def _status(decisions: Sequence[Decision]) -> str:
    """``STARTED`` only if a run may start; ``FOLLOWED`` if attempts only follow runs."""
    actions = {decision.action for decision in decisions}
    return next((action for action in STARTS.values() if action in actions), "NOT_STARTED")
