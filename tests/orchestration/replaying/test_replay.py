"""A replay starts the triggers that failed, each under the name and the run id of its attempt.

tests/operations/repair replays through the whole stack, and tests/properties/test_replay.py tries random edits.
"""

from __future__ import annotations

import functools
from typing import Any

import pytest

from orchestration.errors import RoutingError
from orchestration.event.identity import batch_name, downstream_run_id, replay_name
from orchestration.planning.skipped import steps_for_each
from orchestration.replaying import replay
from tests.orchestration.fake_aws import SETTINGS
from tests.orchestration.replaying.history import EVENT, NAME, History, glue, machine


def attempt(trigger: str, number: int) -> str:
    return replay_name("on_success", "j", "r", trigger, number)


def actions(decisions: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(decision["id"], decision["action"]) for decision in decisions]


def run_id(history: History, trigger: str, number: int) -> str:
    """Run id that an attempt sent to its target."""
    (item,) = history.input(attempt(trigger, number))["triggers"]
    return str(item["request"]["Name"])


def test_all_failed_triggers_start_again() -> None:
    history = History.of(glue("a"), glue("b"), glue("c"), failing={"b", "c"})
    history.failing.clear()
    record = history.deliver(**{"$replay": {"of": NAME}})
    assert actions(record["replay"]["triggers"]) == [("b", "STARTED"), ("c", "STARTED")]
    assert (record["status"], record["replay"]["already_started"]) == ("STARTED", 1)
    assert history.aws.starts == {"a": 1, "b": 1, "c": 1}


def test_second_replay_starts_nothing() -> None:
    history = History.of(glue("a"), failing={"a"})
    history.failing.clear()
    history.replay()
    record = history.deliver(**{"$replay": {"of": NAME}})
    assert (record["status"], record["replay"]) == (
        "NOT_STARTED",
        {"of": NAME, "triggers": [], "already_started": 1},
    )
    assert history.aws.starts == {"a": 1}


def test_attempt_is_recorded_in_its_routing() -> None:
    history = History.of(glue("a"), failing={"a"})
    history.replay()
    history.replay(only=["a"], again=True)
    given = history.input(attempt("a", 2))
    assert given["routing"]["replay"] == {"of": NAME, "id": "a", "attempt": 2, "generation": 2}
    assert (given["routing"]["batch"], given["routing"]["event_kind"]) == ("1/1", "on_success")
    assert given["routing"]["config_source"] == "s3://bucket/config.json"
    assert given["event"] == EVENT


def test_failed_attempts_keep_the_run_id() -> None:
    history = History.of(machine("a"), failing={"a"})
    history.replay()
    history.replay()
    assert [run_id(history, "a", number) for number in (1, 2)] == [downstream_run_id(NAME, "a")] * 2


def test_again_has_a_new_run_id_that_later_replays_keep() -> None:
    """A target may have started although the call failed; under the first run id it would start nothing."""
    history = History.of(machine("a"), failing={"a"})
    history.replay(only=["a"], again=True)
    history.replay()
    history.replay()
    expected = downstream_run_id(NAME, "a", 1)
    assert [run_id(history, "a", number) for number in (1, 2, 3)] == [expected] * 3
    assert expected != downstream_run_id(NAME, "a")


def test_again_never_takes_the_run_id_of_another_trigger() -> None:
    """``load`` started again as generation 1 is not the first start of ``load-r1``."""
    history = History.of(machine("load"), machine("load-r1"))
    history.replay(only=["load"], again=True)
    history.replay(only=["load-r1"], again=True)
    first = [item["request"]["Name"] for item in history.input(NAME)["triggers"]]
    again = [run_id(history, trigger, 1) for trigger in ("load", "load-r1")]
    assert len({*first, *again}) == 4
    assert again[0] == f"{NAME}-load-r1"


def test_generation_without_room_in_a_run_id_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.replaying.replay.MAX_GENERATION", 1)
    history = History.of(machine("a"))
    assert actions(history.replay(only=["a"], again=True)) == [("a", "STARTED")]
    (refused,) = history.replay(only=["a"], again=True)
    assert (refused["action"], refused["attempt"]) == ("REFUSED", 1)
    assert "a run id has no room for the next one" in refused["reason"]


