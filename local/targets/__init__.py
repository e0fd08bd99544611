"""What triggers start, on the engine: made before an event, and asked afterwards what they received.

Add a new trigger type's target here. Each module has ``create(engine, trigger)``, which makes the target that the
trigger names, ``received(engine, trigger, run_id)``, which reads back what reached it, and two that let it be missing.
"""

from __future__ import annotations

from typing import Any, Protocol

from local.engine import Engine
from local.targets import eventbridge, glue_job, mwaa_dag, sqs_mwaa, step_function


class Target(Protocol):
    """What a module of this package offers."""

    def create(self, engine: Engine, trigger: Any) -> None:
        """Make the target that the trigger names, if it is not there."""

    def address(self, trigger: Any) -> str:
        """What tells the target from every other of its type: triggers with one address share one target."""

    def remove(self, engine: Engine, trigger: Any) -> None:
        """Make the target missing."""

    def received(self, engine: Engine, trigger: Any, run_id: str) -> Any:
        """What the target received in the run, or None where nothing reached it."""


TARGETS: dict[str, Target] = {
    "glue_job": glue_job,
    "step_function": step_function,
    "eventbridge": eventbridge,
    "mwaa_dag": mwaa_dag,
    "sqs_mwaa": sqs_mwaa,
}
