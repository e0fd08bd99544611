"""The service integrations of the state machine: one for each trigger type, and the internal type ``batch``."""

from __future__ import annotations

from orchestration.input.item import BATCH
from orchestration.planning import batch
from orchestration.triggers import REGISTRY
from orchestration.triggers.base import ServiceIntegration

INTEGRATIONS: dict[str, ServiceIntegration] = {
    **{trigger.TYPE: trigger.INTEGRATION for trigger in REGISTRY},
    BATCH: batch.INTEGRATION,
}
"""Item type to the service call that the state machine makes for it."""
