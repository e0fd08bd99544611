"""Targets of the triggers on the engine: one module for each trigger type.

A simulation creates the targets before the event and reads the payloads back after it. To add a trigger type, add a module
with the functions of ``Target``, and add the module to ``TARGETS``.
"""

from __future__ import annotations

from typing import Any, Protocol

from local.engine import Engine
from local.targets import eventbridge, glue_job, mwaa_dag, sqs_mwaa, step_function


class Target(Protocol):
    """The functions of each target module."""

    def create(self, engine: Engine, trigger: Any) -> None:
        """Create the trigger's target, if it does not exist."""

    def address(self, trigger: Any) -> str:
        """Return the target's unique name among the targets of its type; triggers with one address share a target."""

    def remove(self, engine: Engine, trigger: Any) -> None:
        """Delete the target, so that a simulation can show a missing target."""

    def received(self, engine: Engine, trigger: Any, run_id: str) -> Any:
        """Return the payload that the target received in the run, or None if it received nothing."""


TARGETS: dict[str, Target] = {
    "glue_job": glue_job,
    "step_function": step_function,
    "eventbridge": eventbridge,
    "mwaa_dag": mwaa_dag,
    "sqs_mwaa": sqs_mwaa,
}
