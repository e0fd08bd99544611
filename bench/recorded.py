"""Measures ``plan --recorded`` on past executions of the local stack: ``python -m bench.recorded [EXECUTIONS]``.

The baseline lists and describes the same executions with boto3, one after the other, in the same run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator

EXECUTIONS = 2_000
STARTERS = 2
CONFIG: dict[str, Any] = {
    "workflows": {"job": {"on_success": [{"type": "sqs_mwaa", "dag_id": "report", "conf": {"x": "${artifacts.x}"}}]}}
}


def start(engine: Engine, simulator: Simulator, count: int, jobs: Sequence[str] = ("job",)) -> None:
    """Route ``count`` events of the jobs in turn, and print the progress."""
    client = engine.client("lambda")

    def invoke(number: int) -> None:
        event = {
            "job_name": jobs[number % len(jobs)],
            "job_run_id": f"run-{number}",
            "status": "SUCCESS",
            "artifacts": {"x": number},
        }
        client.invoke(FunctionName=simulator.stack.router, Payload=json.dumps(event).encode())
        if number % 100 == 0:
            sys.stderr.write(f"started {number:,} of {count:,}\n")

    with ThreadPoolExecutor(STARTERS) as pool:
        list(pool.map(invoke, range(count)))


def _one_by_one(engine: Engine, simulator: Simulator) -> float:
    client, began = engine.client("stepfunctions"), time.monotonic()
    for page in client.get_paginator("list_executions").paginate(stateMachineArn=simulator.stack.state_machine):
        for one in page["executions"]:
            client.describe_execution(executionArn=one["executionArn"])
    return time.monotonic() - began


def _command(engine: Engine, simulator: Simulator) -> tuple[float, int]:
    """Seconds of the command, and the number of events that it planned."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.json")
        config.write_text(json.dumps(CONFIG))
        command = [sys.executable, "-m", "cli.main", "plan", "--recorded", "1d", "--function", simulator.stack.function]
        variables = {"AWS_ENDPOINT_URL": engine.endpoint, "AWS_DEFAULT_REGION": engine.region}
        environment = {**os.environ, **variables, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
        began = time.monotonic()
        answer = subprocess.run(  # noqa: S603 - this project's command
            [*command, "--config", str(config), "--json"], env=environment, stdout=subprocess.PIPE, check=True
        )
        return time.monotonic() - began, len(json.loads(answer.stdout))


def main() -> None:
    """Print the seconds of the command and of the baseline."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else EXECUTIONS
    with run_engine("us-west-1") as engine:
        simulator = Simulator.deploy(engine, CONFIG)
        start(engine, simulator, count)
        baseline = _one_by_one(engine, simulator)
        seconds, planned = _command(engine, simulator)
    sys.stdout.write(f"plan --recorded of {planned:,} events: {seconds:.1f} s; ListExecutions and DescribeExecution ")
    sys.stdout.write(f"one by one: {baseline:.1f} s; ratio {seconds / baseline:.2f}\n")


if __name__ == "__main__":
    main()