def test_as_was_sends_the_original_request_with_its_run_id() -> None:
    history = History.of(machine("a", description="before"), failing={"a"})
    (original,) = history.input(NAME)["triggers"]
    history.upload(machine("other"))
    history.replay(only=["a"], as_was=True)
    given = history.input(attempt("a", 1))
    assert given["triggers"] == [original]
    assert given["routing"]["replay"]["as_was"] is True
    assert given["routing"]["config_source"] == "the original request"
    history.replay(only=["a"], as_was=True, again=True)
    assert run_id(history, "a", 2) == downstream_run_id(NAME, "a", 2)


def test_as_was_refuses_a_rejected_trigger() -> None:
    history = History.of(glue("a", arguments={"--x": "${nowhere}"}), glue("b"))
    (refused,) = history.replay(only=["a"], as_was=True)
    assert (refused["action"], refused["type"], refused["name"]) == ("REFUSED", "glue_job", "a")
    assert "it was rejected and never had a request" in refused["reason"]


def test_started_trigger_is_left_out_and_starts_with_again() -> None:
    history = History.of(glue("a"))
    (left_out,) = history.replay(only=["a"])
    assert (left_out["action"], left_out["attempt"]) == ("LEFT_OUT", 0)
    assert "it has started: jr_1" in left_out["reason"]
    assert actions(history.replay(only=["a"], again=True)) == [("a", "STARTED")]
    assert history.aws.starts == {"a": 2}


def test_running_trigger_is_left_out_with_a_reason() -> None:
    history = History.of(glue("a"))
    history.aws.executions[NAME]["status"] = "RUNNING"
    (left_out,) = history.replay()
    assert left_out["action"] == "LEFT_OUT"
    assert "still running" in left_out["reason"]


def test_successor_starts_under_the_original_id() -> None:
    history = History.of(glue("old"), failing={"old"})
    history.upload(glue("new"))
    history.failing.clear()
    (started,) = history.replay(only={"old": "new"})
    assert (started["id"], started["now"], started["name"]) == ("old", "new", "new")
    given = history.input(attempt("old", 1))
    assert [item["id"] for item in given["triggers"]] == ["old"]
    assert given["routing"]["replay"]["now"] == "new"
    assert history.ledger().newest("old").status == "TRIGGERED"
    assert history.replay() == []


def test_removed_trigger_names_the_new_ones() -> None:
    history = History.of(glue("a"), glue("stays"), failing={"a"})
    history.upload(glue("new"), glue("stays"))
    (refused,) = history.replay()
    assert refused["action"] == "REFUSED"
    assert "New since then: new (glue_job new). Unchanged: stays. If a new one replaces it: --only a=ID" in str(
        refused["reason"]
    )


def test_missing_successor_is_refused_with_both_ids() -> None:
    history = History.of(glue("old"), failing={"old"})
    (refused,) = history.replay(only={"old": "new"})
    assert refused["action"] == "REFUSED"
    assert "no longer has on_success trigger 'new' for job 'j'" in refused["reason"]
    assert "--only old=ID. To send the original request: --only old --as-was" in refused["reason"]


def test_condition_of_the_current_configuration_applies() -> None:
    history = History.of(glue("a"), failing={"a"})
    history.upload(glue("a", when={"status": ["FAILED"]}))
    (refused,) = history.replay()
    assert refused["action"] == "REFUSED"
    assert refused["reason"] == (
        'its condition \'when\' does not match the event: status: found "SUCCESS", expected ["FAILED"]. To send the original '
        "request: --only a --as-was"
    )
    history.upload(glue("a", when={"status": ["SUCCESS"]}))
    assert actions(history.replay()) == [("a", "STARTED")]


def test_conditions_of_a_replay_have_equal_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on the first delivery: 40 costly conditions must not take the router's time 40 times."""
    monkeypatch.setattr(replay, "steps_for_each", functools.partial(steps_for_each, max_steps=400))
    history = History.of(glue("a"), glue("b"), failing={"a", "b"})
    costly = {"list": [{"prefix": "b"}]}
    history.upload(glue("a", when=costly), glue("b", when=costly))
    record = history.deliver(list=["a"] * 100, **{"$replay": {"of": NAME}})
    reasons = [decision["reason"] for decision in record["replay"]["triggers"]]
    assert ["needs more than 200 steps for this event" in reason for reason in reasons] == [True, True]


