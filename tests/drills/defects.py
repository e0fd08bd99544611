"""Defects of the router, as code at the end of its handler's module. Each drill must report one."""

from __future__ import annotations

RANDOM_NAMES = """
import uuid as _uuid
import orchestration.planning.plan as _plan
import orchestration.router as _routing
_plan.execution_name = _routing.execution_name = lambda *_: f"random-{_uuid.uuid4()}"
"""
"""A name for each delivery, so duplicates start."""

RANDOM_REPLAY_NAMES = """
import uuid as _uuid
import orchestration.replaying.replay as _replay
_replay.replay_name = lambda *_: f"random-{_uuid.uuid4()}"
"""
"""A name for each replay, so parallel replays start the same trigger."""

DROPPED = """
import orchestration.router as _routing
_route = _routing.Router.route

def _dropped(router, payload, request_id, settings):
    ignored = {"status": "IGNORED", "reason": "dropped", "rejected": [], "warnings": []}
    return {"records": [ignored]} if "run-1" in str(payload) else _route(router, payload, request_id, settings)

_routing.Router.route = _dropped
"""
"""Some events end with an answer and no start."""

NO_REQUIRED_CONFIGURATION = """
import dataclasses as _dataclasses
import orchestration.configuration.loader as _config
_load = _config.ConfigLoader.load
_config.ConfigLoader.load = lambda loader, settings, usable: _load(
    loader, _dataclasses.replace(settings, require_config=False), usable
)
"""
"""An unavailable configuration counts as an empty one."""

NO_LIMITS = """
import orchestration.planning.plan as _plan
_plan.MAX_INPUT = _plan.MAX_ITEM = 10**7
"""
"""Inputs of any size are sent to the services."""
