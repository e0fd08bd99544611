"""The outcome of a published event is its own, not that of another event."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest

from local.simulation.simulator import Simulator
from operations.publishing.check import check
from operations.publishing.outcome import Outcome, wait
from operations.publishing.publish import publish
from operations.stack.deployed_router import DeployedRouter
from operations.stack.topics import EVENTS
from tests.conftest import Router
from tests.operations.publishing.stack import DOCUMENT, configuration, event, follower, text_of

Publishing = Callable[..., Outcome]
LONG = 120.0
"""Seconds of a wait that must end before its time."""


@pytest.fixture(scope="module")
def router(engine: Any) -> Router:
    return Router(Simulator.deploy(engine, DOCUMENT))


@pytest.fixture
def published(router: Router, deployed: DeployedRouter) -> Publishing:
    """Return a function that checks an event, publishes it and waits for the outcome."""

    def make(body: dict[str, Any], seconds: float = LONG, between: Callable[[], Any] = lambda: None) -> Outcome:
        following = follower(deployed, body)
        checked = check(following, text_of(body))
        between()
        publish(router.simulator.stack.topics[EVENTS], text_of(body))
        began = time.monotonic()
        outcome = wait(following, checked, seconds)
        assert time.monotonic() - began < LONG / 2
        return outcome

    return make


def test_first_start_is_no_duplicate(published: Publishing) -> None:
    body = event("both", "first-start")
    first, second = published(body), published(body)
    assert (first.status, second.status) == ("STARTED", "DUPLICATE")
    assert [execution["status"] for execution in first.executions] == ["STARTED"]
    assert [execution["status"] for execution in second.executions] == ["DUPLICATE"]
    assert (first.exit_code, second.exit_code) == (0, 0)


def test_other_event_of_the_run_is_a_conflict(router: Router, published: Publishing) -> None:
    body = event("images", "conflict", artifacts={"path": "mine"})
    other = event("images", "conflict", artifacts={"path": "theirs"})
    outcome = published(body, between=lambda: router.invoke(other))
    assert (outcome.status, outcome.executions, outcome.exit_code) == ("CONFLICT", [], 3)
    assert (
        'artifacts was {"path":"theirs"} and is now {"path":"mine"}. Nothing started for this event' in outcome.reason
    )
    assert outcome.to_json()["reason"] == outcome.reason


def test_conflict_shows_the_joins_of_the_event(router: Router, published: Publishing) -> None:
    router.invoke(event("both", "moved", week="1"))
    outcome = published(event("both", "moved", week="2"))
    assert (outcome.status, [(join.join, join.key) for join in outcome.joins]) == ("CONFLICT", [("weekly", "2")])


def test_event_of_a_join_only_arrives(published: Publishing) -> None:
    outcome = published(event("first", "r1", day="1", week="8"))
    assert (outcome.status, outcome.exit_code) == ("JOINED", 3)
    assert [(join.join, join.status) for join in outcome.joins] == [("daily", "WAITING"), ("weekly", "WAITING")]


def test_repeated_event_ends_the_wait_at_once(published: Publishing) -> None:
    published(event("first", "r1", day="2", week="9"))
    outcome = published(event("first", "r2", day="2", week="9"))
    assert (outcome.status, outcome.exit_code) == ("IGNORED", 3)
    assert [(join.status, join.first_run) for join in outcome.joins] == [("REPEATED", "r1")] * 2


def test_skipped_triggers_do_not_prolong_the_wait(published: Publishing) -> None:
    outcome = published(event("rows", "r1", day="3"))
    assert (outcome.status, [join.status for join in outcome.joins]) == ("JOINED", ["WAITING"])


def test_failed_trigger_of_the_event_is_exit_code_1(published: Publishing) -> None:
    outcome = published(event("images", "rejected"))
    assert (outcome.status, outcome.exit_code) == ("STARTED", 1)
    (execution,) = outcome.executions
    assert execution["execution_status"] == "FAILED"


def test_event_that_the_router_ignored_has_no_outcome(router: Router, published: Publishing) -> None:
    """The configuration changed after the check."""
    with contextlib.ExitStack() as stack:

        def change() -> None:
            stack.enter_context(configuration(router, '{"workflows": {}}'))

        outcome = published(event("images", "lost", artifacts={"path": "p"}), 2, between=change)
    assert (outcome.status, outcome.exit_code) == ("NO_OUTCOME", 1)
    assert outcome.to_json() == {"status": "NO_OUTCOME", "executions": []}
