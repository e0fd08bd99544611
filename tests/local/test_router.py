"""The deployed router: duplicates, refusals, batches, waiting, and what becomes of what it cannot route."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.targets.queues import messages
from tests.conftest import Router
from tests.local.helpers import CONFIG, FIVE, Event, counts, record


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


def test_an_events_own_records_are_no_envelope(router: Router, event: Event) -> None:
    one = record(router.invoke(event(job_run_id="records", Records=[{"id": 1}])))
    assert one["status"] == "STARTED"


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
    assert one["event_kind"] == "on_success"
    assert "did not count" in one["warnings"][0]
    one = record(router.invoke({"Records": [router.sns(body, "job_approvals")]}))
    assert one["event_kind"] == "on_approval"


def test_what_is_logged(router: Router, event: Event) -> None:
    router.invoke({"Records": [router.sns(event(job_run_id="logged"))]})
    logs = router.simulator.engine.runtime.invocations[-1].logs
    assert "Received event: {" in logs
    assert 'SNS Message: {"event_type": "job_completed"' in logs
    assert f"Loaded workflow config from S3: {router.simulator.stack.config_uri}" in logs
    assert 'Started: {"type":"glue_job","name":"job","execution":"upstream-logged-' in logs
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
