"""Glue jobs start exactly once: answers that are lost after their effect, late lists, equal triggers, refusals and replays.

Each case is one trigger. Waits and lags run 50 times faster than their numbers, so their order stays.
"""

from __future__ import annotations

import json
import random
import time
import types
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

from local.engine.engine import Engine
from local.engine.faults import Fault
from local.engine.patches.replace import replaced
from local.simulation.simulator import Simulator
from orchestration.starting.executions import ExecutionClient
from tests.conftest import Router

SCALE = 1 / 50
LAGS = {"listed-at-once": 0, "listed-late": 10, "listed-later": 40, "listed-after-every-wait": 400}
"""Glue job to the seconds after which GetJobRuns lists its runs. The looks are 15 and 60 seconds after the start."""
MARKER = "--triggered_by_execution"
# Every job five times with the same arguments, so equal arguments do not identify a run.
TRIGGERS = [{"type": "glue_job", "job_name": job, "arguments": {"--x": "1"}} for job in LAGS for _ in range(5)]
CONFIG = {"workflows": {"storm": {"on_success": TRIGGERS}}}
FAULTS = (
    None,
    None,
    None,
    Fault(code="InternalServiceException", status=500, takes_effect=True),
    Fault(code="UnknownError", status=500, takes_effect=True),
    Fault(breaks="connection", takes_effect=True),
    Fault(breaks="timeout", takes_effect=True),
    Fault(code="InternalServiceException", status=500),
    Fault(breaks="connection"),
    Fault(code="ThrottlingException", message="Rate exceeded"),
    Fault(code="ConcurrentRunsExceededException"),
    Fault(code="OlderSdk", message="Rate exceeded"),  # a throttled call whose name an older SDK does not have
)


@contextmanager
def faster() -> Iterator[None]:
    """Let Wait states and retriers wait for a fiftieth of their seconds."""

    def wait(function: WaitFunction, env: Any, wait_seconds: int) -> None:
        time.sleep(wait_seconds * SCALE)

    quick = types.SimpleNamespace(sleep=lambda seconds: time.sleep(seconds * SCALE))
    with replaced(retrier_decl, "time", quick), replaced(WaitFunction, "_wait_interval", wait):
        yield


class Storm:
    """The deployed router, its Glue jobs, and random faults in StartJobRun."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.simulator = Simulator.deploy(engine, CONFIG)
        self.router = Router(self.simulator)
        self.executions = ExecutionClient(engine.client("stepfunctions"), self.simulator.settings)
        self.random = random.Random(0)
        self.faults: tuple[Fault | None, ...] = FAULTS

    def fault(self, body: str) -> Fault | None:
        assert MARKER in body
        return self.random.choice(self.faults)

    @contextmanager
    def lagging(self, seed: int, faults: tuple[Fault | None, ...] = FAULTS) -> Iterator[None]:
        """Lists lag and calls fail until the context closes."""
        self.random, self.faults = random.Random(seed), faults
        context = self.engine.patch_context
        context.job_run_lag.update({job: lag * SCALE for job, lag in LAGS.items()})
        try:
            with faster(), context.faults.inject("glue.StartJobRun", self.fault):
                yield
        finally:
            context.job_run_lag.clear()

    def publish(self, run: str, **fields: Any) -> list[str]:
        """Names of the executions that an event or a replay starts."""
        event = {"job_name": "storm", "job_run_id": run, "status": "SUCCESS", **fields}
        (record,) = self.router.invoke(event)["records"]
        return [execution["name"] for execution in record["executions"]]

    def outcomes(self, name: str) -> list[Any]:
        return list(self.executions.outcomes(self.executions.wait(name, time.monotonic() + 200)))

    def runs(self) -> Counter[str]:
        """Number of runs of each start."""
        pages = (
            page
            for job in LAGS
            for page in self.engine.client("glue").get_paginator("get_job_runs").paginate(JobName=job)
        )
        return Counter(run["Arguments"][MARKER] for page in pages for run in page["JobRuns"])

    def starts(self, name: str) -> list[str]:
        """Identities of the starts of an event's execution."""
        given = self.executions.describe(name).input
        return [str(item.to_json()["request"]["Arguments"][MARKER]) for item in given.triggers]  # type: ignore[index, call-overload]


