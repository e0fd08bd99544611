"""Adds the outcomes of started executions to the router's response (``$wait_seconds``)."""

from __future__ import annotations

import logging
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from orchestration.errors import DeadlineError, ExecutionLookupError, OrchestrationError
from orchestration.starting.executions import ExecutionClient

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.5


def wait_for_outcomes(
    reports: list[dict[str, Any]], executions: ExecutionClient, seconds: float
) -> list[dict[str, Any]]:
    """Add status, error, cause and outcomes to each execution, when it ends or the time is over.

    The executions of batches follow the execution that started them, with ``batch_of``.
    """
    deadline = time.monotonic() + seconds
    waited = []
    for report in reports:
        waited.append({**report, **_ended(report["name"], executions, deadline)})
        for name in report.get("batches", ()):
            found = _ended(name, executions, deadline, may_be_missing=True)
            arn = executions.settings.execution_arn(name)
            waited.append({"name": name, "arn": arn, "status": "STARTED", "batch_of": report["name"], **found})
    return waited


def _ended(name: str, executions: ExecutionClient, deadline: float, *, may_be_missing: bool = False) -> dict[str, Any]:
    """Status and outcomes of a started execution; UNKNOWN, without an error, if it cannot be read."""
    while True:
        try:
            described = executions.wait(name, deadline)
            result = {"execution_status": described["status"], "outcomes": executions.outcomes(described)}
            return result | {key: described[key] for key in ("error", "cause") if key in described}
        except (OrchestrationError, ClientError, BotoCoreError) as error:
            if may_be_missing and isinstance(error, ExecutionLookupError) and error.missing:
                return {"execution_status": "NOT_STARTED", "outcomes": []}
            if time.monotonic() >= deadline or isinstance(error, DeadlineError):
                log.warning("Execution %s started, but it cannot be read: %s", name, error)
                return {"execution_status": "UNKNOWN", "outcomes": []}
        time.sleep(_POLL_SECONDS)
