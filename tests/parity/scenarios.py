"""Scenarios: an event, a configuration and a few deliveries, with what AWS does in between.

A scenario is JSON: ``{number, kind, environment, fate, steps}``. ``fate`` says how the driver's fake of Step Functions ends
the executions.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from tests.parity import deliveries, joins, sizes
from tests.parity.steps import Steps, environment

KINDS: dict[str, tuple[Callable[[random.Random], Steps], int]] = {
    "plain": (deliveries.plain, 16),
    "duplicates": (deliveries.duplicates, 10),
    "many triggers": (sizes.many, 5),
    "parts": (sizes.parts, 6),
    "limits": (sizes.limits, 8),
    "waiting": (deliveries.waiting, 7),
    "joins": (joins.joins, 15),
    "replays": (deliveries.replays, 15),
    "fallbacks": (deliveries.fallbacks, 10),
    "failing starts": (deliveries.failing_starts, 5),
    "envelopes": (deliveries.envelopes, 7),
    "hostile": (deliveries.hostile, 8),
}
"""Name of a kind to its function and its weight."""


def scenario(seed: int, number: int) -> str:
    """Line of scenario ``number``."""
    rng = random.Random(f"{seed}/{number}")
    kind = rng.choices(list(KINDS), [weight for _, weight in KINDS.values()])[0]
    steps = KINDS[kind][0](rng)
    fate: dict[str, Any] = {
        "seed": rng.randrange(10**6),
        "failing": rng.choice((0, 0.1, 0.4, 0.8)),
        "running": rng.choice((0, 0.1, 0.4)),
    }
    fate |= {
        "stopped": rng.choice((0, 0.1)),
        "lost_batches": rng.choice((0, 0, 0.3)),
        "hidden_items": rng.choice((0, 0.5)),
    }
    fate |= {"unversioned": True} if rng.random() < 0.06 else {}
    given = {"JOINS_TABLE": "joins"} if kind == "joins" and rng.random() < 0.95 else {}
    made = {"number": number, "kind": kind, "environment": environment(rng, **given), "fate": fate, "steps": steps}
    return json.dumps(made)
