"""One module a trigger type, named like the type: its configurations, payloads, faults and permissions in the tests."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from orchestration.triggers import REGISTRY
from tests.trigger_types.base import TypeCases


def cases_of(kind: str) -> TypeCases:
    """The cases of the trigger type ``kind``."""
    cases: TypeCases = importlib.import_module(f"{__name__}.{kind}").CASES
    return cases


TYPE_CASES = {
    trigger.TYPE: cases_of(trigger.TYPE)
    for trigger in REGISTRY
    if importlib.util.find_spec(f"{__name__}.{trigger.TYPE}") is not None
}
"""Trigger type to its cases, in the registry's order. ``tests/contract/test_registry.py`` names a type without a file."""


def every_field_config() -> dict[str, Any]:
    """The configuration of the payload table: each type in both lists of the workflow ``upstream``."""
    workflow = {
        "description": "Every type, every field, both event kinds",
        "on_success": [{"type": kind, **cases.on_success.trigger} for kind, cases in TYPE_CASES.items()],
        "on_approval": [{"type": kind, **cases.on_approval.trigger} for kind, cases in TYPE_CASES.items()],
    }
    return {"$schema": "../orchestration/workflow_config.schema.json", "workflows": {"upstream": workflow}}
