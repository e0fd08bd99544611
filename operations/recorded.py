"""Reads the events of past executions. Step Functions keeps the input of an execution for 90 days after its end.

Source: docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html (execution history retention).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config

from operations.ages import age
from operations.deployed_router import DeployedRouter
from orchestration import strictjson
from orchestration.errors import ExecutionLookupError
from orchestration.events import EventKind
from orchestration.executions import ExecutionClient, routing_of
from orchestration.workflows import EVENT_KINDS

READERS = 8
"""Parallel DescribeExecution calls. AWS allows 15 a second after a burst of 300; the SDK waits when AWS throttles."""

Progress = Callable[[int, int], None]
"""Called with the numbers of executions read and listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """The event of an execution.

    Attributes:
        execution: name of the execution.
        text: the event as JSON.
        event_kind: list of the workflow that applied.
    """

    execution: str
    job_name: str
    job_run_id: str
    event_kind: EventKind
    text: str


def recorded_events(
    router: DeployedRouter, since: str, job: str = "", progress: Progress | None = None
) -> list[RecordedEvent]:
    """The events of the router's executions since a time, oldest first; each event once.

    Executions of batches and replays repeat an event. An execution that a person started has none.

    Args:
        router: the deployed router.
        since: age as ``30m``, ``24h`` or ``7d``.
        job: name of the upstream job; by default every job.
        progress: receives the numbers of executions.

    Raises:
        AgeError: ``since`` is not an age.
        ExecutionLookupError: an execution cannot be read.
    """
    begin = datetime.now(UTC) - age(since, "--recorded")
    config = Config(max_pool_connections=READERS, retries={"mode": "adaptive", "total_max_attempts": 10})
    client = boto3.client("stepfunctions", region_name=router.settings.region, config=config)
    executions = ExecutionClient(client, router.settings)
    found: dict[tuple[str, str, str], RecordedEvent] = {}
    with ThreadPoolExecutor(READERS) as pool:
        pending = [pool.submit(executions.describe, name) for name in _since(executions, begin)]
        try:
            for read, described in enumerate(map(_result, reversed(pending)), 1):
                if progress is not None:
                    progress(read, len(pending))
                event = _event(described) if described else None
                if event is not None and job in ("", event.job_name):
                    # A large event has several executions.
                    found.setdefault((event.event_kind, event.job_name, event.job_run_id), event)
        finally:
            pool.shutdown(cancel_futures=True)
    return list(found.values())


def _since(executions: ExecutionClient, begin: datetime) -> Iterator[str]:
    """Names of the executions that started after ``begin``, newest first."""
    pages = executions.client.get_paginator("list_executions")
    for page in pages.paginate(stateMachineArn=executions.settings.state_machine_arn):
        for one in page["executions"]:
            if one["startDate"] < begin:
                return  # docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html: sorted by time
            yield one["name"]


def _result(future: Future[dict[str, Any]]) -> dict[str, Any] | None:
    """The execution; None if Step Functions has deleted it since it was listed."""
    try:
        return future.result()
    except ExecutionLookupError as error:
        if error.missing:
            return None
        raise


def _event(described: dict[str, Any]) -> RecordedEvent | None:
    """The event, or None if the execution belongs to a batch, a replay or a person."""
    event, routing = described["input"].get("event"), routing_of(described["input"])
    kind = next((one for one in EVENT_KINDS if one == routing.get("event_kind")), None)
    if not isinstance(event, dict) or kind is None or "of" in routing or "replay" in routing:
        return None
    job, run = event.get("job_name"), event.get("job_run_id")
    if not isinstance(job, str) or not isinstance(run, str):
        return None
    return RecordedEvent(
        execution=described["name"], job_name=job, job_run_id=run, event_kind=kind, text=strictjson.dumps(event)
    )
