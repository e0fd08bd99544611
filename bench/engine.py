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
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local.defaults import ACCOUNT
from local.engine import Engine, run_engine
from local.patches import PATCHES, PERFORMANCE
from local.simulation import Simulator

EVENTS = 300
RUNS = 3
PUBLISHERS = 4
QUEUED = 3_000
"""Messages in the queue that SendMessage is measured with."""
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
    """Publish ``events`` events to one engine; returns one value for each line of the table."""
    with run_engine(
        "us-west-1", patches=[patch for patch in PATCHES if not (baseline and patch.name in PERFORMANCE)]
    ) as engine:
        simulator = Simulator.deploy(engine, CONFIG)
        _publish(engine, simulator, range(_WARM_UP))
        memory, cpu, began = _resident_mb(), time.process_time(), time.monotonic()
        _publish(engine, simulator, range(_WARM_UP, _WARM_UP + events))
        seconds, cpu, memory = time.monotonic() - began, time.process_time() - cpu, _resident_mb() - memory
        return {
            "events a second": events / seconds,
            "engine CPU ms an event": 1000 * cpu / events,
            "MB an event": memory / events,
            "ms a SendMessage": _send_ms(engine),
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
    deadline = time.monotonic() + 600
    while (found := _statuses(engine, simulator)) != {"SUCCEEDED": numbers.stop}:
        if time.monotonic() > deadline:
            raise RuntimeError(f"expected {numbers.stop} executions to succeed, found {found}")
        time.sleep(0.05)


def _statuses(engine: Engine, simulator: Simulator) -> dict[str, int]:
    """Count the executions of each status in moto's memory; ListExecutions would slow down the engine that it measures."""
    # local.patches.imports must import the interpreter first.
    from moto.stepfunctions.parser.models import stepfunctions_parser_backends  # noqa: PLC0415

    machines = stepfunctions_parser_backends[ACCOUNT][engine.region].state_machines
    (machine,) = (one for one in machines if one.arn == simulator.stack.state_machine)
    return dict(Counter(one.status for one in machine.executions))


def _send_ms(engine: Engine) -> float:
    """Return the median milliseconds of SendMessage to a queue with ``QUEUED`` messages."""
    sqs = engine.client("sqs")
    url = sqs.create_queue(QueueName="long")["QueueUrl"]
    batch = [{"Id": str(number), "MessageBody": "text"} for number in range(10)]
    for _ in range(QUEUED // 10):
        sqs.send_message_batch(QueueUrl=url, Entries=batch)
    seconds = []
    for _ in range(21):
        began = time.monotonic()
        sqs.send_message(QueueUrl=url, MessageBody="text")
        seconds.append(time.monotonic() - began)
    return 1000 * statistics.median(seconds)


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
    sys.stdout.write(f"{events} events, 5 triggers each; SendMessage to {QUEUED} messages; median of {RUNS} runs\n")
    sys.stdout.write(f"{'':<24}{'baseline':>10}{'patched':>10}{'ratio':>8}\n")
    for name in found["patched"][0]:
        before, after = (statistics.median(one[name] for one in found[variant]) for variant in ("baseline", "patched"))
        sys.stdout.write(f"{name:<24}{before:>10.3f}{after:>10.3f}{after / before:>8.2f}\n")


if __name__ == "__main__":
    main()
