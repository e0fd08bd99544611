"""Replay through the deployed router: it starts exactly the named triggers, or it refuses the request."""

from __future__ import annotations

import time
from typing import Any

import pytest

from orchestration.executions import ExecutionClient
from tests.conftest import Router
from tests.local.helpers import CONFIG, FIVE, Event, counts, record


def test_replay_starts_exactly_the_named_triggers(router: Router, event: Event) -> None:
    engine = router.simulator.engine
    body = event(job_run_id="replayed")
    original = record(router.invoke(body | {"$wait_seconds": 30}))["executions"][0]["name"]
    before = counts(engine)
    request = {"$replay": {"of": original, "tag": "t1", "only": [1, 4]}, "$wait_seconds": 30}
    replayed = record(router.invoke(body | request))
    execution = replayed["executions"][0]
    assert execution["execution_status"] == "SUCCEEDED"
    assert execution["name"] != original
    assert [(one["index"], one["type"]) for one in execution["outcomes"]] == [(0, "step_function"), (1, "sqs_mwaa")]
    added = {kind: count - before[kind] for kind, count in counts(engine).items()}
    assert added == {"glue_job": 0, "step_function": 1, "eventbridge": 0, "mwaa_dag": 0, "sqs_mwaa": 1}
    # The same request again is a duplicate. A replay of the replay uses the indices of the replay's execution.
    assert record(router.invoke(body | {"$replay": request["$replay"]}))["status"] == "DUPLICATE"
    again = {"$replay": {"of": execution["name"], "tag": "t2", "only": [1]}, "$wait_seconds": 30}
    assert [one["type"] for one in record(router.invoke(body | again))["executions"][0]["outcomes"]] == ["sqs_mwaa"]


@pytest.mark.parametrize(
    ("change", "replay", "words"),
    [
        ({}, {"of": "nowhere", "tag": "t"}, "ExecutionLookupError: execution 'nowhere': cannot describe it"),
        ({"job_name": "broken"}, {"tag": "t"}, "Send the event of that execution"),
        ({}, {"tag": "t", "only": [5]}, "has 5 triggers, with indices from 0, and no trigger 5"),
    ],
)
def test_replay_that_matches_no_trigger_is_refused(
    router: Router, event: Event, change: dict[str, Any], replay: dict[str, Any], words: str
) -> None:
    body = event(job_run_id="replay-refused")
    invoked = record(router.invoke(body | {"$wait_seconds": 30}))
    result = router.invoke(body | change | {"$replay": {"of": invoked["executions"][0]["name"]} | replay})
    assert result["errorType"] == "RoutingError"
    assert words in result["errorMessage"]


def test_replay_of_a_moved_trigger_is_refused(router: Router, event: Event) -> None:
    body = event(job_run_id="moved")
    original = record(router.invoke(body | {"$wait_seconds": 30}))["executions"][0]["name"]
    moved = {"workflows": {**CONFIG["workflows"], "upstream": {"on_success": [FIVE[4], FIVE[0]]}}}
    router.simulator.replace_config(moved)
    try:
        result = router.invoke(body | {"$replay": {"of": original, "tag": "t", "only": [0]}})
        gone = router.invoke(body | {"$replay": {"of": original, "tag": "t", "only": [3]}})
    finally:
        router.simulator.replace_config(CONFIG)
    assert "was 'job', and on_success[0] of the configuration is now sqs_mwaa 'd'" in result["errorMessage"]
    assert "on_success[3] of the configuration is now missing" in gone["errorMessage"]


def test_replay_through_sns_is_refused(router: Router, event: Event) -> None:
    request = {"$replay": {"of": "e", "tag": "t"}}
    result = router.invoke({"Records": [router.sns(event(job_run_id="sns-replay") | request)]})
    assert "a replay must be a direct invocation" in result["errorMessage"]


def test_replay_does_not_start_a_neighbour_that_moved(router: Router, event: Event) -> None:
    """The rejected trigger was removed, so its neighbour, which had started, has its index now."""
    engine = router.simulator.engine
    body = event(job_name="unresolved", job_run_id="neighbour")
    original = record(router.invoke(body | {"$wait_seconds": 30}))["executions"][0]["name"]
    before = counts(engine)
    workflows = {
        **CONFIG["workflows"],
        "unresolved": {"on_success": CONFIG["workflows"]["unresolved"]["on_success"][1:]},
    }
    router.simulator.replace_config({"workflows": workflows})
    try:
        result = router.invoke(body | {"$replay": {"of": original, "tag": "t", "only": [0]}})
    finally:
        router.simulator.replace_config(CONFIG)
    assert "the configuration changed" in result["errorMessage"]
    assert counts(engine) == before


