"""Reports and logs a replay."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from orchestration.event.replay_request import Replay
from orchestration.replaying.decisions import Decision
from orchestration.reports import Report, log_notes, log_triggers
from orchestration.starting.executions import StartedExecution

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
    warnings = [*warnings, *(warning for decision in decisions for warning in decision.warnings)]
    log_notes(warnings)
    return Report(
        status="DRY_RUN" if replay.dry_run else "STARTED" if started else "NOT_STARTED",
        replay={
            "of": replay.of,
            "triggers": [decision.report(with_request=replay.dry_run) for decision in decisions],
            "already_started": already_started,
        },
        executions=[execution.report() for execution in started],
        triggers=[item for execution in started for item in execution.triggers],
        warnings=warnings,
    )


def started_by(decisions: Sequence[Decision]) -> list[StartedExecution]:
    """The executions that a replay started."""
    return [decision.started for decision in decisions if decision.action == "STARTED" and decision.started is not None]
