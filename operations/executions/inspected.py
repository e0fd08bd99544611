"""Plain data about one event: its executions, its triggers and their runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from operations.executions.timeline import Call, StateCount
from orchestration.input.routing import Skipped
from orchestration.values.strictjson import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One attempt of a trigger: the original execution, or a replay.

    Attributes:
        number: 0 for the original execution, else the number of the replay.
        execution: name of the execution.
        status: ``TRIGGERED``, ``FAILED``, ``RUNNING``, ``UNKNOWN`` (it stopped without an outcome) or ``NOT_STARTED``.
        id: downstream run id of a triggered one.
        url: page of the downstream run, or of its target, in the AWS console; empty if there is none.
        calls: the service calls.
    """

    number: int
    execution: str
    status: str
    id: str = ""
    url: str = ""
    error: str = ""
    cause: str = ""
    request: JsonObject = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedTrigger:
    """A trigger of the event with its runs, the original first."""

    id: str
    type: str
    name: str
    batch: str
    runs: list[Run]

    @property
    def status(self) -> str:
        """Status of the newest run."""
        return self.runs[-1].status


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """Everything about one event.

    Attributes:
        name: name of the event's first execution.
        url: page of that execution in the AWS console.
        executions: name, status, start and stop of the original executions, batches included.
        config_source: source and version of the configuration that decided.
        skipped: the triggers whose condition the event did not meet: ``{id, type, name, reason}``.
        states: visits of each state of the machine, of all those executions.
        replay: command that starts the failed triggers again; empty if none failed.
    """

    name: str
    arn: str
    url: str
    job_name: str
    job_run_id: str
    event_kind: str
    event: JsonObject
    config_source: str
    config_version: str
    executions: list[dict[str, str]]
    triggers: list[InspectedTrigger]
    skipped: list[Skipped]
    states: dict[str, StateCount]
    replay: str = ""
