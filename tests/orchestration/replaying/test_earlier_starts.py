"""A replay of an attempt that may have started names the starts for which the state machine looks first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from orchestration.event.identity import downstream_run_id, replay_name
from tests.orchestration.replaying.history import NAME, History, glue, machine


def unknown(history: History, *names: str, error: str = "GlueRunUnknown") -> None:
    """Let the failed items of executions have another error."""
    for name in names:
        for outcome in history.aws.executions[name]["outcomes"]:
            outcome["error"] = {"Error": error, "Cause": "no answer"}


def attempt(number: int) -> str:
    return replay_name("on_success", "j", "r", "a", number)


def request(history: History, number: int) -> dict[str, Any]:
    """Request that a replay sent to the state machine."""
    (item,) = history.input(attempt(number))["triggers"]
    return dict(item["request"])


def start(generation: int = 0, job: str = "a") -> dict[str, Any]:
    """The start of an attempt; the fake's executions all start at one time."""
    arguments = {"--triggered_by_execution": downstream_run_id(NAME, "a", generation)}
    return {"JobName": job, "Arguments": arguments, "since": "2026-01-01T00:00:00+00:00"}


def test_replay_of_an_unknown_run_looks_for_it_first() -> None:
    history = History.of(glue("a"), failing={"a"})
    unknown(history, NAME)
    history.replay()
    assert request(history, 1)["look_for"] == [start()]
    # The replay keeps the generation, so its run has the identity for which the next replay looks.
    assert request(history, 1)["Arguments"]["--triggered_by_execution"] == downstream_run_id(NAME, "a")


def test_replay_of_a_refused_run_does_not_look() -> None:
    history = History.of(glue("a"), failing={"a"})
    unknown(history, NAME, error="Glue.EntityNotFoundException")
    history.replay()
    assert "look_for" not in request(history, 1)


def test_replay_looks_for_every_unknown_generation() -> None:
    """Attempts 0 and 1 have one identity, and --again gives attempt 2 another one."""
    history = History.of(glue("a"), failing={"a"})
    unknown(history, NAME)
    history.replay()
    unknown(history, attempt(1))
    history.replay(only=["a"], again=True)
    unknown(history, attempt(2))
    history.replay()
    assert request(history, 3)["look_for"] == [start(), start(2)]


def test_start_that_is_known_is_not_looked_for() -> None:
    """The first run started, and a person wanted one more."""
    history = History.of(glue("a"))
    history.failing.add("a")
    history.replay(only=["a"], again=True)
    unknown(history, attempt(1))
    history.replay()
    assert request(history, 2)["look_for"] == [start(1)]


def test_again_starts_without_a_look() -> None:
    history = History.of(glue("a"), failing={"a"})
    unknown(history, NAME)
    history.replay(only=["a"], again=True)
    assert "look_for" not in request(history, 1)
    assert request(history, 1)["Arguments"]["--triggered_by_execution"].endswith("-a-r1")


def test_original_request_is_looked_for_too() -> None:
    history = History.of(glue("a"), failing={"a"})
    unknown(history, NAME)
    history.replay(as_was=True)
    assert request(history, 1)["look_for"] == [start()]


def test_run_of_a_job_with_another_name_now_is_looked_for() -> None:
    history = History.of(glue("a"), failing={"a"})
    unknown(history, NAME)
    history.upload(glue("a", job_name="other"))
    history.replay()
    assert request(history, 1)["JobName"] == "other"
    assert request(history, 1)["look_for"] == [start(job="a")]


@pytest.mark.parametrize(
    ("now", "words"),
    [(machine("a"), "a step_function"), (glue("a", wait=True), "a glue_job with wait")],
    ids=["machine", "wait"],
)
def test_trigger_that_cannot_look_now_is_left_out(now: dict[str, Any], words: str) -> None:
    history = History.of(glue("a"), failing={"a"})
    unknown(history, NAME)
    history.upload(now)
    (decision,) = history.replay()
    assert decision["action"] == "LEFT_OUT"
    assert decision["reason"] == (
        f"an earlier attempt may have started Glue job a, and its entry is now {words}, which cannot look for that run. Look in "
        f"the Glue console for --triggered_by_execution = {downstream_run_id(NAME, 'a')}. If no run has it: --only a --again"
    )
    (again,) = history.replay(only=["a"], again=True)
    assert again["action"] == "STARTED"


def test_original_request_can_look_although_the_entry_cannot() -> None:
    history = History.of(glue("a"), failing={"a"})
    unknown(history, NAME)
    history.upload(machine("a"))
    (decision,) = history.replay(as_was=True)
    assert (decision["action"], request(history, 1)["look_for"]) == ("STARTED", [start()])


def test_look_begins_at_the_first_attempt_of_a_generation() -> None:
    """A later time would end the search before it reaches the first attempt's run."""
    history = History.of(glue("a"), failing={"a"})
    unknown(history, NAME)
    history.replay()
    unknown(history, attempt(1))
    history.aws.executions[attempt(1)]["start"] = datetime(2026, 1, 2, tzinfo=UTC)
    history.replay()
    assert request(history, 2)["look_for"] == [start()]


def test_replay_looks_for_the_runs_of_two_jobs() -> None:
    """The entry named another job between two attempts of one generation, so both have one argument."""
    history = History.of(glue("a"), failing={"a"})
    unknown(history, NAME)
    history.upload(glue("a", job_name="other"))
    history.replay()
    unknown(history, attempt(1))
    history.replay()
    assert request(history, 2)["look_for"] == [start(job="a"), start(job="other")]


def test_failed_run_of_a_waiting_attempt_is_not_found_as_a_start() -> None:
    """The run of an attempt with wait has failed. A look for its id would report that run as TRIGGERED."""
    history = History.of(glue("a", wait=True), failing={"a"})
    history.upload(glue("a"))
    history.replay()
    assert request(history, 1)["Arguments"]["--triggered_by_execution"] == downstream_run_id(NAME, "a", 1)
    unknown(history, attempt(1))
    history.replay()
    assert request(history, 2)["look_for"] == [start(1)]


def test_replays_of_a_waiting_glue_job_have_their_own_ids() -> None:
    history = History.of(glue("a"), failing={"a"})
    unknown(history, NAME)
    history.upload(glue("a", wait=True))
    history.replay(only=["a"], again=True)
    history.replay(only=["a"], as_was=True)
    assert request(history, 2)["Arguments"]["--triggered_by_execution"] == downstream_run_id(NAME, "a", 2)
    assert request(history, 2)["look_for"] == [start()]


def test_request_of_an_earlier_release_cannot_be_found() -> None:
    history = History.of(glue("a"), failing={"a"})
    unknown(history, NAME)
    (item,) = history.aws.executions[NAME]["input"]["triggers"]
    del item["request"]["Arguments"]["--triggered_by_execution"]
    history.replay()
    assert request(history, 1)["look_for"] == [{**start(), "Arguments": {}}]
