"""Targets of the triggers on the engine: one module for each trigger type.

A simulation creates the targets before the event and reads the payloads back after it. To add a trigger type, add a module
with the name of the type and the functions of ``Target``.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from typing import Any, Protocol, cast

from local.engine.engine import Engine
from orchestration.errors import OrchestrationError

FAILURE = "the run failed, as --failing-run asks"
"""The error of a run that a simulation lets fail."""


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


class MissingTargetError(OrchestrationError):
    """The local engine does not know a trigger type. The author of the type acts."""


@functools.cache
def target_of(kind: str) -> Target:
    """The target module of the trigger type ``kind``, imported at its first use.

    Raises:
        MissingTargetError: the type has no target module.
    """
    if importlib.util.find_spec(f"{__name__}.{kind}") is None:
        raise MissingTargetError(
            f"{kind}: the local engine cannot create its targets. Add local/simulation/targets/{kind}.py."
        )
    return cast(Target, importlib.import_module(f"{__name__}.{kind}"))
