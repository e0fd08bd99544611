"""The result of a simulation: one published event, its executions, their triggers, and the received payloads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerResult:
    """The result of one trigger.

    Attributes:
        index: position of the item in the execution.
        trigger_id: id of the trigger in its workflow.
        status: ``TRIGGERED``, ``FAILED`` or ``LOST``. Lost: the service accepted the call, but the target received nothing.
        id: downstream run id.
        received: payload that the target received, read back from it.
    """

    index: int
    trigger_id: str
    type: str
    name: str
    status: str
    id: str = ""
    error: str = ""
    cause: str = ""
    received: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionResult:
    """One execution of the state machine.

    Attributes:
        status: ``STARTED`` or ``DUPLICATE``, as in the router's response.
        execution_status: status in Step Functions; ``RUNNING`` if the execution did not end before the timeout.
        transitions: number of states that it entered.
        batch_of: name of the execution that started this one for a batch, or empty.
    """

    name: str
    arn: str
    status: str
    execution_status: str
    error: str = ""
    cause: str = ""
    transitions: int = 0
    batch_of: str = ""
    triggers: list[TriggerResult] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The result of one published event.

    Attributes:
        status: ``STARTED``, ``DUPLICATE``, ``JOINED`` (it only arrived at joins), ``IGNORED``, ``FILTERED`` (the
            subscription's filter dropped the event) or ``FAILED`` (the router raised an error).
        reason: reason why the event started no execution, or the router's error.
        skipped: triggers whose condition the event does not meet: ``{id, type, name, reason}``.
        joins: reports of the joins at which the event arrived: ``{join, key, status, missing, ...}``.
        seconds: seconds from the publication to the end of the last execution.
    """

    topic: str
    message_id: str
    status: str
    reason: str = ""
    job_name: str = ""
    job_run_id: str = ""
    event_kind: str = ""
    executions: list[ExecutionResult] = field(default_factory=list)
    skipped: list[dict[str, Any]] = field(default_factory=list)
    joins: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def triggers(self) -> list[TriggerResult]:
        """The results of the triggers of all executions."""
        return [trigger for execution in self.executions for trigger in execution.triggers]

    @property
    def exit_code(self) -> int:
        """Exit code of ``simulate``: 0 all triggered, 1 some failed, 2 bad input, 3 nothing to trigger."""
        if self.status == "FAILED":
            return 2
        if self.status in ("IGNORED", "FILTERED"):
            return 3
        succeeded = all(execution.execution_status == "SUCCEEDED" for execution in self.executions)
        return 0 if succeeded and all(trigger.status == "TRIGGERED" for trigger in self.triggers) else 1
