"""Measures the list of executions: the command and the console's page. ``python -m bench.console [EXECUTIONS]``.

The baseline is one boto3 process that lists the same executions without reading any of them, in the same run.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.processes import run
from bench.recorded import start
from console.server import serve
from console.stack import ConsoleStack
from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator

EXECUTIONS, ROUNDS, JOBS = 2_000, 5, [f"job_{number:02}" for number in range(20)]
CONFIG: dict[str, Any] = {
    "workflows": {job: {"on_success": [{"type": "sqs_mwaa", "dag_id": "report"}]} for job in JOBS}
}

_BASELINE = """
import boto3, sys
pages = boto3.client("stepfunctions").get_paginator("list_executions").paginate(stateMachineArn=sys.argv[1])
print(sum(len(page["executions"]) for page in pages))
"""


def _median(measured: Callable[[], object]) -> float:
    """Median seconds of several calls."""
    seconds = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        measured()
        seconds.append(time.monotonic() - began)
    return statistics.median(seconds)


@contextmanager
def _environment(engine: Engine) -> Iterator[None]:
    before = dict(os.environ)
    os.environ |= {"AWS_ENDPOINT_URL": engine.endpoint, "AWS_DEFAULT_REGION": engine.region}
    os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def main() -> None:
    """Print the median seconds of each way to list executions."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else EXECUTIONS
    with run_engine("us-west-1") as engine:
        simulator = Simulator.deploy(engine, CONFIG)
        start(engine, simulator, count, JOBS)
        router = simulator.stack.function
        command = ("-m", "cli.main", "executions", "--function", router)
        with _environment(engine), serve(ConsoleStack.open(router, allow_replay=False)) as address:

            def page(path: str) -> None:
                with urllib.request.urlopen(address + path) as answer:  # noqa: S310 - our own server
                    answer.read()

            def command_run(*arguments: str) -> None:
                run([sys.executable, *arguments])

            measured = {
                "boto3 process, ListExecutions only": lambda: command_run(
                    "-c", _BASELINE, simulator.stack.state_machine
                ),
                "executions (newest 50)": lambda: command_run(*command),
                "executions --job job_07 (100 of them)": lambda: command_run(
                    *command, "--job", "job_07", "--limit", "2000"
                ),
                f"executions --limit {count} (all)": lambda: command_run(*command, "--limit", str(count)),
                "console: list": lambda: page("executions"),
                "console: filter by job": lambda: page("executions?job=job_07"),
                "console: lineage": lambda: page("lineage"),
            }
            baseline = 0.0
            for name, one in measured.items():
                seconds = _median(one)
                baseline = baseline or seconds
                sys.stdout.write(f"{name}: {seconds:.2f} s, ratio {seconds / baseline:.2f}\n")


if __name__ == "__main__":
    main()
