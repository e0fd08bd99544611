"""Lists executions of a deployed state machine, with the event of each one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import boto3
from botocore.config import Config

from operations.stack.deployed_router import DeployedRouter
from orchestration.errors import ExecutionLookupError
from orchestration.event.identity import name_prefix
from orchestration.input.routing import Routing
from orchestration.starting.executions import Execution, ExecutionClient

READERS = 8
"""Parallel DescribeExecution calls. AWS allows 15 a second after a burst of 300; the SDK waits when AWS throttles."""

STATUSES = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Conditions that an execution must meet; an empty one does not apply.

    Attributes:
        trigger: id, type or name of one of its triggers.
    """

    begin: datetime
    job: str = ""
    run: str = ""
    status: str = ""
    trigger: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One execution.

    Attributes:
        start: ISO 8601, UTC.
        seconds: duration; None while it is running.
        kind: ``event``, ``batch`` or ``replay``; ``other`` if the router did not start it.
        triggers: number of triggers, those of its batches included.
        cause: cause of a failure, which names the failed triggers.
    """

    name: str
    status: str
    start: str
    seconds: float | None
    kind: str
    job_name: str = ""
    job_run_id: str = ""
    event_kind: str = ""
    triggers: int = 0
    cause: str = ""


def client(router: DeployedRouter) -> ExecutionClient:
    """Client of the router's state machine, for parallel calls."""
    config = Config(max_pool_connections=READERS, retries={"mode": "adaptive", "total_max_attempts": 10})
    return ExecutionClient(
        boto3.client("stepfunctions", region_name=router.settings.region, config=config), router.settings
    )


def names_since(executions: ExecutionClient, begin: datetime, status: str = "") -> Iterator[str]:
    """Names of the executions that started after ``begin``, newest first.

    Source: docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html (results are sorted by time).
    """
    arguments = {"statusFilter": status} if status else {}
    pages = executions.client.get_paginator("list_executions")
    for page in pages.paginate(stateMachineArn=executions.settings.state_machine_arn, **arguments):
        for one in page["executions"]:
            if one["startDate"] < begin:
                return
            yield one["name"]


def describe_each(executions: ExecutionClient, names: Iterable[str]) -> Iterator[Execution | None]:
    """The executions in the order of ``names``, read in parallel; None for one that Step Functions has deleted.

    Raises:
        ExecutionLookupError: an execution cannot be read.
    """
    with ThreadPoolExecutor(READERS) as pool:
        pending = [pool.submit(executions.describe, name) for name in names]
        try:
            for future in pending:
                try:
                    yield future.result()
                except ExecutionLookupError as error:
                    if not error.missing:
                        raise
                    yield None
        finally:
            pool.shutdown(cancel_futures=True)


def listed(executions: ExecutionClient, wanted: Filter, limit: int) -> list[Listed]:
    """The newest executions that meet the conditions.

    The name of an execution begins with job and run, so a search for them reads only executions with such names.
    """
    prefix = name_prefix(wanted.job, wanted.run) if wanted.job else ""
    names = [name for name in names_since(executions, wanted.begin, wanted.status) if name.startswith(prefix)]
    found: list[Listed] = []
    for start in range(0, len(names), max(limit, READERS)):
        part = names[start : start + max(limit, READERS)]
        for execution in describe_each(executions, part):
            row = None if execution is None else _row(execution, wanted)
            found += [] if row is None else [row]
        if len(found) >= limit:
            break
    return found[:limit]


def _row(execution: Execution, wanted: Filter) -> Listed | None:
    event, routing, triggers = execution.input.event, execution.input.routing, execution.input.triggers
    job, run = str(event.get("job_name", "")), str(event.get("job_run_id", ""))
    texts = {text for trigger in triggers for text in (trigger.id, trigger.type, trigger.name)}
    if wanted.job not in ("", job) or wanted.run not in ("", run) or (wanted.trigger and wanted.trigger not in texts):
        return None
    start = datetime.fromisoformat(execution.start)
    stop = datetime.fromisoformat(execution.stop) if execution.stop else None
    return Listed(
        name=execution.name,
        status=execution.status,
        start=start.astimezone(UTC).isoformat(timespec="seconds"),
        seconds=None if stop is None else round((stop - start).total_seconds(), 1),
        kind=_kind(routing),
        job_name=job,
        job_run_id=run,
        event_kind=routing.event_kind,
        triggers=len(triggers),
        cause=execution.cause,
    )


def _kind(routing: Routing) -> str:
    if routing.replay is not None:
        return "replay"
    return "batch" if routing.of else "event" if routing.event_kind else "other"