def test_corrected_trigger_can_be_replayed(router: Router, event: Event) -> None:
    invalid = {"type": "glue_job", "job_name": "job", "argument": {}}
    body = event(job_run_id="corrected-trigger")
    router.simulator.replace_config({"workflows": {"upstream": {"on_success": [invalid, {"type": "glue"}, FIVE[4]]}}})
    try:
        original = record(router.invoke(body | {"$wait_seconds": 30}))["executions"][0]["name"]
        still = router.invoke(body | {"$replay": {"of": original, "tag": "still", "only": [0]}})
        nameless = router.invoke(body | {"$replay": {"of": original, "tag": "nameless", "only": [1]}})
    finally:
        router.simulator.replace_config(CONFIG)
    replayed = record(router.invoke(body | {"$replay": {"of": original, "tag": "corrected", "only": [0]}}))
    assert "of the configuration is now invalid" in still["errorMessage"]
    assert "is not a trigger, but a problem of the configuration" in nameless["errorMessage"]
    assert [one["name"] for one in replayed["triggers"]] == ["job"]


def test_replay_distinguishes_targets_with_one_name(router: Router, event: Event) -> None:
    """One DAG in two environments and one Glue job with two sets of arguments swap their places."""
    dags = [{"type": "mwaa_dag", "environment_name": name, "dag_id": "d"} for name in ("e", "f")]
    jobs = [{"type": "glue_job", "job_name": "job", "arguments": {"--x": value}} for value in ("1", "2")]
    body = event(job_run_id="two-of-a-name")
    router.simulator.replace_config({"workflows": {"upstream": {"on_success": [*dags, *jobs]}}})
    original = record(router.invoke(body | {"$wait_seconds": 30}))["executions"][0]["name"]
    router.simulator.replace_config({"workflows": {"upstream": {"on_success": [*dags[::-1], *jobs[::-1]]}}})
    try:
        swapped = [
            router.invoke(body | {"$replay": {"of": original, "tag": "t", "only": [index]}}) for index in range(4)
        ]
        router.simulator.replace_config({"workflows": {"upstream": {"on_success": [*dags, *jobs]}}})
        replayed = record(router.invoke(body | {"$replay": {"of": original, "tag": "t"}, "$wait_seconds": 30}))
    finally:
        router.simulator.replace_config(CONFIG)
    assert all("the configuration changed" in result["errorMessage"] for result in swapped)
    assert replayed["executions"][0]["execution_status"] == "SUCCEEDED"


def test_replay_accepts_new_name_with_renamed_option(router: Router, event: Event) -> None:
    body = event(job_run_id="corrected")
    router.simulator.replace_config({"workflows": {"upstream": {"on_success": FIVE[:1]}}})
    router.simulator.engine.client("glue").delete_job(JobName="job")
    original = record(router.invoke(body | {"$wait_seconds": 30}))["executions"][0]["name"]
    router.simulator.replace_config(
        {"workflows": {"upstream": {"on_success": [{"type": "glue_job", "job_name": "new"}]}}}
    )
    try:
        without_name = router.invoke(body | {"$replay": {"of": original, "tag": "t"}})
        with_other_name = router.invoke(body | {"$replay": {"of": original, "tag": "t", "renamed": {"0": "another"}}})
        with_name = router.invoke(
            body | {"$replay": {"of": original, "tag": "t", "renamed": {"0": "new"}}, "$wait_seconds": 30}
        )
    finally:
        router.simulator.replace_config(CONFIG)
    assert "--accept-rename 0=NAME" in without_name["errorMessage"]
    assert "the configuration changed" in with_other_name["errorMessage"]
    assert record(with_name)["executions"][0]["execution_status"] == "SUCCEEDED"


def test_tag_of_another_replay_is_refused(router: Router, event: Event) -> None:
    body = event(job_run_id="tagged")
    original = record(router.invoke(body | {"$wait_seconds": 30}))["executions"][0]["name"]
    record(router.invoke(body | {"$replay": {"of": original, "tag": "t", "only": [4]}}))
    result = router.invoke(body | {"$replay": {"of": original, "tag": "t", "only": [0]}})
    assert "tag 't' belongs to another replay" in result["errorMessage"]


def test_replay_keeps_the_event_kind_of_the_execution(router: Router, event: Event) -> None:
    """A decision from the events topic does not count, and a direct replay of that event must not change this."""
    body = event(job_run_id="both", decision="APPROVED")
    record(router.invoke({"Records": [router.sns(body)]}))
    (name,) = (name for name in router.executions() if name.startswith("upstream-both-"))
    ExecutionClient(router.simulator.engine.client("stepfunctions"), router.simulator.settings).wait(
        name, time.monotonic() + 30
    )
    replayed = record(router.invoke(body | {"$replay": {"of": name, "tag": "t", "only": [4]}}))
    assert (replayed["event_kind"], replayed["triggers"][0]["type"]) == ("on_success", "sqs_mwaa")


def test_replay_of_a_removed_workflow_is_refused(router: Router, event: Event) -> None:
    body = event(job_run_id="workflow-gone")
    original = record(router.invoke(body | {"$wait_seconds": 30}))["executions"][0]["name"]
    router.simulator.replace_config({"workflows": {}})
    try:
        result = router.invoke(body | {"$replay": {"of": original, "tag": "t"}})
    finally:
        router.simulator.replace_config(CONFIG)
    assert "no longer has on_success triggers for job 'upstream'" in result["errorMessage"]
