"""A replay names triggers of the event, and successors that are unambiguous."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.errors import ReplayError
from orchestration.event.replay_request import Replay
from orchestration.replaying.named_triggers import check_named
from tests.orchestration.replaying.history import NAME, History, glue


def check(history: History, *only: tuple[str, str], **fields: Any) -> None:
    check_named(history.ledger(), Replay(of=NAME, only=only, **fields), only)


@pytest.fixture(scope="module")
def two() -> History:
    return History.of(glue("a"), glue("b"), glue("rows", when={"metrics": {"rows": [1]}}))


@pytest.fixture(scope="module")
def large() -> History:
    return History.of(*(glue(f"t{number:02}") for number in range(41)))


def test_triggers_of_the_event_are_accepted(two: History) -> None:
    check(two, ("a", "a"), ("b", "b"))
    check(two, ("a", "a"), as_was=True)
    check(two, ("a", "new"), ("b", "newer"))


def test_batches_and_their_triggers_are_accepted(large: History) -> None:
    check(large, ("batch:1", "batch:1"), ("t40", "t40"))


def test_unknown_trigger_is_refused_with_those_of_the_event(two: History) -> None:
    with pytest.raises(ReplayError) as caught:
        check(two, ("a", "a"), ("nobody", "nobody"))
    assert f"the event of execution {NAME!r} has no trigger 'nobody'. It has: a (glue_job a), b (glue_job b)" in str(
        caught.value
    )


def test_batch_of_an_event_without_batches_is_refused(two: History) -> None:
    with pytest.raises(ReplayError, match="has no trigger 'batch:1'"):
        check(two, ("batch:1", "batch:1"))


def test_skipped_trigger_is_refused_with_its_condition(two: History) -> None:
    with pytest.raises(
        ReplayError, match=r"'rows' of execution .* never started: its condition .* metrics.rows: found"
    ):
        check(two, ("rows", "rows"))


def test_successor_of_a_batch_is_refused(large: History) -> None:
    with pytest.raises(ReplayError, match=r"'batch:1' is a batch, .* Name it without '=new'"):
        check(large, ("batch:1", "new"))


def test_successor_of_an_original_request_is_refused(two: History) -> None:
    with pytest.raises(ReplayError, match=r"'a' has the successor 'new', but 'as_was' sends the original request"):
        check(two, ("a", "new"), as_was=True)


def test_other_trigger_of_the_event_cannot_be_a_successor(two: History) -> None:
    with pytest.raises(ReplayError, match=r"'b' is another trigger of the same event"):
        check(two, ("a", "b"))


def test_successor_of_an_earlier_replay_is_refused() -> None:
    """Two commands, one after the other, would start the new target twice."""
    history = History.of(glue("a"), glue("b"), failing={"a", "b"})
    history.failing.clear()
    history.upload(glue("new"))
    history.replay(only={"a": "new"})
    with pytest.raises(
        ReplayError, match=r"'new' is the successor of trigger 'a' since execution .*: --only a=new\. To"
    ):
        check(history, ("b", "new"))
    check(history, ("b", "new"), again=True)
    check(history, ("b", "newer"))
    check(history, ("a", "new"))
    assert history.aws.starts == {"new": 1}


def test_one_successor_of_two_triggers_is_refused(two: History) -> None:
    with pytest.raises(ReplayError, match="two triggers have the same successor"):
        check(two, ("a", "new"), ("b", "new"))