def test_printed_option_keeps_an_id_that_begins_with_a_dash() -> None:
    history = History.of(glue("-a"), failing={"-a"})
    history.upload(glue("b"))
    (refused,) = history.replay()
    assert "it: --only=-a=ID. To send the original request: --only=-a --as-was" in refused["reason"]
    history.upload(glue("-a", when={"status": ["FAILED"]}))
    (refused,) = history.replay()
    assert refused["reason"].endswith("To send the original request: --only=-a --as-was")


def test_trigger_that_is_invalid_now_is_refused() -> None:
    history = History.of(glue("a"), failing={"a"})
    history.upload(glue("a", unknown=1))
    (refused,) = history.replay()
    assert "the configuration still has it as an invalid trigger" in refused["reason"]
    assert refused["action"] == "REFUSED"


def test_trigger_that_cannot_be_resolved_now_is_refused() -> None:
    history = History.of(glue("a"), failing={"a"})
    history.upload(glue("a", arguments={"--x": "${nowhere}"}))
    (refused,) = history.replay()
    assert refused["reason"].startswith("ResolutionError: ")
    assert len(history.aws.executions) == 1


def test_request_that_is_too_large_now_is_refused() -> None:
    """Glue accepts these arguments, but they do not fit next to the event."""
    history = History(failing={"a"})
    history.aws.fails = lambda item: item["id"] in history.failing
    history.upload(glue("a"))
    event = {"artifacts": {"x": "x" * 90_000}}
    history.deliver(**event)
    history.upload(glue("a", arguments={"--x": "x" * 80_000}))
    (refused,) = history.deliver(**event, **{"$replay": {"of": NAME}})["replay"]["triggers"]
    assert refused["reason"].startswith("OversizedEventError: ")


def test_arguments_that_glue_refuses_are_refused() -> None:
    history = History.of(glue("a"), failing={"a"})
    history.upload(glue("a", arguments={"--x": "x" * 180_000}))
    (refused,) = history.replay()
    assert refused["reason"].startswith("OversizedArgumentsError: glue_job a: found arguments of 180,")


def test_trigger_that_was_rejected_starts_after_its_correction() -> None:
    history = History.of(glue("a", arguments={"--x": "${nowhere}"}))
    history.upload(glue("a"))
    (started,) = history.replay()
    assert (started["type"], started["action"]) == ("glue_job", "STARTED")


def test_invalid_trigger_is_reported_with_its_target() -> None:
    """Its item has the place in the configuration as its name, which moves with every edit."""
    history = History.of(glue("a", unknown=1))
    (refused,) = history.replay()
    assert (refused["type"], refused["name"], refused["action"]) == ("glue_job", "a", "REFUSED")
    history.upload(glue("b"))
    (left_out,) = history.replay(only=["a"], as_was=True)
    assert (left_out["type"], left_out["name"]) == ("glue_job", "a")


def test_unreadable_target_is_reported_by_its_place() -> None:
    history = History()
    history.aws.upload({"workflows": {"j": {"on_success": [{"id": "a", "type": "unknown"}]}}})
    history.deliver()
    (refused,) = history.replay()
    assert (refused["type"], refused["name"]) == ("rejected", "workflows.j.on_success[0]")


def test_problem_of_the_workflow_is_refused() -> None:
    history = History()
    history.aws.upload({"workflows": {"j": {"on_success": [glue("a")], "unknown": 1}}})
    history.deliver()
    (problem,) = history.replay()
    assert problem["action"] == "REFUSED"
    assert "a problem of the configuration, not a trigger" in problem["reason"]
    (named,) = history.replay(only=[problem["id"]], again=True)
    assert named["action"] == "REFUSED"


def test_missing_mapped_field_is_a_warning_of_the_replay() -> None:
    dag = {"type": "mwaa_dag", "id": "a", "environment_name": "e", "dag_id": "d"}
    history = History.of(dag | {"parameter_mapping": {"x": "nowhere"}}, failing={"a"})
    record = history.deliver(**{"$replay": {"of": NAME}})
    assert any("'nowhere', so parameter 'x' was left out" in warning for warning in record["warnings"])


