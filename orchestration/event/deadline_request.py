"""Reads the reserved field ``$join_deadline`` of a direct invocation."""

from __future__ import annotations

from typing import NamedTuple

from orchestration.event.kinds import JOIN_DEADLINE
from orchestration.values.strictjson import Json


class DeadlineRequest(NamedTuple):
    """A request to decide a join at its deadline (direct invocation only).

    Attributes:
        join: name of the join.
        key: key of the arrivals.
    """

    join: str
    key: str


def read_deadline(payload: Json) -> DeadlineRequest | None:
    """The request in a payload; None if it has none."""
    value = payload.get(JOIN_DEADLINE) if isinstance(payload, dict) else None
    return DeadlineRequest(join=str(value.get("join")), key=str(value.get("key"))) if isinstance(value, dict) else None
