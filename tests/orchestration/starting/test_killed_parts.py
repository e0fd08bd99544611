"""Router processes are killed between the parts of an event, with a deployment and an upload in between.

The processes, the state machine and the Glue runs are real, on the engine.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from local.engine.engine import Engine
from local.simulation.simulator import Simulator
from operations.executions.inspection import inspect
from orchestration.configuration.loader import LoadedConfig
from orchestration.event.identity import execution_name, part_name
from orchestration.event.job_event import deliveries, read_event
from orchestration.planning.plan import Plan, plan
from orchestration.settings import Settings
from orchestration.starting.executions import ExecutionClient
from tests.conftest import Router
from tests.local.helpers import record

ROOT = Path(__file__).parents[3]
EVENT = {"job_name": "up", "job_run_id": "killed", "status": "SUCCESS"}
NAME = execution_name("on_success", "up", "killed")
BEFORE, AFTER = "a", "b" * 200
"""``DEPLOY_ENV`` of two deployments. It is part of ``notify``, so the second one has less room for triggers."""

KILLED = """
import json, os, signal, sys, types
from tasks import downstream_orchestrator as router

def answered(**_):
    calls.append(1)
    if len(calls) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

calls = []
router._router().step_functions.meta.events.register("after-call.sfn.StartExecution", answered)
context = types.SimpleNamespace(aws_request_id="delivery", get_remaining_time_in_millis=lambda: 90_000)
router.handler(json.loads(sys.argv[1]), context)
"""


def document(count: int, size: int) -> dict[str, Any]:
    triggers = [
        {"type": "glue_job", "id": f"t{number:02}", "job_name": "job", "arguments": {"--x": "x" * size}}
        for number in range(count)
    ]
    notify = "arn:aws:sns:us-west-1:123456789012:${deploy.env}"
    return {"workflows": {"up": {"notify": notify, "on_success": triggers}}}


def planned(of: dict[str, Any], settings: Settings) -> Plan:
    config = LoadedConfig(of, "s3://bucket/" + "k" * 100, "v" * 64, "i" * 32)
    (delivery,) = deliveries({**EVENT}, "delivery")
    event = read_event(delivery, "")
    return plan(event, config.triggers("up", "on_success", settings) or [], config, settings, "d" * 36)


def with_one_part_more(settings: Settings) -> dict[str, Any]:
    """A configuration with two parts now; what the first part leaves needs two parts after the deployment."""

    def suits(size: int) -> bool:
        of = document(20, size)
        now, later = (planned(of, dataclasses.replace(settings, deploy_env=env)) for env in (BEFORE, AFTER))
        packed = now.pack(now.items)
        return len(packed) == 2 and len(later.pack(later.items[len(packed[0].input.triggers) :], first_part=2)) == 2

    sizes = [size for size in range(24_900, 26_300) if suits(size)]
    return document(20, sizes[len(sizes) // 2])


def kill(simulator: Simulator, after: int, deploy_env: str) -> None:
    """Deliver the event to a router process, which is killed after its StartExecution call ``after``."""
    engine = simulator.engine
    deployed = engine.client("lambda").get_function_configuration(FunctionName=simulator.stack.router)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= deployed["Environment"]["Variables"] | {"DEPLOY_ENV": deploy_env}
    environment |= {"AWS_ENDPOINT_URL": engine.endpoint, "AWS_DEFAULT_REGION": engine.region}
    environment |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", KILLED, json.dumps(EVENT), str(after)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@pytest.mark.slow
def test_event_starts_whole_after_two_kills_and_a_deployment(engine: Engine) -> None:
    simulator = Simulator.deploy(engine, document(1, 1))
    router, executions = Router(simulator), ExecutionClient(engine.client("stepfunctions"), simulator.settings)
    before = with_one_part_more(simulator.settings)
    router.configure(before)
    kill(simulator, 1, BEFORE)
    router.configure(document(3, 10))
    kill(simulator, 2, AFTER)  # its first call finds part 1
    recorded = [executions.describe(part_name(NAME, number)).input.routing.part for number in (1, 2)]
    assert recorded == ["1/2", "2/3"]
    lost = part_name(NAME, 3)
    assert [one["name"] for one in inspect(executions, NAME).executions if one["status"] == "NOT_STARTED"] == [lost]
    (warning,) = record(router.invoke(EVENT | {"$replay": {"of": NAME, "dry_run": True}}))["warnings"]
    assert warning.startswith(f"execution {lost} never started")
    router.configure(document(2, 20))
    assert record(router.invoke(EVENT))["status"] == "STARTED"
    for name in router.executions():
        executions.wait(name, float("inf"))
    runs = engine.client("glue").get_paginator("get_job_runs").paginate(JobName="job")
    started = Counter(
        run["Arguments"]["--triggered_by_execution"].removeprefix(f"{NAME}-")
        for page in runs
        for run in page["JobRuns"]
    )
    assert started == Counter(f"t{number:02}" for number in range(20))
    assert len(inspect(executions, NAME).triggers) == 20
    assert record(router.invoke(EVENT))["status"] == "DUPLICATE"
