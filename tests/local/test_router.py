"""The deployed router: duplicates, ignored and malformed events, batches, waiting, and the failure bucket."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.simulation.targets.queues import messages
from operations.executions.router_log import why_nothing
from operations.stack.deployed_router import DeployedRouter
from tests.conftest import Router
from tests.local.helpers import CONFIG, FIVE, Event, counts, record


def test_100_parallel_deliveries_start_one_execution(router: Router, event: Event) -> None:
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
        time.sleep(0.05)
        described = engine.client("stepfunctions").describe_execution(executionArn=described["executionArn"])
    statuses = [one["executions"][0]["status"] for one in records]
    assert (statuses.count("STARTED"), statuses.count("DUPLICATE")) == (1, 99)
    assert sum(one["status"] == "DUPLICATE" for one in records) == 99
    assert router.executions().count(name) == 1
    assert described["status"] == "SUCCEEDED"
    assert {kind: count - before[kind] for kind, count in counts(engine).items()} == dict.fromkeys(before, 1)


def test_duplicate_describes_existing_execution(router: Router, event: Event) -> None:
    body = event(job_run_id="twice")
    first = record(router.invoke(body | {"$wait_seconds": 30}))
    second = record(router.invoke(body))
    assert first["executions"][0]["execution_status"] == "SUCCEEDED"
    assert second["status"] == "DUPLICATE"
    existing = second["executions"][0]["existing"]
    assert (existing["name"], existing["status"]) == (first["executions"][0]["name"], "SUCCEEDED")
    assert existing["start"].startswith("20")
    assert second["warnings"] == []


def test_duplicate_with_changed_event_has_warning(router: Router, event: Event) -> None:
    record(router.invoke(event(job_run_id="other-content") | {"$wait_seconds": 30}))
    changed = event(job_run_id="other-content", created_by="someone else", new_field=1, metrics=...)
    second = record(router.invoke(changed))
    assert second["status"] == "DUPLICATE"
    (warning,) = second["warnings"]
    assert 'created_by was "jclark" and is now "someone else"' in warning
    assert "new_field was absent and is now 1" in warning
    assert "metrics was {" in warning
    assert f"orchestrator replay {second['executions'][0]['arn']}" in warning


def test_duplicate_of_failed_execution_has_warning(router: Router, event: Event) -> None:
    body = event(job_name="broken", job_run_id="failed-first")
    first = record(router.invoke(body | {"$wait_seconds": 30}))
    assert first["executions"][0]["execution_status"] == "FAILED"
    (warning,) = record(router.invoke(body))["warnings"]
    assert "the first execution ended FAILED" in warning


def test_event_field_records_is_not_an_sns_envelope(router: Router, event: Event) -> None:
    one = record(router.invoke(event(job_run_id="records", Records=[{"id": 1}])))
    assert one["status"] == "STARTED"


def test_40_long_failures_fit_the_failure_cause(router: Router, event: Event) -> None:
    """The failure path keeps its quotas if all triggers are rejected with the longest cause that the router sends."""
    missing = {"type": "glue_job", "job_name": "job", "arguments": {"--x": "${" + "ä" * 3000 + "}"}}
    with router.config({"workflows": {"upstream": {"on_success": [missing] * 40}}}):
        one = record(router.invoke(event(job_run_id="forty") | {"$wait_seconds": 60}))
    (execution,) = one["executions"]
    assert (execution["error"], len(execution["outcomes"])) == ("TriggersFailed", 40)
    assert execution["cause"].startswith("40 of 40 triggers failed")


def test_wait_returns_outcomes_with_errors(router: Router, event: Event) -> None:
    body = event(job_name="unresolved", job_run_id="waited") | {"$wait_seconds": 30}
    one = record(router.invoke(body))
    execution = one["executions"][0]
    assert (execution["execution_status"], execution["error"]) == ("FAILED", "TriggersFailed")
    assert [outcome["result"]["status"] for outcome in execution["outcomes"]] == ["FAILED", "TRIGGERED"]
    assert execution["outcomes"][0]["error"]["Error"] == "ResolutionError"
    assert "the event has no field 'artifacts.nowhere'" in one["rejected"][0]["Cause"]


def test_invalid_trigger_fails_alone(router: Router, event: Event) -> None:
    one = record(router.invoke(event(job_name="broken", job_run_id="typo") | {"$wait_seconds": 30}))
    assert [trigger["name"] for trigger in one["triggers"]] == ["job", "d"]
    assert "found 'glue', expected one of" in one["rejected"][0]["Cause"]
    statuses = [outcome["result"]["status"] for outcome in one["executions"][0]["outcomes"]]
    assert statuses == ["TRIGGERED", "FAILED", "TRIGGERED"]


def test_100_triggers_start_with_one_call(router: Router, event: Event) -> None:
    engine = router.simulator.engine
    one = record(router.invoke(event(job_name="hundred", job_run_id="hundred") | {"$wait_seconds": 60}))
    parent, *batches = one["executions"]
    assert [execution["execution_status"] for execution in one["executions"]] == ["SUCCEEDED"] * 4
    assert [len(execution["outcomes"]) for execution in one["executions"]] == [3, 40, 40, 20]
    assert [execution["name"] for execution in batches] == parent["batches"]
    assert {execution["batch_of"] for execution in batches} == {parent["name"]}
    arrived = [
        body["dag_id"] for body in messages(engine, "local-mwaa-triggers").values() if body["dag_id"].startswith("dag_")
    ]
    assert sorted(arrived) == sorted(f"dag_{number}" for number in range(100))
    again = record(router.invoke(event(job_name="hundred", job_run_id="hundred")))
    assert [execution["status"] for execution in again["executions"]] == ["DUPLICATE"]
    assert (again["warnings"], len(again["triggers"])) == ([], 100)


def test_simulation_follows_batches(router: Router, event: Event) -> None:
    simulation = router.simulator.publish(json.dumps(event(job_name="two_batches", job_run_id="simulated")))
    parent, *batches = simulation.executions
    assert [one.batch_of for one in batches] == [parent.name] * 2
    assert (simulation.exit_code, len(simulation.triggers)) == (0, 41)
    assert all(one.received["dag_id"] == "d" for one in simulation.triggers)


def test_complete_event_is_a_duplicate_under_any_config(router: Router, event: Event) -> None:
    body = event(job_name="two_batches", job_run_id="complete")
    first = record(router.invoke(body | {"$wait_seconds": 60}))
    complete: dict[str, Any] = CONFIG["workflows"]
    for workflows in (complete | {"new": {}}, complete | {"two_batches": {"on_success": FIVE}}, {}):
        with router.config({"workflows": workflows}):
            again = record(router.invoke(body))
        assert (again["status"], again["triggers"]) == ("DUPLICATE", first["triggers"])


def test_grown_workflow_does_not_start_a_complete_event(router: Router, event: Event) -> None:
    body = event(job_run_id="grown")
    record(router.invoke(body | {"$wait_seconds": 60}))
    before = counts(router.simulator.engine)
    many = [{"type": "glue_job", "job_name": "job", "id": f"g{number}"} for number in range(41)]
    with router.config({"workflows": {"upstream": {"on_success": many}}}):
        assert record(router.invoke(body))["status"] == "DUPLICATE"
    assert counts(router.simulator.engine) == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"job_name": "nobody"}, "the configuration has no workflow for job 'nobody'"),
        ({"job_name": "empty"}, "workflow 'empty' has no on_success triggers"),
        ({"job_name": "empty", "decision": "APPROVED"}, "workflow 'empty' has no on_approval triggers"),
        (
            {"status": "FAILED"},
            "no status SUCCESS, and no decision APPROVED from the approvals topic (status 'FAILED', decision None)",
        ),
    ],
)
def test_event_without_triggers_is_ignored_with_reason(
    router: Router, event: Event, change: dict[str, Any], reason: str
) -> None:
    before = len(router.executions())
    one = record(router.invoke(event(**change)))
    assert (one["status"], one["reason"]) == ("IGNORED", reason)
    assert len(router.executions()) == before


def test_malformed_records_raise_after_others_start(router: Router, event: Event) -> None:
    records = [
        router.sns("{"),
        router.sns(event(job_run_id="valid-record")),
        router.sns("[]", message_id="m-2"),
        {},
    ]
    result = router.invoke({"Records": records})
    assert result["errorType"] == "RoutingError"
    assert "3 of 4 records failed" in result["errorMessage"]
    assert "SNS message m-1: EventError: event: expected a job event as JSON" in result["errorMessage"]
    assert any(name.startswith("upstream-valid-record") for name in router.executions())


@pytest.mark.parametrize("payload", [None, [], "text", 7, {}, {"Records": "x"}, {"Records": [7]}, {"job_name": "j"}])
def test_malformed_payload_is_a_routing_error(router: Router, payload: Any) -> None:
    result = router.invoke(payload)
    assert result["errorType"] == "RoutingError"
    assert "expected" in result["errorMessage"]


def test_oversized_event_error_has_its_size(router: Router, event: Event) -> None:
    result = router.invoke(event(blob="x" * 300_000))
    assert "OversizedEventError" in result["errorMessage"]
    assert re.search(r"found 300,\d{3} bytes, expected at most 23\d,\d{3}", result["errorMessage"])


def test_decision_on_job_events_does_not_approve(router: Router, event: Event) -> None:
    body = event(job_run_id="sneaky", decision="APPROVED")
    one = record(router.invoke({"Records": [router.sns(body)]}))
    assert one["event_kind"] == "on_success"
    assert "was ignored" in one["warnings"][0]
    one = record(router.invoke({"Records": [router.sns(body, "job_approvals")]}))
    assert one["event_kind"] == "on_approval"


def test_router_logs_event_config_and_starts(router: Router, event: Event) -> None:
    router.invoke({"Records": [router.sns(event(job_run_id="logged"))]})
    invocations = router.simulator.engine.runtime.invocations
    # The execution invokes the mwaa_dag function at the same time, so the newest invocation may be of that function.
    logs = next(one.logs for one in reversed(invocations) if one.function == router.simulator.stack.function)
    assert "Received event: {" in logs
    assert 'SNS Message: {"event_type": "job_completed"' in logs
    assert f"Loaded workflow config from S3: {router.simulator.stack.config_uri}" in logs
    assert re.search(r'Started: {"id":"[0-9a-f]{8}","type":"glue_job","name":"job","execution":"upstream-logged-', logs)
    group = engine_log_group(router)
    assert any("Received event" in line for line in group)


def test_unsafe_job_name_is_one_line_that_is_found(
    router: Router, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = 'a\x1b[31m\n[ERROR]\tFailed: forged "\u202e'
    router.invoke({"Records": [router.sns(event(job_name=job, job_run_id="unsafe"))]})
    (line,) = [line for line in engine_log_group(router) if "Ignored: job a" in line]
    assert r'Ignored: job a\u001b[31m\n[ERROR]\tFailed: forged "\u202e run unsafe: the configuration has no' in line
    for name, value in {"ENDPOINT_URL": router.simulator.engine.endpoint, "DEFAULT_REGION": "us-west-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "testing")
    reason = why_nothing(DeployedRouter.find(router.simulator.stack.function), job, "unsafe")
    assert reason.startswith("The router ignored it: the configuration has no workflow for job 'a\\x1b[31m")


def engine_log_group(router: Router) -> list[str]:
    logs = router.simulator.engine.client("logs")
    events = logs.filter_log_events(logGroupName="/aws/lambda/local-downstream-orchestrator")["events"]
    return [event["message"] for event in events]


def test_malformed_message_goes_to_failure_bucket(router: Router) -> None:
    engine, stack = router.simulator.engine, router.simulator.stack
    message = json.dumps({"job_name": "upstream", "status": "SUCCESS", "note": "no run id"})
    engine.client("sns").publish(TopicArn=stack.topics["job_events"], Message=message)
    engine.runtime.drain()
    keys = [one["Key"] for one in engine.client("s3").list_objects_v2(Bucket=stack.failure_bucket)["Contents"]]
    kept = json.loads(engine.client("s3").get_object(Bucket=stack.failure_bucket, Key=keys[-1])["Body"].read())
    assert kept["requestContext"]["approximateInvokeCount"] == 3
    assert kept["requestPayload"]["Records"][0]["Sns"]["Message"] == message
    assert kept["responsePayload"]["errorType"] == "RoutingError"


def test_uploaded_config_applies_to_next_event(router: Router, event: Event) -> None:
    with router.config({"workflows": {"upstream": {"on_success": FIVE[4:]}}}):
        one = record(router.invoke(event(job_run_id="after-upload")))
    assert [trigger["type"] for trigger in one["triggers"]] == ["sqs_mwaa"]
    assert len(record(router.invoke(event(job_run_id="after-that")))["triggers"]) == 5