def test_other_event_is_refused() -> None:
    history = History.of(glue("a"), failing={"a"})
    for other in ({"job_name": "k"}, {"job_run_id": "s"}):
        with pytest.raises(RoutingError, match=r"belongs to job and run \['j', 'r'\], but the event to"):
            history.deliver(**other, **{"$replay": {"of": NAME}})


def test_changed_event_is_sent_with_a_warning() -> None:
    history = History.of(glue("a"), failing={"a"})
    record = history.deliver(note="new", **{"$replay": {"of": NAME}})
    assert f"the event differs from the one of execution {NAME}" in record["warnings"]
    assert history.input(attempt("a", 1))["event"] == EVENT | {"note": "new"}


def test_dry_run_starts_nothing_and_shows_the_request() -> None:
    history = History.of(glue("a"), failing={"a"})
    record = history.deliver(**{"$replay": {"of": NAME, "dry_run": True}})
    (decision,) = record["replay"]["triggers"]
    assert (record["status"], decision["action"], decision["execution"]) == ("DRY_RUN", "WOULD_START", attempt("a", 1))
    assert decision["input"][0]["request"]["JobName"] == "a"
    assert list(history.aws.executions) == [NAME]


def test_simultaneous_replay_of_another_person_is_left_out() -> None:
    """The other one started between this one's decision and its start."""
    history = History.of(glue("a"), failing={"a"})
    router = history.aws.router()
    start = history.aws.start_execution

    def late(name: str, input: str, **given: Any) -> dict[str, Any]:  # noqa: A002 - boto3's names
        history.aws.start_execution = start  # type: ignore[method-assign]
        history.replay()
        return start(name=name, input=input, **given)

    history.aws.start_execution = late  # type: ignore[method-assign]
    (record,) = router.route({**EVENT, "$replay": {"of": NAME}}, "mine", SETTINGS)["records"]
    (decision,) = record["replay"]["triggers"]
    assert decision["action"] == "LEFT_OUT"
    assert f"another replay started attempt 1 at 2026-01-01T00:00:00+00:00: {attempt('a', 1)}" in decision["reason"]
    assert "execution" not in decision
    assert record["executions"] == []


def large(failing: set[str]) -> History:
    return History.of(*(glue(f"t{number:02}") for number in range(41)), failing=failing)


def test_batch_that_never_started_starts_whole_and_once() -> None:
    history = large({"batch:1"})
    history.failing.clear()
    (started,) = history.replay()
    assert (started["id"], started["type"], started["attempt"]) == ("batch:1", "batch", 0)
    assert started["execution"] == batch_name(NAME, 1)
    assert set(history.aws.starts.values()) == {1}
    assert len(history.aws.starts) == 41
    assert history.input(batch_name(NAME, 1))["routing"]["delivery_id"].startswith("request-")


def test_named_batch_starts_only_if_it_never_started() -> None:
    history = large({"batch:2"})
    (left_out,) = history.replay(only=["batch:1"])
    assert (left_out["action"], left_out["type"]) == ("LEFT_OUT", "batch")
    assert "the batch has started. Name its triggers instead: t00, t01, t02, t03, t04" in left_out["reason"]
    (started,) = history.replay(only=["batch:2"])
    assert (started["action"], started["execution"]) == ("STARTED", batch_name(NAME, 2))
    (again,) = history.replay(only=["batch:2"])
    assert again["action"] == "LEFT_OUT"


def test_trigger_of_a_batch_that_never_started_is_refused() -> None:
    history = large({"batch:2"})
    (refused,) = history.replay(only=["t40"])
    assert (refused["action"], refused["attempt"]) == ("REFUSED", 0)
    assert "Start the whole batch: --only batch:2" in refused["reason"]


def test_starting_batch_is_left_out() -> None:
    """The state machine is about to start it under the same name."""
    history = large({"batch:2"})
    history.aws.executions[NAME]["status"] = "RUNNING"
    decisions = history.replay()
    assert ("t40", "LEFT_OUT") in actions(decisions)
    assert batch_name(NAME, 2) not in history.aws.executions


def test_failed_trigger_of_a_batch_starts_by_itself() -> None:
    history = large({"t00", "t40"})
    history.failing.clear()
    assert actions(history.replay(of=batch_name(NAME, 2))) == [("t40", "STARTED")]
    assert actions(history.replay()) == [("t00", "STARTED")]
    assert history.aws.starts["t40"] == history.aws.starts["t00"] == 1
