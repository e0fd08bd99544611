"""Measures events a second and memory per event on the local engine: ``python -m bench.engine [EVENTS]``.

The baseline is the same engine without the patches of ``local/patches/performance.py``. Both variants run in this one command,
in turn, each in a new process. One event starts one execution with five triggers, one of each type.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local.engine import Engine, run_engine
from local.patches import PATCHES, PERFORMANCE
from local.simulation import Simulator

EVENTS = 300
RUNS = 3
PUBLISHERS = 4
_WARM_UP = 20

CONFIG: dict[str, Any] = {
    "workflows": {
        "job": {
            "on_success": [
                {"type": "glue_job", "job_name": "load"},
                {"type": "step_function", "arn": "arn:aws:states:us-west-1:123456789012:stateMachine:nested"},
                {"type": "eventbridge", "detail_type": "Loaded", "source": "bench"},
                {"type": "mwaa_dag", "environment_name": "airflow", "dag_id": "report"},
                {"type": "sqs_mwaa", "dag_id": "report"},
            ]
        }
    }
}


def measure(events: int, *, baseline: bool) -> dict[str, float]:
    """Publish ``events`` events to one engine; returns events a second, CPU seconds an event and MB an event."""
    with run_engine(
        "us-west-1", patches=[patch for patch in PATCHES if not (baseline and patch.name in PERFORMANCE)]
    ) as engine:
        simulator = Simulator.deploy(engine, CONFIG)
        _publish(engine, simulator, range(_WARM_UP))
        memory, cpu, began = _resident_mb(), time.process_time(), time.monotonic()
        _publish(engine, simulator, range(_WARM_UP, _WARM_UP + events))
        seconds = time.monotonic() - began
        return {
            "events a second": events / seconds,
            "engine CPU ms an event": 1000 * (time.process_time() - cpu) / events,
            "MB an event": (_resident_mb() - memory) / events,
        }


def _publish(engine: Engine, simulator: Simulator, numbers: range) -> None:
    """Publish one event for each number and wait until every execution has succeeded."""

    def publish(number: int) -> None:
        event = {"job_name": "job", "job_run_id": f"run-{number}", "status": "SUCCESS"}
        engine.client("sns").publish(TopicArn=simulator.stack.topics["job_events"], Message=json.dumps(event))

    engine.client("sns")
    with ThreadPoolExecutor(PUBLISHERS) as pool:
        list(pool.map(publish, numbers))
    engine.runtime.drain()
    client = engine.client("stepfunctions")
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        pages = client.get_paginator("list_executions").paginate(stateMachineArn=simulator.stack.state_machine)
        statuses = [one["status"] for page in pages for one in page["executions"]]
        if statuses.count("SUCCEEDED") == numbers.stop:
            return
        time.sleep(0.25)
    raise RuntimeError(f"expected {numbers.stop} executions to succeed, found {sorted(set(statuses))}")


def _resident_mb() -> float:
    """Resident memory of this process; Linux reports pages, other systems only the peak."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> None:
    """Print the medians of both variants and their ratios."""
    if sys.argv[1:2] == ["--child"]:
        sys.stdout.write(json.dumps(measure(int(sys.argv[2]), baseline=sys.argv[3] == "baseline")))
        return
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    found: dict[str, list[dict[str, float]]] = {"baseline": [], "patched": []}
    for run in range(RUNS):
        for variant, results in found.items():
            sys.stderr.write(f"run {run + 1} of {RUNS}: {variant}, {events} events\n")
            command = [sys.executable, "-m", "bench.engine", "--child", str(events), variant]
            answer = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603 - this module itself
            results.append(json.loads(answer.stdout))
    sys.stdout.write(f"{events} events, 5 triggers each, median of {RUNS} runs\n")
    sys.stdout.write(f"{'':<24}{'baseline':>10}{'patched':>10}{'ratio':>8}\n")
    for name in found["patched"][0]:
        before, after = (statistics.median(one[name] for one in found[variant]) for variant in ("baseline", "patched"))
        sys.stdout.write(f"{name:<24}{before:>10.3f}{after:>10.3f}{after / before:>8.2f}\n")


if __name__ == "__main__":
    main()
