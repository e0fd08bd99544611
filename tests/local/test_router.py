"""The deployed router: duplicates, replay, refusals, batches, waiting, and what becomes of what it cannot route."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.engine import Engine
from local.simulation import Simulator
from local.targets.queues import messages
from orchestration.executions import Executions
from tests.conftest import Router

Event = Callable[..., dict[str, Any]]
NESTED = "arn:aws:states:us-west-1:123456789012:stateMachine:nested"
FIVE = [
    {"type": "glue_job", "job_name": "job"},
    {"type": "step_function", "arn": NESTED},
    {"type": "eventbridge", "detail_type": "d", "source": "s"},
    {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d"},
    {"type": "sqs_mwaa", "dag_id": "d"},
]
CONFIG: dict[str, Any] = {
    "workflows": {
        "upstream": {"on_success": FIVE, "on_approval": FIVE[:1]},
        "empty": {"on_success": []},
        "hundred": {"on_success": [{"type": "sqs_mwaa", "dag_id": f"dag_{number}"} for number in range(100)]},
        "broken": {
            "on_success": [
                {"type": "glue_job", "job_name": "job"},
                {"type": "glue"},
                {"type": "sqs_mwaa", "dag_id": "d"},
            ]
        },
        "unresolved": {
            "on_success": [
                {"type": "glue_job", "job_name": "job", "arguments": {"--x": "${artifacts.nowhere}"}},
                {"type": "sqs_mwaa", "dag_id": "d"},
            ]
        },
    }
}


@pytest.fixture(scope="module")
def router(engine: Engine) -> Router:
    return Router(Simulator.deployed(engine, CONFIG))


def counts(engine: Engine) -> dict[str, int]:
    """How often each target was called."""
    sfn, glue = engine.client("stepfunctions"), engine.client("glue")
    return {
        "glue_job": len(glue.get_job_runs(JobName="job")["JobRuns"]),
        "step_function": len(sfn.list_executions(stateMachineArn=NESTED)["executions"]),
        "eventbridge": len(messages(engine, "events-of-default")),
        "mwaa_dag": len(engine.airflow.runs("us-west-1", "e", "d")),
        "sqs_mwaa": len(messages(engine, "local-mwaa-triggers")),
    }


def record(result: dict[str, Any]) -> dict[str, Any]:
    assert "errorMessage" not in result, result
    (one,) = result["records"]
    assert isinstance(one, dict)
    return one


def test_one_message_delivered_a_hundred_times_in_parallel_starts_once(router: Router, event: Event) -> None:
    engine = router.simulator.engine
    before = counts(engine)
    payload = {"Records": [router.sns(event(job_run_id="parallel"))]}
    with ThreadPoolExecutor(20) as pool:
        records = [record(result) for result in pool.map(lambda _: router.invoke(payload), range(100))]
    (name,) = {one["executions"][0]["name"] for one in records}
    described = router.simulator.engine.client("stepfunctions").describe_execution(
        executionArn=records[0]["executions"][0]["arn"]
    )
    deadline = time.monotonic() + 30
    while described["status"] == "RUNNING" and time.monotonic() < deadline:
        described = engine.client("stepfunctions").describe_execution(executionArn=described["executionArn"])
    statuses = [one["executions"][0]["status"] for one in records]
    assert (statuses.count("STARTED"), statuses.count("DUPLICATE")) == (1, 99)
    assert sum(one["status"] == "DUPLICATE" for one in records) == 99
    assert router.executions().count(name) == 1
    assert described["status"] == "SUCCEEDED"
    assert {kind: count - before[kind] for kind, count in counts(engine).items()} == dict.fromkeys(before, 1)


def test_a_duplicate_describes_the_execution_that_is_there(router: Router, event: Event) -> None:
    body = event(job_run_id="twice")
    first = record(router.invoke(body | {"$wait_seconds": 30}))
    second = record(router.invoke(body))
    assert first["executions"][0]["execution_status"] == "SUCCEEDED"
    assert second["status"] == "DUPLICATE"
    existing = second["executions"][0]["existing"]
    assert (existing["name"], existing["status"]) == (first["executions"][0]["name"], "SUCCEEDED")
    assert existing["start"].startswith("20")
    assert second["warnings"] == []


def test_the_same_run_with_other_content_is_a_warned_duplicate(router: Router, event: Event) -> None:
    record(router.invoke(event(job_run_id="other-content") | {"$wait_seconds": 30}))
    changed = event(job_run_id="other-content", created_by="someone else", new_field=1, metrics=...)
    second = record(router.invoke(changed))
    assert second["status"] == "DUPLICATE"
    (warning,) = second["warnings"]
    assert 'created_by was "jclark" and is now "someone else"' in warning
    assert "new_field was absent and is now 1" in warning
    assert "metrics was {" in warning
    assert f"orchestrator replay {second['executions'][0]['arn']}" in warning


def test_a_duplicate_of_a_failed_execution_is_a_warning(router: Router, event: Event) -> None:
    body = event(job_name="broken", job_run_id="failed-first")
    first = record(router.invoke(body | {"$wait_seconds": 30}))
    assert first["executions"][0]["execution_status"] == "FAILED"
    (warning,) = record(router.invoke(body))["warnings"]
    assert "the first execution ended FAILED" in warning


def test_replay_of_two_of_five_starts_exactly_those(router: Router, event: Event) -> None:
    engine = router.simulator.engine
    body = event(job_run_id="replayed")
    original = record(router.invoke(body | {"$wait_seconds": 30}))["executions"][0]["name"]
    before = counts(engine)
    wish = {"$replay": {"of": original, "tag": "t1", "only": [1, 4]}, "$wait_seconds": 30}
    replayed = record(router.invoke(body | wish))
    execution = replayed["executions"][0]
    assert execution["execution_status"] == "SUCCEEDED"
    assert execution["name"] != original
    assert [(one["index"], one["type"]) for one in execution["outcomes"]] == [(0, "step_function"), (1, "sqs_mwaa")]
    added = {kind: count - before[kind] for kind, count in counts(engine).items()}
    assert added == {"glue_job": 0, "step_function": 1, "eventbridge": 0, "mwaa_dag": 0, "sqs_mwaa": 1}
    # The same wish again is a duplicate; a replay of the replay counts its own indices.
    assert record(router.invoke(body | {"$replay": wish["$replay"]}))["status"] == "DUPLICATE"
    again = {"$replay": {"of": execution["name"], "tag": "t2", "only": [1]}, "$wait_seconds": 30}
    assert [one["type"] for one in record(router.invoke(body | again))["executions"][0]["outcomes"]] == ["sqs_mwaa"]


@pytest.mark.parametrize(
    ("change", "wish", "words"),
    [
        ({}, {"of": "nowhere", "tag": "t"}, "ExecutionLookupError: execution 'nowhere' could not be described"),
        ({"job_name": "broken"}, {"tag": "t"}, "send the event of the execution that you replay"),
        ({}, {"tag": "t", "only": [5]}, "has 5 triggers, counted from 0, and no trigger 5"),
    ],
)
def test_a_replay_that_means_something_else_is_refused(
    router: Router, event: Event, change: dict[str, Any], wish: dict[str, Any], words: str
) -> None:
    body = event(job_run_id="replay-refused")
    invoked = record(router.invoke(body | {"$wait_seconds": 30}))
    result = router.invoke(body | change | {"$replay": {"of": invoked["executions"][0]["name"]} | wish})
    assert result["errorType"] == "RoutingError"
    assert words in result["errorMessage"]


def test_a_replay_after_the_config_moved_is_refused(router: Router, event: Event) -> None:
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
    assert "on_success[3] of the configuration is now not there" in gone["errorMessage"]


def test_a_replay_through_sns_is_refused(router: Router, event: Event) -> None:
    wish = {"$replay": {"of": "e", "tag": "t"}}
    result = router.invoke({"Records": [router.sns(event(job_run_id="sns-replay") | wish)]})
    assert "a replay is accepted by direct invocation only" in result["errorMessage"]


def test_a_replay_never_starts_another_trigger_in_a_rejected_ones_place(router: Router, event: Event) -> None:
    """The rejected trigger was taken out of the configuration: its neighbour, which had started, moved into its place."""
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
    assert "the configuration moved" in result["errorMessage"]
    assert counts(engine) == before


def test_a_mended_trigger_can_be_replayed(router: Router, event: Event) -> None:
    misspelt = {"type": "glue_job", "job_name": "job", "argument": {}}
    body = event(job_run_id="mended")
    router.simulator.replace_config({"workflows": {"upstream": {"on_success": [misspelt, {"type": "glue"}, FIVE[4]]}}})
    try:
        original = record(router.invoke(body | {"$wait_seconds": 30}))["executions"][0]["name"]
        still = router.invoke(body | {"$replay": {"of": original, "tag": "still", "only": [0]}})
        nameless = router.invoke(body | {"$replay": {"of": original, "tag": "nameless", "only": [1]}})
    finally:
        router.simulator.replace_config(CONFIG)
    replayed = record(router.invoke(body | {"$replay": {"of": original, "tag": "mended", "only": [0]}}))
    assert "of the configuration is now invalid" in still["errorMessage"]
    assert "is no trigger but a problem of the configuration" in nameless["errorMessage"]
    assert [one["name"] for one in replayed["triggers"]] == ["job"]


def test_a_replay_tells_targets_of_one_name_apart(router: Router, event: Event) -> None:
    """One DAG in two environments, and one Glue job with two sets of arguments: their lines change places."""
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
    assert all("the configuration moved" in result["errorMessage"] for result in swapped)
    assert replayed["executions"][0]["execution_status"] == "SUCCEEDED"


def test_a_corrected_name_is_replayed_when_it_is_said(router: Router, event: Event) -> None:
    body = event(job_run_id="corrected")
    router.simulator.replace_config({"workflows": {"upstream": {"on_success": FIVE[:1]}}})
    router.simulator.engine.client("glue").delete_job(JobName="job")
    original = record(router.invoke(body | {"$wait_seconds": 30}))["executions"][0]["name"]
    router.simulator.replace_config(
        {"workflows": {"upstream": {"on_success": [{"type": "glue_job", "job_name": "mended"}]}}}
    )
    try:
        unsaid = router.invoke(body | {"$replay": {"of": original, "tag": "t"}})
        other = router.invoke(body | {"$replay": {"of": original, "tag": "t", "renamed": {"0": "another"}}})
        said = router.invoke(
            body | {"$replay": {"of": original, "tag": "t", "renamed": {"0": "mended"}}, "$wait_seconds": 30}
        )
    finally:
        router.simulator.replace_config(CONFIG)
    assert "--renamed 0=NAME" in unsaid["errorMessage"]
    assert "the configuration moved" in other["errorMessage"]
    assert record(said)["executions"][0]["execution_status"] == "SUCCEEDED"


def test_a_tag_belongs_to_one_replay(router: Router, event: Event) -> None:
    body = event(job_run_id="tagged")
    original = record(router.invoke(body | {"$wait_seconds": 30}))["executions"][0]["name"]
    record(router.invoke(body | {"$replay": {"of": original, "tag": "t", "only": [4]}}))
    result = router.invoke(body | {"$replay": {"of": original, "tag": "t", "only": [0]}})
    assert "tag 't' was used for another replay" in result["errorMessage"]


def test_a_replay_is_of_the_outcome_that_the_execution_had(router: Router, event: Event) -> None:
    """Through the events topic a decision does not count; replayed directly, the same event must mean the same."""
    body = event(job_run_id="both", decision="APPROVED")
    record(router.invoke({"Records": [router.sns(body)]}))
    (name,) = (name for name in router.executions() if name.startswith("upstream-both-"))
    Executions(router.simulator.engine.client("stepfunctions"), router.simulator.settings).wait(
        name, time.monotonic() + 30
    )
    replayed = record(router.invoke(body | {"$replay": {"of": name, "tag": "t", "only": [4]}}))
    assert (replayed["outcome"], replayed["triggers"][0]["type"]) == ("on_success", "sqs_mwaa")


def test_a_replay_without_a_workflow_is_refused(router: Router, event: Event) -> None:
    body = event(job_run_id="workflow-gone")
    original = record(router.invoke(body | {"$wait_seconds": 30}))["executions"][0]["name"]
    router.simulator.replace_config({"workflows": {}})
    try:
        result = router.invoke(body | {"$replay": {"of": original, "tag": "t"}})
    finally:
        router.simulator.replace_config(CONFIG)
    assert "has no on_success triggers for job 'upstream' any more" in result["errorMessage"]


def test_an_events_own_records_are_no_envelope(router: Router, event: Event) -> None:
    one = record(router.invoke(event(job_run_id="records", Records=[{"id": 1}])))
    assert one["status"] == "ROUTED"


def test_forty_long_failures_are_explained(router: Router, event: Event) -> None:
    """Every trigger rejected, with as long a cause as the router lets travel: the failure path is within its quotas, too."""
    missing = {"type": "glue_job", "job_name": "job", "arguments": {"--x": "${" + "ä" * 3000 + "}"}}
    router.simulator.replace_config({"workflows": {"upstream": {"on_success": [missing] * 40}}})
    try:
        one = record(router.invoke(event(job_run_id="forty") | {"$wait_seconds": 60}))
    finally:
        router.simulator.replace_config(CONFIG)
    (execution,) = one["executions"]
    assert (execution["error"], len(execution["outcomes"])) == ("TriggersFailed", 40)
    assert execution["cause"].startswith("40 of 40 triggers failed")


def test_waiting_gives_the_outcomes_errors_included(router: Router, event: Event) -> None:
    body = event(job_name="unresolved", job_run_id="waited") | {"$wait_seconds": 30}
    one = record(router.invoke(body))
    execution = one["executions"][0]
    assert (execution["execution_status"], execution["error"]) == ("FAILED", "TriggersFailed")
    assert [outcome["result"]["status"] for outcome in execution["outcomes"]] == ["FAILED", "TRIGGERED"]
    assert execution["outcomes"][0]["error"]["Error"] == "ResolutionError"
    assert "the event has no field 'artifacts.nowhere'" in one["rejected"][0]["Cause"]


def test_a_typo_stops_one_trigger(router: Router, event: Event) -> None:
    one = record(router.invoke(event(job_name="broken", job_run_id="typo") | {"$wait_seconds": 30}))
    assert [trigger["name"] for trigger in one["triggers"]] == ["job", "d"]
    assert "found 'glue', expected one of" in one["rejected"][0]["Cause"]
    statuses = [outcome["result"]["status"] for outcome in one["executions"][0]["outcomes"]]
    assert statuses == ["TRIGGERED", "FAILED", "TRIGGERED"]


def test_a_hundred_triggers_are_three_executions_each_trigger_once(router: Router, event: Event) -> None:
    engine = router.simulator.engine
    one = record(router.invoke(event(job_name="hundred", job_run_id="hundred") | {"$wait_seconds": 60}))
    assert [execution["execution_status"] for execution in one["executions"]] == ["SUCCEEDED"] * 3
    assert [len(execution["outcomes"]) for execution in one["executions"]] == [40, 40, 20]
    arrived = [
        body["dag_id"] for body in messages(engine, "local-mwaa-triggers").values() if body["dag_id"].startswith("dag_")
    ]
    assert sorted(arrived) == sorted(f"dag_{number}" for number in range(100))
    again = record(router.invoke(event(job_name="hundred", job_run_id="hundred")))
    assert [execution["status"] for execution in again["executions"]] == ["DUPLICATE"] * 3
    assert again["warnings"] == []


def test_a_part_started_under_another_config_raises_instead_of_guessing(router: Router, event: Event) -> None:
    body = event(job_name="hundred", job_run_id="moving")
    record(router.invoke(body | {"$wait_seconds": 60}))
    router.simulator.replace_config({"workflows": {**CONFIG["workflows"], "new": {}}})
    try:
        result = router.invoke(body)
    finally:
        router.simulator.replace_config(CONFIG)
    assert "BatchMismatchError" in result["errorMessage"]
    assert "was started under configuration" in result["errorMessage"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"job_name": "nobody"}, "the configuration has no workflow for job 'nobody'"),
        ({"job_name": "empty"}, "workflow 'empty' has no on_success triggers"),
        ({"job_name": "empty", "decision": "APPROVED"}, "workflow 'empty' has no on_approval triggers"),
        (
            {"status": "FAILED"},
            "neither status SUCCESS nor a decision APPROVED that counts (status 'FAILED', decision None)",
        ),
    ],
)
def test_nothing_to_start_is_said(router: Router, event: Event, change: dict[str, Any], reason: str) -> None:
    before = len(router.executions())
    one = record(router.invoke(event(**change)))
    assert (one["status"], one["reason"]) == ("IGNORED", reason)
    assert len(router.executions()) == before


def test_one_bad_record_stops_no_other_and_is_raised(router: Router, event: Event) -> None:
    records = [
        router.sns("{"),
        router.sns(event(job_run_id="beside-a-bad-one")),
        router.sns("[]", message_id="m-2"),
        {},
    ]
    result = router.invoke({"Records": records})
    assert result["errorType"] == "RoutingError"
    assert "3 of 4 records could not be routed" in result["errorMessage"]
    assert "SNS message m-1: EventError: SNS message m-1: expected a job event as JSON" in result["errorMessage"]
    assert any(name.startswith("upstream-beside-a-bad-one") for name in router.executions())


@pytest.mark.parametrize("payload", [None, [], "text", 7, {}, {"Records": "x"}, {"Records": [7]}, {"job_name": "j"}])
def test_no_payload_is_a_traceback_of_ours(router: Router, payload: Any) -> None:
    result = router.invoke(payload)
    assert result["errorType"] == "RoutingError"
    assert "expected" in result["errorMessage"]


def test_a_300_kb_event_is_refused_with_its_size(router: Router, event: Event) -> None:
    result = router.invoke(event(blob="x" * 300_000))
    assert "OversizedEventError" in result["errorMessage"]
    assert re.search(r"found 300,\d{3} bytes, expected at most 23\d,\d{3}", result["errorMessage"])


def test_a_decision_on_the_events_topic_does_not_approve(router: Router, event: Event) -> None:
    body = event(job_run_id="sneaky", decision="APPROVED")
    one = record(router.invoke({"Records": [router.sns(body)]}))
    assert one["outcome"] == "on_success"
    assert "did not count" in one["warnings"][0]
    one = record(router.invoke({"Records": [router.sns(body, "job_approvals")]}))
    assert one["outcome"] == "on_approval"


def test_what_is_logged(router: Router, event: Event) -> None:
    router.invoke({"Records": [router.sns(event(job_run_id="logged"))]})
    logs = router.simulator.engine.runtime.invocations[-1].logs
    assert "Received event: {" in logs
    assert 'SNS Message: {"event_type": "job_completed"' in logs
    assert f"Loaded workflow config from S3: {router.simulator.stack.config_uri}" in logs
    assert 'Submitted: {"type":"glue_job","name":"job","execution":"upstream-logged-' in logs
    group = engine_log_group(router)
    assert any("Received event" in line for line in group)


def engine_log_group(router: Router) -> list[str]:
    logs = router.simulator.engine.client("logs")
    events = logs.filter_log_events(logGroupName="/aws/lambda/local-downstream-orchestrator")["events"]
    return [event["message"] for event in events]


def test_a_malformed_message_ends_in_the_failure_destination_whole(router: Router) -> None:
    engine, stack = router.simulator.engine, router.simulator.stack
    message = json.dumps({"job_name": "upstream", "status": "SUCCESS", "note": "no run id"})
    engine.client("sns").publish(TopicArn=stack.topics["job_events"], Message=message)
    engine.runtime.drain()
    keys = [one["Key"] for one in engine.client("s3").list_objects_v2(Bucket=stack.failure_bucket)["Contents"]]
    kept = json.loads(engine.client("s3").get_object(Bucket=stack.failure_bucket, Key=keys[-1])["Body"].read())
    assert kept["requestContext"]["approximateInvokeCount"] == 3
    assert kept["requestPayload"]["Records"][0]["Sns"]["Message"] == message
    assert kept["responsePayload"]["errorType"] == "RoutingError"


def test_the_next_event_follows_an_uploaded_config(router: Router, event: Event) -> None:
    router.simulator.replace_config({"workflows": {"upstream": {"on_success": FIVE[4:]}}})
    try:
        one = record(router.invoke(event(job_run_id="after-upload")))
    finally:
        router.simulator.replace_config(CONFIG)
    assert [trigger["type"] for trigger in one["triggers"]] == ["sqs_mwaa"]
    assert len(record(router.invoke(event(job_run_id="after-that")))["triggers"]) == 5
