"""Describes how two events of one run id differ."""

from __future__ import annotations

from orchestration.values import strictjson
from orchestration.values.strictjson import JsonObject

_ABSENT = object()


def changes(before: JsonObject, now: JsonObject) -> str:
    """Up to five fields that differ, each with both values."""
    fields = sorted(key for key in before.keys() | now.keys() if before.get(key, _ABSENT) != now.get(key, _ABSENT))
    return ", ".join(f"{key} was {_shown(before, key)} and is now {_shown(now, key)}" for key in fields[:5])


def _shown(event: JsonObject, key: str) -> str:
    return f"{strictjson.dumps(event[key])[:60]}" if key in event else "absent"
