"""Reads the events of past executions. Step Functions keeps the input of an execution for 90 days after its end.

Source: docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html (execution history retention).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from operations.executions import listing
from operations.executions.ages import age
from operations.stack.deployed_router import DeployedRouter
from orchestration.event.kinds import EVENT_KINDS, EventKind
from orchestration.starting.executions import Execution
from orchestration.values import strictjson

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
    executions = listing.client(router)
    names = list(listing.names_since(executions, begin))[::-1]
    found: dict[tuple[str, str, str], RecordedEvent] = {}
    for read, execution in enumerate(listing.describe_each(executions, names), 1):
        if progress is not None:
            progress(read, len(names))
        event = _event(execution) if execution is not None else None
        if event is not None and job in ("", event.job_name):
            # A large event has several executions.
            found.setdefault((event.event_kind, event.job_name, event.job_run_id), event)
    return list(found.values())


def _event(execution: Execution) -> RecordedEvent | None:
    """The event, or None if the execution belongs to a batch, a replay or a person."""
    event, routing = execution.input.event, execution.input.routing
    kind = next((kind for kind in EVENT_KINDS if kind == routing.event_kind), None)
    if kind is None or routing.of or routing.replay is not None:
        return None
    job, run = event.get("job_name"), event.get("job_run_id")
    if not isinstance(job, str) or not isinstance(run, str):
        return None
    try:
        text = strictjson.dumps(event)
    except ValueError:  # NaN, in an execution that a person started
        return None
    return RecordedEvent(execution=execution.name, job_name=job, job_run_id=run, event_kind=kind, text=text)