@pytest.fixture(scope="module")
def storm(engine: Engine) -> Storm:
    return Storm(engine)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("events", "seed"), [(2, 1), pytest.param(50, 2, marks=pytest.mark.slow)], ids=["40-cases", "1000-cases"]
)
def test_every_trigger_starts_exactly_once(storm: Storm, events: int, seed: int) -> None:
    """Replays come when every list is complete, as a person waits who looks into the Glue console."""
    names: list[str] = []
    with storm.lagging(seed):
        for group in range(0, events, 5):
            started = [storm.publish(f"{seed}-{number}") for number in range(group, min(group + 5, events))]
            names += [name for (name,) in started]
            for (name,) in started:
                storm.outcomes(name)
    starts = [start for name in names for start in storm.starts(name)]
    assert len(starts) == len(set(starts)) == events * len(TRIGGERS)
    time.sleep(LAGS["listed-after-every-wait"] * SCALE)
    before = storm.runs()
    assert [start for start in starts if before[start] > 1] == []
    failed = Counter(outcome.error for name in names for outcome in storm.outcomes(name) if outcome.status == "FAILED")
    # Glue.GlueException: Glue refused three starts, so no run exists.
    assert failed["GlueRunUnknown"] > 0
    assert set(failed) <= {"GlueRunUnknown", "Glue.GlueException"}
    for attempt in range(6):
        faults: tuple[Fault | None, ...] = FAULTS if attempt == 0 else (None,)
        with storm.lagging(seed + attempt, faults):
            replays = [
                replay
                for number, name in enumerate(names)
                for replay in storm.publish(f"{seed}-{number}", **{"$replay": {"of": name}})
            ]
            for replay in replays:
                storm.outcomes(replay)
        time.sleep(LAGS["listed-after-every-wait"] * SCALE)
        if not replays:
            break
    after = storm.runs()
    assert ([start for start in starts if not after[start]], [start for start in starts if after[start] > 1]) == (
        [],
        [],
    )


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault is not None and fault.takes_effect])
def test_run_that_is_never_listed_is_unknown_and_starts_once(storm: Storm, fault: Fault) -> None:
    """The last lag is longer than every wait of the state machine."""
    run = f"never-{FAULTS.index(fault)}"
    with storm.lagging(0, (fault,)):
        (name,) = storm.publish(run)
        outcomes = storm.outcomes(name)
        calls = storm.engine.patch_context.faults.calls["glue.StartJobRun"]
    assert calls == len(TRIGGERS)
    statuses = {outcome.name: (outcome.status, outcome.error) for outcome in outcomes}
    assert statuses == {
        "listed-at-once": ("TRIGGERED", ""),
        "listed-late": ("TRIGGERED", ""),
        "listed-later": ("TRIGGERED", ""),
        "listed-after-every-wait": ("FAILED", "GlueRunUnknown"),
    }
    (cause,) = {json.loads(outcome.cause)["errorType"] for outcome in outcomes if outcome.status == "FAILED"}
    assert cause == "GlueRunUnknown"
    time.sleep(LAGS["listed-after-every-wait"] * SCALE)
    runs = storm.runs()
    assert [runs[start] for start in storm.starts(name)] == [1] * len(TRIGGERS)
    with faster():
        (first, *_) = replays = storm.publish(run, **{"$replay": {"of": name}})
        assert len(replays) == 5
        for replay in replays:
            (outcome,) = storm.outcomes(replay)
            assert outcome.status == "TRIGGERED"
    assert storm.runs() == runs, f"{first} started a second run"


def test_refusal_that_only_the_cause_names_starts_again(storm: Storm) -> None:
    """Twice; a third one fails the trigger with the error of Glue."""
    refused = Fault(code="OlderSdk", message="Rate exceeded", times=3 * len(TRIGGERS))
    with faster(), storm.engine.patch_context.faults.inject("glue.StartJobRun", refused):
        (name,) = storm.publish("refused")
        outcomes = storm.outcomes(name)
    assert {outcome.error for outcome in outcomes} == {"Glue.GlueException"}
    assert storm.engine.patch_context.faults.calls["glue.StartJobRun"] == 3 * len(TRIGGERS)
    assert "Rate exceeded" in outcomes[0].cause


def test_function_that_may_not_look_fails_as_unknown(storm: Storm) -> None:
    """Throttled for ever: the state machine names the error as the function's, so a replay looks."""
    context = storm.engine.patch_context
    lost = Fault(breaks="connection", takes_effect=True)
    with (
        faster(),
        context.faults.inject("glue.StartJobRun", lost),
        context.faults.inject("lambda.Invoke", Fault(code="TooManyRequestsException", status=429)),
    ):
        (name,) = storm.publish("no-look")
        outcomes = storm.outcomes(name)
    assert {outcome.error for outcome in outcomes} == {"GlueRunUnknown"}
    assert "the search for the run failed" in outcomes[0].cause
    runs = storm.runs()
    assert [runs[start] for start in storm.starts(name)] == [1] * len(TRIGGERS)
