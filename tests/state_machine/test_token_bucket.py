"""400 Glue triggers at once, while Glue accepts ten calls a second: each starts once.

The interpreter waits a fifth of the declared seconds, and the bucket refills five times as fast. The engine's calls are not
as simultaneous as those of Step Functions: ``bench/throttled_starts.py`` shows the effect of jitter.
"""

from __future__ import annotations

import threading
import time
import types
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl

from local.engine.engine import Engine
from local.engine.faults import Fault
from local.engine.patches.replace import replaced
from orchestration.planning.items import MAX_TRIGGERS
from tests.state_machine.harness import Machine, trigger

pytestmark = pytest.mark.slow

EVENTS = 10
CALLS_A_SECOND = 10
FASTER = 5
REFUSED = Fault(status=400, code="ThrottlingException", message="Rate exceeded")


@dataclass(slots=True)
class TokenBucket:
    """Refuses the calls that find no token, and counts them."""

    refused: int = 0
    _tokens: float = CALLS_A_SECOND
    _at: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, _: str) -> Fault | None:
        """The refusal of one call, or None."""
        with self._lock:
            now = time.monotonic()
            self._tokens = min(CALLS_A_SECOND, self._tokens + (now - self._at) * CALLS_A_SECOND * FASTER)
            self._at = now
            if self._tokens >= 1:
                self._tokens -= 1
                return None
            self.refused += 1
            return REFUSED


@pytest.fixture(scope="module")
def machine(engine: Engine) -> Iterator[Machine]:
    faster = types.SimpleNamespace(sleep=lambda seconds: time.sleep(seconds / FASTER))
    with replaced(retrier_decl, "time", faster):
        yield Machine(engine)


def test_400_glue_triggers_start_once_each(machine: Machine, engine: Engine) -> None:
    events = [[trigger("glue_job", f"{event}-{number}") for number in range(MAX_TRIGGERS)] for event in range(EVENTS)]
    bucket = TokenBucket()
    before = runs(engine, events)
    with engine.patch_context.faults.inject("glue.StartJobRun", bucket), ThreadPoolExecutor(EVENTS) as pool:
        began = time.monotonic()
        outcomes = [outcome for _, found in pool.map(machine.run, events) for outcome in found]
        seconds = (time.monotonic() - began) * FASTER
        calls = engine.patch_context.faults.calls["glue.StartJobRun"]
    print(  # noqa: T201 - shown by pytest -rP
        f"{len(outcomes)} triggers, {calls} calls, {bucket.refused} refused, "
        f"{seconds:.0f} s; statuses {dict(Counter(outcome['result']['status'] for outcome in outcomes))}"
    )
    started = runs(engine, events) - before
    assert bucket.refused > 0
    assert [outcome["result"]["status"] for outcome in outcomes] == ["TRIGGERED"] * EVENTS * MAX_TRIGGERS
    assert set(started.values()) == {1}
    assert len(started) == EVENTS * MAX_TRIGGERS


def runs(engine: Engine, events: list[list[dict[str, Any]]]) -> Counter[str]:
    """Number of runs of the triggers' job by ``--triggered_by_execution``."""
    pages = engine.client("glue").get_paginator("get_job_runs").paginate(JobName=events[0][0]["request"]["JobName"])
    return Counter(run["Arguments"].get("--triggered_by_execution", "") for page in pages for run in page["JobRuns"])
