"""Simulates Glue triggers that start at once under a token bucket, with the generated retrier, in SimPy."""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any, NamedTuple

import simpy

from bench.account import Bucket
from bench.simulation import CALL_SECONDS, Tokens, delay
from orchestration.triggers.base import Retry
from orchestration.triggers.glue_job import GlueJob

THROTTLED = "Glue.ThrottlingException"


class Starts(NamedTuple):
    """Counts of one simulation.

    Attributes:
        calls: calls of StartJobRun, with the refused ones.
        failed: triggers whose retries are used up.
        seconds: time until the last trigger started.
    """

    calls: int
    failed: int
    seconds: float


def retrier() -> Retry:
    """The retrier of a throttled StartJobRun."""
    return next(retry for retry in GlueJob.INTEGRATION.retries if THROTTLED in retry.errors)


def simulate(triggers: int, bucket: Bucket, retry: Retry, seed: int) -> Starts:
    """Start all triggers at once."""
    environment, rng = simpy.Environment(), random.Random(seed)  # noqa: S311 - a simulation, not a secret
    tokens = Tokens(environment, bucket)
    calls, failed, seconds = 0, 0, 0.0

    def trigger() -> Generator[Any, Any, None]:
        nonlocal calls, failed, seconds
        for attempt in range(retry.max_attempts + 1):
            if attempt:
                yield environment.timeout(delay(retry, attempt, rng))
            yield environment.timeout(rng.random() * CALL_SECONDS)
            calls += 1
            if tokens.take():
                seconds = environment.now
                return
        failed += 1

    for _ in range(triggers):
        environment.process(trigger())
    environment.run()
    return Starts(calls, failed, seconds)
