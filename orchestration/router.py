"""Routes every delivery of one invocation: reads event and configuration, starts executions, and reports them.

A bad record does not stop the others. The router raises after it has tried every record, so that Lambda retries the whole
payload and then stores it in its failure destination. Executions that have started are duplicates in a retry.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from orchestration import strictjson
from orchestration.config import ConfigLoader
from orchestration.errors import ExecutionLookupError, OrchestrationError, ReplayError, RoutingError
from orchestration.events import Delivery, JobEvent, deliveries, read_event
from orchestration.executions import ExecutionClient, StartedExecution, same_event
from orchestration.plan import Plan, plan
from orchestration.replay import original_event_kind, select
from orchestration.settings import Settings
from orchestration.workflows import triggers_for

log = logging.getLogger(__name__)

LOG_DUPLICATE_CONFLICT = "duplicate of execution %s: %s"
"""Warning that the alarm duplicate-conflict matches (terraform/alarms.tf)."""

_IGNORED = "no status SUCCESS, and no decision APPROVED from the approvals topic"


@dataclass(frozen=True, slots=True)
class Router:
    """Routes invocations with one set of clients.

    Attributes:
        config: loads the configuration.
        step_functions: boto3 Step Functions client.
    """

    config: ConfigLoader
    step_functions: Any

    def route(self, payload: Any, request_id: str, settings: Settings) -> dict[str, Any]:
        """Route one invocation's payload: SNS records or a job event itself.

        Returns:
            ``{"records": [...]}``: for each record the executions, or IGNORED with the reason.

        Raises:
            RoutingError: at least one record failed; all others were routed.
        """
        reports, failures = [], []
        for delivery in deliveries(payload, request_id):
            if delivery.from_sns:
                log.info("SNS Message: %s", delivery.body)
            try:
                reports.append({"delivery": delivery.source, **self._deliver(delivery, settings)})
            except Exception as error:
                expected = isinstance(error, OrchestrationError | ClientError | BotoCoreError)
                log.error("Failed: %s: %s: %s", delivery.source, type(error).__name__, error, exc_info=not expected)
                failures.append((delivery, error))
                reports.append({"delivery": delivery.source, "status": "FAILED", "error": type(error).__name__})
        if failures:
            what = "; ".join(f"{delivery.source}: {type(error).__name__}: {error}" for delivery, error in failures)
            raise RoutingError(f"{len(failures)} of {len(reports)} records failed: {what}")
        return {"records": reports}

    def _deliver(self, delivery: Delivery, settings: Settings) -> dict[str, Any]:
        event = read_event(delivery, settings.approvals_topic_arn)
        executions = ExecutionClient(self.step_functions, settings)
        original: dict[str, Any] = {}
        if event.replay is not None:
            original = executions.describe(event.replay.of)
            event = replace(event, event_kind=original_event_kind(original, event.replay))
        about: dict[str, Any] = {
            "job_name": event.job_name,
            "job_run_id": event.job_run_id,
            "event_kind": event.event_kind,
        }
        if event.event_kind is None:
            found = f"status {event.fields.get('status')!r:.40}, decision {event.fields.get('decision')!r:.40}"
            return self._ignored(about, f"{_IGNORED} ({found})", event.warnings)
        config = self.config.load(settings)
        about |= {"config_source": config.source, "config_version": config.version}
        triggers = triggers_for(config.document, event.job_name, event.event_kind, settings)
        warnings = (*event.warnings, *config.warnings)
        if event.replay is not None and not triggers:
            raise ReplayError(
                f"the configuration no longer has {event.event_kind} triggers for job {event.job_name!r}. Restore them, or "
                "publish a new event"
            )
        if triggers is None:
            return self._ignored(about, f"the configuration has no workflow for job {event.job_name!r}", warnings)
        if not triggers:
            return self._ignored(about, f"workflow {event.job_name!r} has no {event.event_kind} triggers", warnings)
        selected, notes = list(enumerate(triggers)), list[str]()
        if event.replay is not None:
            selected, notes = select(event, event.replay, triggers, original, settings)
        planned = plan(event, selected, config, settings, delivery.delivery_id)
        started = self._start(planned, event, executions)
        report = self._report(planned, started, (*warnings, *notes, *planned.warnings))
        if event.wait_seconds:
            report["executions"] = _wait(report["executions"], executions, event.wait_seconds)
        return about | report

    def _start(self, planned: Plan, event: JobEvent, executions: ExecutionClient) -> list[StartedExecution]:
        started: list[StartedExecution] = []
        for execution in planned.executions:
            result = executions.start(execution)
            started.append(result)
            if result.status == "DUPLICATE" and result.existing and not same_event(result, event.fields):
                break  # Another event has this run id. To start more batches would mix both events.
        return started

    def _report(self, planned: Plan, started: list[StartedExecution], warnings: tuple[str, ...]) -> dict[str, Any]:
        conflict = [LOG_DUPLICATE_CONFLICT % (one.name, one.conflict) for one in started if one.conflict]
        for one in started:
            if one.status == "DUPLICATE" and not one.conflict:
                log.info("Duplicate: execution %s already exists; nothing started", one.name)
        for warning in (*warnings, *conflict):
            log.warning("%s", warning)
        items = []
        for execution, one in zip(planned.executions, started, strict=False):
            for position, item in zip(
                execution.input["routing"]["positions"], execution.input["triggers"], strict=True
            ):
                items.append((position, item, one))
        for _, item, one in items:
            if one.status == "STARTED" and item["type"] != "rejected":
                started_trigger = {"type": item["type"], "name": item["name"], "execution": one.name}
                log.info("Started: %s", strictjson.dumps(started_trigger))
            elif item["type"] == "rejected":
                log.error("Rejected: %s: %s: %s", item["name"], item["request"]["Error"], item["request"]["Cause"])
        return {
            "status": "STARTED" if any(one.status == "STARTED" for one in started) else "DUPLICATE",
            "executions": [one.report() for one in started],
            "triggers": [
                {"position": position, "type": item["type"], "name": item["name"]}
                for position, item, _ in items
                if item["type"] != "rejected"
            ],
            "rejected": [
                {"position": position, "name": item["name"], **item["request"]}
                for position, item, _ in items
                if item["type"] == "rejected"
            ],
            "warnings": [*warnings, *conflict],
        }

    def _ignored(self, about: dict[str, Any], reason: str, warnings: tuple[str, ...]) -> dict[str, Any]:
        log.info("Ignored: job %s run %s: %s", about["job_name"], about["job_run_id"], reason)
        for warning in warnings:
            log.warning("%s", warning)
        return about | {"status": "IGNORED", "reason": reason, "warnings": list(warnings)}


def _wait(reports: list[dict[str, Any]], executions: ExecutionClient, seconds: float) -> list[dict[str, Any]]:
    """Add status, error, cause and outcomes to each execution, when it ends or the time is over."""
    deadline = time.monotonic() + seconds
    return [{**report, **_ended(report["name"], executions, deadline)} for report in reports]


def _ended(name: str, executions: ExecutionClient, deadline: float) -> dict[str, Any]:
    """Status and outcomes of a started execution; UNKNOWN, without an error, if it cannot be read."""
    while True:
        try:
            described = executions.wait(name, deadline)
            result = {"execution_status": described["status"], "outcomes": executions.outcomes(described)}
            return result | {key: described[key] for key in ("error", "cause") if key in described}
        except (ExecutionLookupError, ClientError, BotoCoreError) as error:
            if time.monotonic() >= deadline:
                log.warning("Execution %s started, but it cannot be read: %s", name, error)
                return {"execution_status": "UNKNOWN", "outcomes": []}
        time.sleep(0.5)
