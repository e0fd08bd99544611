"""What a simulation found: one published event, its executions, their triggers, and what each target received."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerResult:
    """What became of one trigger.

    Attributes:
        status: ``TRIGGERED``, ``FAILED``, or ``LOST``: the service accepted it, and nothing reached the target.
        received: what the target received, read back from it.
    """

    index: int
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
        started: ``STARTED`` by this event, or ``DUPLICATE``.
        status: as Step Functions has it; ``RUNNING`` where it had not ended in time.
        transitions: states entered.
    """

    name: str
    arn: str
    started: str
    status: str
    error: str = ""
    cause: str = ""
    transitions: int = 0
    triggers: list[TriggerResult] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What one published event did.

    Attributes:
        status: ``STARTED``, ``DUPLICATE``, ``IGNORED``, ``FILTERED`` (by the subscription), or ``FAILED`` (by the router).
        reason: why nothing was started, or the router's error.
        seconds: from the publication to the end of the last execution.
    """

    topic: str
    message_id: str
    status: str
    reason: str = ""
    job_name: str = ""
    job_run_id: str = ""
    event_kind: str = ""
    executions: list[ExecutionResult] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def triggers(self) -> list[TriggerResult]:
        """The triggers of all executions."""
        return [trigger for execution in self.executions for trigger in execution.triggers]

    @property
    def exit_code(self) -> int:
        """0 all triggered, 1 some failed, 2 bad input, 3 nothing to trigger."""
        if self.status == "FAILED":
            return 2
        if self.status in ("IGNORED", "FILTERED"):
            return 3
        succeeded = all(execution.status == "SUCCEEDED" for execution in self.executions)
        return 0 if succeeded and all(trigger.status == "TRIGGERED" for trigger in self.triggers) else 1
