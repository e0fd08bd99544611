"""Simulates events under the quotas of an account, with the project's retries, in SimPy."""

from __future__ import annotations

import random
import statistics
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import simpy

from analysis.plans.event_plan import FIXED_TRANSITIONS, TRANSITIONS_PER_ITEM
from bench.account import GLUE, Account, Bucket, Work
from orchestration.triggers.base import Retry
from orchestration.triggers.glue_job import GlueJob

SDK_ATTEMPTS = 3
"""Attempts of one call (tasks/downstream_orchestrator.py); a test compares them."""
LAMBDA_DELAYS = (60.0, 120.0)
"""Seconds before Lambda's second and third attempt of an asynchronous invocation.

Source: docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html.
"""
ROUTER_SECONDS, CALL_SECONDS = 0.15, 0.05
BUSY_SHARE = 0.99
"""A quota is saturated if the work used this share of what it refilled during the arrivals."""


@dataclass(slots=True)
class Outcome:
    """Counts of one simulation.

    Attributes:
        arrived: events that were published.
        started: events whose execution ended.
        failed_events: events in the failure bucket.
        failed_items: triggers that an execution reports as failed.
        refused: StartExecution calls that were throttled.
        rate: started events for each second of arrivals.
        p50: median seconds from the publication to the execution's end.
        p99: 99th percentile of the same.
        saturated: name of the quota with the largest use, if it was saturated; or empty.
    """

    arrived: int = 0
    started: int = 0
    failed_events: int = 0
    failed_items: int = 0
    refused: int = 0
    rate: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    saturated: str = ""

    @property
    def lost(self) -> int:
        """Events that are in no place."""
        return self.arrived - self.started - self.failed_events


class Tokens:
    """A token bucket in simulated time. Callers that wait get tokens in their order."""

    def __init__(self, environment: simpy.Environment, bucket: Bucket) -> None:
        self._environment, self._bucket = environment, bucket
        self._level, self._at, self.used = bucket.size, 0.0, 0.0

    def take(self) -> bool:
        """Take a token, if the bucket has one."""
        self._refill()
        if self._level < 1:
            return False
        self._level, self.used = self._level - 1, self.used + 1
        return True

    def wait(self, count: int) -> simpy.Event:
        """Event at the time at which ``count`` tokens are available to this caller."""
        self._refill()
        self._level, self.used = self._level - count, self.used + count
        return self._environment.timeout(max(0.0, -self._level / self._bucket.refill))

    def _refill(self) -> None:
        now = self._environment.now
        self._level = min(self._bucket.size, self._level + (now - self._at) * self._bucket.refill)
        self._at = now


def delay(retry: Retry, attempt: int, rng: random.Random) -> float:
    """Seconds that Step Functions waits before the retry with this number, from 1.

    Source: docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html (Retrying after an error).
    """
    seconds = retry.interval_seconds * retry.backoff ** (attempt - 1)
    seconds = min(seconds, retry.max_delay_seconds or seconds)
    return rng.uniform(0, seconds) if retry.jitter == "FULL" else seconds


@dataclass(slots=True)
class _Simulation:
    account: Account
    work: Work
    random: random.Random
    environment: simpy.Environment = field(default_factory=simpy.Environment)
    outcome: Outcome = field(default_factory=Outcome)
    latencies: list[float] = field(default_factory=list)
    running: int = 0
    starts: Tokens = field(init=False)
    transitions: Tokens = field(init=False)
    functions: simpy.Resource = field(init=False)
    glue_refused: bool = False

    def __post_init__(self) -> None:
        self.starts = Tokens(self.environment, self.account.starts)
        self.transitions = Tokens(self.environment, self.account.transitions)
        self.functions = simpy.Resource(self.environment, self.account.functions)

    def arrivals(self, rate: float, seconds: float) -> Generator[Any, Any, None]:
        """Events at random times."""
        while True:
            yield self.environment.timeout(self.random.expovariate(rate))
            if self.environment.now >= seconds:
                return
            self.outcome.arrived += 1
            self.environment.process(self.event())

    def event(self) -> Generator[Any, Any, None]:
        """One event: invocations of the router, then the execution."""
        published = self.environment.now
        for delay in (0.0, *LAMBDA_DELAYS):
            yield self.environment.timeout(delay)
            with self.functions.request() as function:
                yield function
                yield self.environment.timeout(ROUTER_SECONDS)
                started = yield from self.start()
            if started:
                yield from self.execution()
                self.outcome.started += 1
                self.latencies.append(self.environment.now - published)
                return
        self.outcome.failed_events += 1

    def start(self) -> Generator[Any, Any, bool]:
        """StartExecution with the SDK's attempts: botocore's standard mode waits up to 1, then 2 s."""
        for attempt in range(SDK_ATTEMPTS):
            if attempt:
                yield self.environment.timeout(self.random.random() * 2 ** (attempt - 1))
            if self.starts.take():
                return True
            self.outcome.refused += 1
        return False

    def execution(self) -> Generator[Any, Any, None]:
        """The states before the Map, every item at once, and the states after it."""
        yield self.transitions.wait(1)
        runs = [self.environment.process(self.glue_item()) for _ in range(self.work.glue_runs)]
        yield self.transitions.wait(TRANSITIONS_PER_ITEM * (self.work.triggers - self.work.glue_runs))
        yield self.environment.timeout(CALL_SECONDS)
        yield from runs
        yield self.transitions.wait(FIXED_TRANSITIONS - 1)

    def glue_item(self) -> Generator[Any, Any, None]:
        """A Glue run, with the retries of the trigger type."""
        yield self.transitions.wait(TRANSITIONS_PER_ITEM)
        yield self.environment.timeout(CALL_SECONDS)
        refusal = GlueJob.INTEGRATION.retries[0]
        for attempt in range(refusal.max_attempts + 1):
            if attempt:
                # A retry is a transition, too.
                yield self.transitions.wait(1)
                yield self.environment.timeout(delay(refusal, attempt, self.random))
            if self.running < self.account.glue_runs:
                self.running += 1
                self.environment.process(self.glue_run())
                return
            self.glue_refused = True
        self.outcome.failed_items += 1

    def glue_run(self) -> Generator[Any, Any, None]:
        """A run that uses the concurrency until it ends."""
        yield self.environment.timeout(self.work.run_seconds)
        self.running -= 1


def simulate(account: Account, work: Work, rate: float, seconds: float, seed: int) -> Outcome:
    """Simulate events that arrive for some time, until the last one has ended.

    Args:
        account: the quotas.
        work: the triggers of each event.
        rate: events a second, on average.
        seconds: duration of the arrivals.
        seed: of the random arrivals and of the SDK's waits.
    """
    one = _Simulation(account, work, random.Random(seed))  # noqa: S311 - a simulation, not a secret
    one.environment.process(one.arrivals(rate, seconds))
    one.environment.run(until=seconds)
    found = one.outcome
    shares = {
        "StartExecution": (one.starts.used + found.refused) / (account.starts.size + account.starts.refill * seconds),
        "transitions": one.transitions.used / (account.transitions.size + account.transitions.refill * seconds),
        GLUE: 1.0 if one.glue_refused else 0.0,
    }
    first = max(shares, key=lambda name: shares[name])
    found.saturated = first if shares[first] >= BUSY_SHARE else ""
    found.rate = found.started / seconds
    one.environment.run()
    if one.latencies:
        cuts = statistics.quantiles(one.latencies, n=100) if len(one.latencies) > 1 else one.latencies * 99
        found.p50, found.p99 = cuts[49], cuts[98]
    return found
