"""The model of throttled Glue triggers: jitter lets each one start."""

from __future__ import annotations

import random

import pytest

from bench.account import Bucket
from bench.quotas import GLUE_BUCKET, GLUE_TRIGGERS
from bench.simulation import delay
from bench.throttled_starts import THROTTLED, retrier, simulate
from orchestration.triggers.base import Retry

EXACT = Retry(errors=("E",), reason="r", interval_seconds=2, max_attempts=3, max_delay_seconds=5, jitter="NONE")


def test_retrier_is_that_of_a_throttled_start() -> None:
    assert THROTTLED in retrier().errors


@pytest.mark.parametrize("seed", range(5))
def test_jitter_lets_400_throttled_triggers_start(seed: int) -> None:
    with_jitter = simulate(GLUE_TRIGGERS, GLUE_BUCKET, retrier(), seed)
    without = simulate(GLUE_TRIGGERS, GLUE_BUCKET, retrier()._replace(jitter="NONE"), seed)
    assert with_jitter.failed == 0
    assert without.failed > GLUE_TRIGGERS / 2
    assert with_jitter.calls < without.calls
    assert GLUE_TRIGGERS / GLUE_BUCKET.refill - 1 <= with_jitter.seconds <= 120


def test_triggers_beyond_the_retries_fail() -> None:
    starts = simulate(5, Bucket(2, 0), EXACT, 1)
    assert (starts.failed, starts.calls) == (3, 2 + 3 * 4)


def test_delay_grows_to_its_bound_and_jitter_shortens_it() -> None:
    rng = random.Random(1)
    assert [delay(EXACT, attempt, rng) for attempt in (1, 2, 3)] == [2, 4, 5]
    shorter = [delay(EXACT._replace(jitter="FULL"), 3, rng) for _ in range(200)]
    assert 0 <= min(shorter) < 0.5
    assert 4.5 < max(shorter) <= 5
