"""The simulation of quotas: conservation, saturation, and constants that the code shares."""

from __future__ import annotations

import dataclasses
import functools

import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import prices
from analysis.prices import EventSize, million_events
from bench import cost
from bench.account import GLUE, LARGE, SMALL, Account, Bucket, Work
from bench.simulation import LAMBDA_DELAYS, SDK_ATTEMPTS, Tokens, simulate
from local.stack import TIMEOUTS
from orchestration.triggers.glue_job import GlueJob
from tasks.downstream_orchestrator import _CLIENT

MESSAGES = Work(triggers=3)


accounts = st.builds(
    lambda starts, transitions, glue_runs, functions: Account(
        Bucket(starts, starts / 2), Bucket(transitions, transitions), glue_runs, functions
    ),
    st.integers(1, 50),
    st.integers(5, 200),
    st.integers(1, 5),
    st.integers(1, 10),
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(account=accounts, rate=st.floats(0.5, 60), seed=st.integers(0, 1_000))
def test_every_event_ends_in_one_place(account: Account, rate: float, seed: int) -> None:
    found = simulate(account, Work(triggers=2, glue_runs=1), rate, 10.0, seed)
    assert found.lost == 0
    assert found.arrived == found.started + found.failed_events
    assert found.failed_items <= found.started


def test_same_seed_gives_the_same_outcome() -> None:
    assert simulate(SMALL, MESSAGES, 120, 5.0, 1) == simulate(SMALL, MESSAGES, 120, 5.0, 1)
    assert simulate(SMALL, MESSAGES, 120, 5.0, 1) != simulate(SMALL, MESSAGES, 120, 5.0, 2)


@pytest.mark.parametrize(
    ("account", "work", "first", "rate"),
    [
        (LARGE, MESSAGES, "StartExecution", 300.0),
        (SMALL, MESSAGES, "transitions", 800 / 9),
        (SMALL, Work(triggers=1, glue_runs=1), GLUE, 50 / 300),
    ],
)
def test_first_limit_on_paper(account: Account, work: Work, first: str, rate: float) -> None:
    limits = account.limits(work)
    assert min(limits, key=lambda name: limits[name]) == first
    assert limits[first] == pytest.approx(rate)


@pytest.mark.parametrize("account", [LARGE, SMALL], ids=["large", "small"])
def test_simulation_agrees_with_the_limits_on_paper(account: Account) -> None:
    limits = account.limits(MESSAGES)
    first, largest = min(limits.items(), key=lambda item: item[1])
    below, above = (simulate(account, MESSAGES, share * largest, 30.0, 1) for share in (0.5, 2.0))
    assert (below.saturated, below.refused) == ("", 0)
    assert below.p99 == pytest.approx(0.2, abs=0.01)
    assert above.saturated == first
    assert above.rate < 1.5 * largest


def test_refused_starts_reach_the_failure_bucket() -> None:
    """Nothing refills the bucket, so only its tokens start events."""
    found = simulate(dataclasses.replace(SMALL, starts=Bucket(10, 1e-9)), MESSAGES, 100, 1.0, 1)
    assert found.started == 10
    assert found.failed_events == found.arrived - 10
    assert found.refused == found.failed_events * (1 + len(LAMBDA_DELAYS)) * SDK_ATTEMPTS == found.failed_events * 9


def test_refused_glue_runs_become_failed_items() -> None:
    work = Work(triggers=1, glue_runs=1, run_seconds=1e9)
    found = simulate(dataclasses.replace(SMALL, glue_runs=1), work, 2, 5.0, 1)
    assert found.failed_items == found.arrived - 1
    assert found.started == found.arrived


def test_waiting_callers_get_tokens_in_their_order() -> None:
    environment = simpy.Environment()
    tokens, ended = Tokens(environment, Bucket(2, 1)), list[tuple[str, float]]()

    def caller(name: str) -> object:
        yield tokens.wait(2)
        ended.append((name, environment.now))

    for name in "abc":
        environment.process(caller(name))  # type: ignore[arg-type]
    environment.run()
    assert ended == [("a", 0.0), ("b", 2.0), ("c", 4.0)]


def test_work_beyond_one_execution_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 40 triggers"):
        Work(triggers=41)


def test_retries_of_the_model_are_those_of_the_router() -> None:
    assert _CLIENT.retries["total_max_attempts"] == SDK_ATTEMPTS
    assert "Glue.ConcurrentRunsExceededException" in GlueJob.INTEGRATION.retries[0].errors
    assert TIMEOUTS["downstream_orchestrator"] > 60  # the router outlives its own retries


@functools.cache
def measured(count: int) -> EventSize:
    return cost.event(count)


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 3])
def test_measured_transitions_are_those_of_the_model(count: int) -> None:
    assert measured(count).transitions == Work(triggers=count).transitions


def test_price_of_a_million_events() -> None:
    one = EventSize(types=("glue_job", "sqs_mwaa"), transitions=9, body=1_000, router_log=2_000, machine_log=4_000)
    parts = million_events(one)
    assert parts["Step Functions: state transitions"] == pytest.approx(225.0)
    assert parts["CloudWatch: the router's log"] == pytest.approx(1.0)
    assert parts["CloudWatch: the state machine's log"] == pytest.approx(2.0)
    assert parts["SNS: messages and filter"] == pytest.approx(0.50 + 0.09)
    assert parts["Lambda: requests and duration"] == pytest.approx(0.20 + 1e6 * 0.2 * 0.5 * 0.0000133334)
    assert parts["Targets: SQS messages and EventBridge events"] == pytest.approx(0.40)
    assert cost.ours(one) == pytest.approx(sum(parts.values()))
    assert cost.for_loop(10) - cost.for_loop(1) == pytest.approx(1e6 * 9 * 0.05 * 0.5 * 0.0000133334)
    assert cost.event_bridge() < cost.for_loop(1) < cost.express(one) < cost.ours(one)


def test_prices_name_their_source() -> None:
    listed = [one for one in vars(prices).values() if isinstance(one, prices.Price)]
    assert len(listed) > 10
    assert all(one.page.startswith("aws.amazon.com/") for one in listed)
