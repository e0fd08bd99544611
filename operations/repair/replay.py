"""Builds the replay of an execution, or of every execution that failed since a time. The router decides and starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import boto3

from operations.executions.ages import age
from operations.executions.listing import names_since
from operations.stack.deployed_router import DeployedRouter, RouterFailedError
from orchestration.errors import ReplayError
from orchestration.event.identity import execution_name
from orchestration.settings import EXECUTION_ARN
from orchestration.starting.executions import ExecutionClient
from orchestration.values.strictjson import JsonObject

Progress = Callable[[str], None]

FAILED_STATUSES = ("FAILED", "TIMED_OUT", "ABORTED")

WAIT_SECONDS = 60
"""Seconds that the router waits for the outcomes of a replay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedReplay:
    """A replay that is ready to send.

    Attributes:
        router: the router that started the execution.
        execution: name of the execution to replay.
        event: fields of the job event.
        options: ``only``, ``again`` and ``as_was`` of ``$replay``.
    """

    router: DeployedRouter
    execution: str
    event: JsonObject
    options: JsonObject

    @property
    def job(self) -> str:
        """Name of the upstream job."""
        return str(self.event["job_name"])

    def ask(self) -> JsonObject:
        """The router's record of a dry run: each trigger with the router's decision; starts nothing."""
        return self._send({"dry_run": True}, {})

    def send(self) -> JsonObject:
        """The router's record, with the outcomes of the new executions."""
        return self._send({}, {"$wait_seconds": WAIT_SECONDS})

    def _send(self, mode: JsonObject, more: JsonObject) -> JsonObject:
        request: JsonObject = {"of": self.execution, **self.options, **mode}
        return self.router.invoke({**self.event, "$replay": request, **more})[0]


def prepare(
    execution: str,
    *,
    function: str = "",
    only: Mapping[str, str] | None = None,
    again: bool = False,
    as_was: bool = False,
) -> PreparedReplay:
    """Read the execution's event and build its replay; starts nothing.

    Args:
        execution: ARN of the execution, or its name together with ``function``.
        function: name of the router Lambda; by default the name of the execution's state machine.
        only: trigger id to its id now; by default all triggers that failed.
        again: also start triggers that have started.
        as_was: send the original requests.

    Raises:
        ReplayError: the execution cannot be replayed.
        ExecutionLookupError: the execution does not exist, or cannot be read.
        RouterNotFoundError: the function does not exist.
    """
    arn = EXECUTION_ARN.fullmatch(execution)
    if arn is None and not function:
        raise ReplayError(
            f"execution {execution!r}: expected an execution's ARN, or its name together with --function."
        )
    router = DeployedRouter.find(function or (arn["machine"] if arn else ""), arn["region"] if arn else "")
    original = _executions(router).describe(arn["name"] if arn else execution)
    event = original.input.event
    if not {"job_name", "job_run_id"} <= event.keys():
        raise ReplayError(f"execution {original.name}: the router did not start it; its input has no job event.")
    options: JsonObject = {"only": dict(only)} if only else {}
    options |= {name: True for name, wanted in (("again", again), ("as_was", as_was)) if wanted}
    return PreparedReplay(router=router, execution=original.name, event=event, options=options)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedEvents:
    """Events that failed, with the router's decisions.

    Attributes:
        answers: a replay for each event, oldest first, with the record of its dry run.
        unanswered: executions that the router refuses to replay, with the reason.
    """

    answers: list[tuple[PreparedReplay, JsonObject]]
    unanswered: list[str]

    @property
    def count(self) -> int:
        """Number of triggers with an execution to start, also one that only follows a run."""
        return sum(_startable(record) for _, record in self.answers)

    def send(self) -> Iterator[JsonObject]:
        """Start the triggers, and yield the router's record of each event that has some."""
        for replay, record in self.answers:
            if _startable(record):
                yield replay.send()


def find_failed(function: str, since: str, job: str = "", progress: Progress = lambda _: None) -> FailedEvents:
    """Ask the router about each event with an execution that failed since a time; starts nothing.

    Args:
        function: name of the router Lambda.
        since: age as ``30m``, ``24h`` or ``7d``.
        job: name of the upstream job; by default every job.
        progress: called with a line for each execution.

    Raises:
        AgeError: ``since`` is not an age.
        RouterNotFoundError: the function does not exist.
    """
    begin = datetime.now(UTC) - age(since, "--since")
    router = DeployedRouter.find(function)
    found = FailedEvents(answers=[], unanswered=[])
    for replay in _prepare_each(router, begin, job, progress):
        progress(f"asking the router about {replay.execution}")
        try:
            found.answers.append((replay, replay.ask()))
        except RouterFailedError as error:
            found.unanswered.append(f"{replay.execution}: {error}")
    return found


def _prepare_each(router: DeployedRouter, begin: datetime, job: str, progress: Progress) -> list[PreparedReplay]:
    executions = _executions(router)
    found: dict[str, PreparedReplay] = {}
    for name in reversed(list(_failed_since(executions, begin))):
        progress(f"reading execution {name}")
        failed = executions.describe(name).input
        event, kind = failed.event, failed.routing.event_kind
        job_name, job_run_id = event.get("job_name"), event.get("job_run_id")
        if not isinstance(job_name, str) or not isinstance(job_run_id, str) or not kind:
            continue
        if not failed.items or job not in ("", job_name):
            continue
        # The executions of batches and replays belong to the event, and one event is one replay.
        root = execution_name(kind, job_name, job_run_id)
        found.setdefault(root, PreparedReplay(router=router, execution=root, event=event, options={}))
    return list(found.values())


def decisions(record: JsonObject) -> list[JsonObject]:
    """The router's decisions in its record of a replay: ``{id, now, type, name, attempt, action, reason?}``."""
    replay = record.get("replay")
    triggers = replay.get("triggers") if isinstance(replay, dict) else None
    return [one for one in triggers if isinstance(one, dict)] if isinstance(triggers, list) else []


def _startable(record: JsonObject) -> int:
    return sum(decision["action"] in ("WOULD_START", "WOULD_FOLLOW") for decision in decisions(record))


def _failed_since(executions: ExecutionClient, begin: datetime) -> Iterator[str]:
    """Names of the executions that started after ``begin`` and failed, newest first within each status."""
    for status in FAILED_STATUSES:
        yield from names_since(executions, begin, status)


def _executions(router: DeployedRouter) -> ExecutionClient:
    return ExecutionClient(boto3.client("stepfunctions", region_name=router.settings.region), router.settings)
