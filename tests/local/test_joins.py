"""Joins on the local stack: real router, DynamoDB, deadline; who came and who is missing; a replay."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from cli.inspect_output import print_join
from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from operations.joins import join_status
from operations.stack.deployed_router import DeployedRouter

DOCUMENT: dict[str, Any] = {
    "workflows": {"load_orders": {"on_success": [{"type": "glue_job", "id": "own", "job_name": "check_orders"}]}},
    "joins": {
        "nightly_report": {
            "all_of": ["load_orders", "load_customers"],
            "key": "${start_date}",
            "deadline_hours": 6,
            "on_complete": [
                {
                    "type": "glue_job",
                    "id": "report",
                    "job_name": "build_report",
                    "arguments": {"--orders": "${upstream.load_orders.artifacts.path}", "--day": "${job_run_id}"},
                }
            ],
            "on_deadline": [{"type": "glue_job", "id": "warn", "job_name": "warn_team"}],
        }
    },
}
ROUTER = "local-downstream-orchestrator"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with run_engine("us-west-1") as started:
        yield started


@pytest.fixture(scope="module")
def stack(engine: Engine) -> Simulator:
    return Simulator.deploy(engine, DOCUMENT)


@pytest.fixture(autouse=True)
def _environment(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": engine.endpoint,
        "AWS_DEFAULT_REGION": engine.region,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }.items():
        monkeypatch.setenv(name, value)


def event(job: str, day: str) -> str:
    fields = {"job_name": job, "job_run_id": f"{job}-{day}", "status": "SUCCESS", "start_date": day}
    return json.dumps(fields | {"artifacts": {"path": f"s3://b/{job}"}})


def test_last_job_starts_the_report(stack: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    first = stack.publish(event("load_orders", "2026-01-01"))
    assert (first.status, [one.name for one in first.triggers]) == ("STARTED", ["check_orders"])
    assert [(one["status"], one["missing"]) for one in first.joins] == [("WAITING", ["load_customers"])]
    status = join_status(DeployedRouter.find(ROUTER), "nightly_report", "2026-01-01")
    assert status is not None
    print_join(status)
    shown = capsys.readouterr().out
    assert "join nightly_report key 2026-01-01: open since" in shown
    assert "  arrived  load_orders load_orders-2026-01-01\n  missing  load_customers\n" in shown
    second = stack.publish(event("load_customers", "2026-01-01"))
    assert second.status == "JOINED"
    (report,) = second.triggers
    assert report.status == "TRIGGERED"
    assert report.received["--orders"] == "s3://b/load_orders"
    assert report.received["--day"] == "2026-01-01"


def decided(engine: Engine, day: str) -> dict[str, Any]:
    """Let the deadline of a day pass now: the same state machine and input, but one second."""
    client = engine.client("stepfunctions")
    router = DeployedRouter.find(ROUTER)
    given = {"join": "nightly_report", "key": day, "seconds": 1}
    arn = client.start_execution(
        stateMachineArn=router.settings.join_deadline_arn, name=f"now-{day}", input=json.dumps(given)
    )["executionArn"]
    deadline = time.monotonic() + 120
    while (found := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return dict(found)


def watching(engine: Engine) -> set[str]:
    """ARNs of the executions that wait for a deadline."""
    executions = engine.client("stepfunctions").list_executions(
        stateMachineArn=DeployedRouter.find(ROUTER).settings.join_deadline_arn, statusFilter="RUNNING"
    )["executions"]
    return {one["executionArn"] for one in executions}


def test_deadline_fails_with_the_missing_job(stack: Simulator, engine: Engine) -> None:
    before = watching(engine)
    stack.publish(event("load_orders", "2026-01-02"))
    assert len(watching(engine) - before) == 1
    found = decided(engine, "2026-01-02")
    assert (found["status"], found["error"]) == ("FAILED", "JoinExpired")
    assert "load_customers did not succeed within 6 hours. Arrived: load_orders." in found["cause"]
    assert f"Look: orchestrator inspect nightly_report 2026-01-02 --function {ROUTER}" in found["cause"]
    runs = boto3.client("glue").get_job_runs(JobName="warn_team")["JobRuns"]
    assert [one["Arguments"]["--triggered_by_run_id"] for one in runs] == ["2026-01-02"]
    late = stack.publish(event("load_customers", "2026-01-02"))
    assert [one["status"] for one in late.joins] == ["LATE"]


def test_deadline_of_a_complete_join_succeeds(stack: Simulator, engine: Engine) -> None:
    for job in ("load_orders", "load_customers"):
        stack.publish(event(job, "2026-01-03"))
    assert decided(engine, "2026-01-03")["status"] == "SUCCEEDED"


def test_failed_trigger_of_a_join_is_replayed(stack: Simulator, engine: Engine) -> None:
    engine.client("glue").delete_job(JobName="build_report")
    stack.publish(event("load_orders", "2026-01-04"))
    failed = stack.publish(event("load_customers", "2026-01-04"))
    assert [one.status for one in failed.triggers] == ["FAILED"]
    stack.create_targets()
    (execution,) = failed.executions
    described = engine.client("stepfunctions").describe_execution(executionArn=execution.arn)
    body = json.loads(described["input"])["event"] | {"$replay": {"of": execution.name}, "$wait_seconds": 30}
    answer = engine.client("lambda").invoke(FunctionName=stack.stack.router, Payload=json.dumps(body).encode())
    (record,) = json.loads(answer["Payload"].read())["records"]
    assert [(one["id"], one["action"]) for one in record["replay"]["triggers"]] == [("report", "STARTED")]
    assert record["executions"][0]["outcomes"][0]["result"]["status"] == "TRIGGERED"


def test_calls_of_each_arrival(stack: Simulator, engine: Engine) -> None:
    """Calls of the router with and without a join; ``pytest -rP`` prints them. docs/joins.md has the cost."""
    document = json.loads(json.dumps(DOCUMENT))
    document["workflows"]["alone"] = {"on_success": [{"type": "glue_job", "id": "own", "job_name": "check_orders"}]}
    document["joins"]["nightly_report"]["all_of"].append("load_prices")
    stack.replace_config(document)
    found = {}
    for job in ("alone", "load_orders", "load_customers", "load_prices"):
        stack.publish(event(job, "2026-02-01"))
        invocation = next(one for one in reversed(engine.runtime.invocations) if one.function == ROUTER)
        found[job] = [one.operation for one in invocation.calls]
        print(f"{job}: {', '.join(found[job])}")  # noqa: T201
    read = "GetObject"
    assert found == {
        "alone": [read, "StartExecution"],
        "load_orders": [read, "StartExecution", "UpdateItem", "StartExecution", "UpdateItem"],
        "load_customers": [read, "DescribeExecution", "UpdateItem"],
        "load_prices": [read, "DescribeExecution", "UpdateItem", "UpdateItem", "StartExecution"],
    }
    stack.replace_config(DOCUMENT)
