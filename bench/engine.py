"""Measures events a second and memory per event on the local engine: ``python -m bench.engine``.

The baseline is the same engine without the patches of ``local/engine/patches/performance.py``. Both variants run in turn,
each in a new process.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.command import Run, main
from bench.processes import run
from bench.results import Cell, Figure, Section, Table
from local.defaults import ACCOUNT
from local.engine.engine import Engine, run_engine
from local.engine.patches import PATCHES, PERFORMANCE
from local.simulation.simulator import Simulator

EVENTS, QUICK_EVENTS = 20, 10
"""Events in each round of the comparison; each starts five triggers, one of each type."""
MANY, QUICK_MANY, CHUNKS = 5_000, 1_000, 10
"""Events of the long run, in chunks; each starts one trigger, the five types in turn."""
PUBLISHERS = 4
QUEUED = 1_000
"""Messages in the queue that SendMessage is measured with."""
_WARM_UP = 10
BASELINE, PATCHED = "without performance patches", "as shipped"
ABOUT = """The embedded engine of `orchestrator local`, `simulate` and the tests. The comparison publishes events with five
triggers each, to the engine as it is and to the engine without its performance patches. The long run publishes
events with one trigger each to one engine, and reads the process's memory after each tenth."""

TRIGGERS: list[dict[str, Any]] = [
    {"type": "glue_job", "job_name": "load"},
    {"type": "step_function", "arn": "arn:aws:states:us-west-1:123456789012:stateMachine:nested"},
    {"type": "eventbridge", "detail_type": "Loaded", "source": "bench"},
    {"type": "mwaa_dag", "environment_name": "airflow", "dag_id": "report"},
    {"type": "sqs_mwaa", "dag_id": "export"},
]
CONFIG: dict[str, Any] = {
    "workflows": {"all": {"on_success": TRIGGERS}} | {one["type"]: {"on_success": [one]} for one in TRIGGERS}
}
Values = dict[str, list[float]]


def compared(rounds: int, events: int, variant: str) -> Values:
    """Publish events with five triggers to one engine; returns the values of each round."""
    baseline = variant == BASELINE
    patches = [patch for patch in PATCHES if not (baseline and patch.name in PERFORMANCE)]
    found: Values = {"events a second": [], "engine CPU ms an event": [], "ms a SendMessage": []}
    with run_engine("us-west-1", patches=patches) as engine:
        simulator = Simulator.deploy(engine, CONFIG)
        _publish(engine, simulator, range(_WARM_UP), ["all"])
        for number in range(rounds):
            first = _WARM_UP + number * events
            cpu, began = time.process_time(), time.monotonic()
            _publish(engine, simulator, range(first, first + events), ["all"])
            found["events a second"].append(events / (time.monotonic() - began))
            found["engine CPU ms an event"].append(1000 * (time.process_time() - cpu) / events)
        found["ms a SendMessage"] = _send_ms(engine, rounds)
    return found


def endured(chunks: int, events: int, variant: str) -> Values:
    """Publish events with one trigger to one engine; returns the values of each chunk."""
    del variant  # The long run measures the engine as shipped.
    found: Values = {"events a second": [], "resident MB": [], "kB an event": []}
    jobs = [one["type"] for one in TRIGGERS]
    with run_engine("us-west-1") as engine:
        simulator = Simulator.deploy(engine, CONFIG)
        _publish(engine, simulator, range(_WARM_UP), jobs)
        for number in range(chunks):
            first, memory, began = _WARM_UP + number * events, _resident_mb(), time.monotonic()
            _publish(engine, simulator, range(first, first + events), jobs)
            found["events a second"].append(events / (time.monotonic() - began))
            found["resident MB"].append(_resident_mb())
            found["kB an event"].append(1000 * (_resident_mb() - memory) / events)
    return found


def _publish(engine: Engine, simulator: Simulator, numbers: range, jobs: list[str]) -> None:
    """Publish one event for each number, of the jobs in turn, and wait until every execution has succeeded."""

    def publish(number: int) -> None:
        event = {"job_name": jobs[number % len(jobs)], "job_run_id": f"run-{number}", "status": "SUCCESS"}
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
    # local.engine.patches.imports must import the interpreter first.
    from moto.stepfunctions.parser.models import stepfunctions_parser_backends  # noqa: PLC0415

    machines = stepfunctions_parser_backends[ACCOUNT][engine.region].state_machines
    (machine,) = (one for one in machines if one.arn == simulator.stack.state_machine)
    return dict(Counter(one.status for one in machine.executions))


def _send_ms(engine: Engine, rounds: int) -> list[float]:
    """Return the milliseconds of some SendMessage calls to a queue with ``QUEUED`` messages."""
    sqs = engine.client("sqs")
    url = sqs.create_queue(QueueName="long")["QueueUrl"]
    batch = [{"Id": str(number), "MessageBody": "text"} for number in range(10)]
    for _ in range(QUEUED // 10):
        sqs.send_message_batch(QueueUrl=url, Entries=batch)
    seconds = []
    for _ in range(rounds):
        began = time.monotonic()
        sqs.send_message(QueueUrl=url, MessageBody="text")
        seconds.append(time.monotonic() - began)
    return [1000 * one for one in seconds]


def _resident_mb() -> float:
    """Resident memory of this process; Linux reports pages, other systems only the peak."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def measure(options: Run) -> Section:
    """Compare both variants, then do the long run; each in a new process."""
    found = {}
    for variant in (BASELINE, PATCHED):
        options.step(f"{variant}, {options.rounds} rounds")
        found[variant] = _in_process(
            "compared", options.rounds, QUICK_EVENTS if options.quick else EVENTS, variant=variant
        )
    many = QUICK_MANY if options.quick else MANY
    options.step(f"{many:,} events")
    long = _in_process("endured", CHUNKS, many // CHUNKS, variant=PATCHED)
    rows: list[list[Cell]] = []
    for name, before in found[BASELINE].items():
        base, after = Figure(values=before), Figure(values=found[PATCHED][name])
        rows.append([name, base, after, after.over(base)])
    growth: list[list[Cell]] = [[name, Figure(values=values)] for name, values in long.items()]
    growth.append(["resident MB at the end", round(long["resident MB"][-1])])
    return Section(
        name="engine",
        title="The embedded engine",
        about=ABOUT,
        tables=[
            Table(columns=["Events with 5 triggers", BASELINE, PATCHED, "Ratio"], rows=rows),
            Table(columns=[f"{many:,} events with 1 trigger, {CHUNKS} chunks", "Values of the chunks"], rows=growth),
        ],
    )


def _in_process(function: str, *numbers: int, variant: str) -> Values:
    """Run ``compared`` or ``endured`` in a new process, because a process keeps moto's memory."""
    command = [sys.executable, "-m", "bench.engine", "--child", function, variant, *map(str, numbers)]
    values: Values = json.loads(run(command).output)
    return values


def _child(function: str, variant: str, rounds: str, events: str) -> None:
    call = compared if function == "compared" else endured
    sys.stdout.write(json.dumps(call(int(rounds), int(events), variant)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(*sys.argv[2:])
    else:
        main(measure, __doc__ or "")
