"""A chain of workflows over Glue, a state machine and DAGs: one published event, four levels, each target once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.engine.engine import Engine, run_engine
from local.simulation.cascade import Link, exit_code, follow
from local.simulation.simulator import Simulator
from orchestration.starting.executions import ExecutionClient

CHAIN = json.loads((Path(__file__).parents[3] / "docs" / "examples" / "chain.json").read_text())
LEVELS = [
    (1, "extract_orders", ["clean_orders"]),
    (2, "clean_orders", ["build_order_model"]),
    (3, "order_model", ["order_report", "score_orders"]),
    (4, "order_report", ["default/OrderReportReady"]),
    (4, "score_orders", ["publish_scores"]),
]
MODEL = "arn:aws:states:us-west-1:123456789012:stateMachine:build_order_model"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with run_engine("us-west-1") as started:
        yield started


@pytest.fixture(scope="module")
def stack(engine: Engine) -> Simulator:
    return Simulator.deploy(engine, CHAIN)


@pytest.fixture(autouse=True)
def _one_delivery(engine: Engine) -> Iterator[None]:
    yield
    engine.patch_context.deliveries = 1
    engine.patch_context.job_runs.clear()


def event(run: str, **fields: Any) -> str:
    return json.dumps({"job_name": "extract_orders", "job_run_id": run, "status": "SUCCESS"} | fields)


def shown(links: list[Link]) -> list[tuple[int, str, list[str]]]:
    return sorted(
        (link.level, link.simulation.job_name, sorted(one.name for one in link.simulation.triggers)) for link in links
    )


def runs_of(engine: Engine, job: str, upstream: str) -> int:
    """Runs of a Glue job that a run of its upstream job started."""
    runs = engine.client("glue").get_job_runs(JobName=job)["JobRuns"]
    return sum(one["Arguments"]["--triggered_by_run_id"] == upstream for one in runs)


def test_one_event_runs_four_levels(stack: Simulator) -> None:
    links = list(follow(stack, event("one")))
    assert shown(links) == LEVELS
    assert exit_code(links) == 0
    assert [link.publisher for link in links] == [
        "you",
        "the state machine",
        "the state machine",
        "the state machine",
        "sqs_mwaa order_report, simulated",
    ]


def test_every_delivery_twice_starts_each_target_once(stack: Simulator, engine: Engine) -> None:
    engine.patch_context.deliveries = 2
    links = list(follow(stack, event("twice")))
    assert shown(links) == LEVELS
    by_job = {link.simulation.job_name: link.simulation for link in links}
    assert runs_of(engine, "clean_orders", "twice") == 1
    assert runs_of(engine, "score_orders", by_job["order_model"].job_run_id) == 1
    nested = engine.client("stepfunctions").list_executions(stateMachineArn=MODEL)["executions"]
    upstream = [json.loads(_input(engine, one["executionArn"]))["triggered_by_run_id"] for one in nested]
    assert upstream.count(by_job["clean_orders"].job_run_id) == 1
    engine.runtime.drain()
    statuses = [
        record["status"]
        for one in engine.runtime.invocations
        if one.result and isinstance(one.result, dict)
        for record in one.result["records"]
        if record.get("job_run_id") == by_job["order_model"].job_run_id
    ]
    assert sorted(statuses) == ["DUPLICATE", "STARTED"]


def test_failed_run_stops_its_branch_and_a_replay_goes_on(stack: Simulator, engine: Engine) -> None:
    engine.patch_context.job_runs["score_orders"] = {"JobRunState": "FAILED", "ErrorMessage": "no model"}
    links = list(follow(stack, event("failing")))
    assert exit_code(links) == 1
    assert shown(links) == [one for one in LEVELS if one[1] != "score_orders"]
    third = next(link.simulation for link in links if link.level == 3)
    failed = next(one for one in third.triggers if one.name == "score_orders")
    assert failed.status == "FAILED"
    assert failed.cause.endswith("FAILED: no model")
    batch = next(one for one in third.executions if one.execution_status == "FAILED")
    engine.patch_context.job_runs.clear()
    executions = ExecutionClient(engine.client("stepfunctions"), stack.settings)
    body = executions.describe(batch.name).input.event | {"$replay": {"of": batch.name}, "$wait_seconds": 30}
    answer = engine.client("lambda").invoke(FunctionName=stack.stack.router, Payload=json.dumps(body).encode())
    (record,) = json.loads(answer["Payload"].read())["records"]
    assert [(one["id"], one["action"]) for one in record["replay"]["triggers"]] == [("score", "STARTED")]
    (replayed,) = record["executions"]
    run = replayed["outcomes"][0]["result"]["id"]
    engine.runtime.drain()
    routed = [
        record
        for one in engine.runtime.invocations
        if isinstance(one.result, dict)
        for record in one.result["records"]
        if record.get("job_run_id") == run
    ]
    assert [(one["job_name"], one["status"]) for one in routed] == [("score_orders", "STARTED")]


def test_endless_cycle_is_refused_after_20_hops(stack: Simulator, engine: Engine) -> None:
    link = next(follow(stack, event("hops", hops=20)))
    assert link.simulation.status == "STARTED"
    refused = next(follow(stack, event("too-many", hops=21)))
    assert refused.simulation.status == "FAILED"
    assert "event field 'hops': found 21, expected at most 20" in refused.simulation.reason


def _input(engine: Engine, arn: str) -> str:
    text: str = engine.client("stepfunctions").describe_execution(executionArn=arn)["input"]
    return text
