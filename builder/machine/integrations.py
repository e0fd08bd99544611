"""The service integrations of the state machine: one for each trigger type, and the internal type ``batch``."""

from __future__ import annotations

from orchestration.input.item import BATCH
from orchestration.planning import batch
from orchestration.triggers import REGISTRY
from orchestration.triggers._start_look_up import StartLookUp
from orchestration.triggers.base import ServiceIntegration

LOOK_UPS: dict[str, StartLookUp] = {
    trigger.TYPE: trigger.START_LOOK_UP for trigger in REGISTRY if trigger.START_LOOK_UP is not None
}
"""Item type to the look-up of a start whose answer was lost."""

INTEGRATIONS: dict[str, ServiceIntegration] = {
    **{trigger.TYPE: trigger.INTEGRATION for trigger in REGISTRY},
    BATCH: batch.INTEGRATION,
}
"""Item type to the service call that the state machine makes for it."""


def variants(integration: ServiceIntegration) -> tuple[tuple[str, ServiceIntegration], ...]:
    """The call of each Task state, with the path whose presence its rule tests, or empty.

    They are in the order of the Choice's rules.
    A call with an optional parameter has two states, because a Task state cannot leave out a path that does not exist.
    """
    name, plain = integration.optional_parameter, integration._replace(optional_parameter="")
    if not name:
        return (("", plain),)
    path = f"$.request.{name}"
    parameters = {**integration.parameters, f"{name}.$": path}
    return ((path, plain._replace(state=f"{integration.state} with {name}", parameters=parameters)), ("", plain))
