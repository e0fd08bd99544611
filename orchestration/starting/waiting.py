"""Adds the outcomes of started executions to the router's response (``$wait_seconds``)."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from orchestration.errors import DeadlineError, ExecutionLookupError, OrchestrationError
from orchestration.starting.executions import ExecutionClient, StartedExecution
from orchestration.starting.outcomes import to_json
from orchestration.values.strictjson import JsonObject

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.5


def wait_for_outcomes(
    started: Sequence[StartedExecution], executions: ExecutionClient, seconds: float
) -> list[JsonObject]:
    """Report each execution with status, error, cause and outcomes, when it ends or the time is over.

    The executions of batches follow the execution that started them, with ``batch_of``.
    """
    deadline = time.monotonic() + seconds
    waited: list[JsonObject] = []
    for execution in started:
        waited.append({**execution.report(), **_ended(execution.name, executions, deadline)})
        for batch in execution.input.batches:
            end = _ended(batch.execution, executions, deadline, may_be_missing=True)
            arn = executions.settings.execution_arn(batch.execution)
            about: JsonObject = {"name": batch.execution, "arn": arn, "status": "STARTED", "batch_of": execution.name}
            waited.append({**about, **end})
    return waited


def _ended(name: str, executions: ExecutionClient, deadline: float, *, may_be_missing: bool = False) -> JsonObject:
    """Status and outcomes of a started execution; UNKNOWN, without an error, if it cannot be read."""
    while True:
        try:
            execution = executions.wait(name, deadline)
            end: JsonObject = {
                "execution_status": execution.status,
                "outcomes": to_json(executions.outcomes(execution)),
            }
            end |= {"error": execution.error} if execution.error else {}
            return end | ({"cause": execution.cause} if execution.cause else {})
        except (OrchestrationError, ClientError, BotoCoreError) as error:
            if may_be_missing and isinstance(error, ExecutionLookupError) and error.missing:
                return {"execution_status": "NOT_STARTED", "outcomes": []}
            if time.monotonic() >= deadline or isinstance(error, DeadlineError):
                log.warning("Execution %s started, but it cannot be read: %s", name, error)
                return {"execution_status": "UNKNOWN", "outcomes": []}
        time.sleep(_POLL_SECONDS)
