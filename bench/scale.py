"""Measures events with 1 to 5,000 triggers through the whole path: ``python -m bench.scale [COUNT ...]``.

Everything runs on the embedded engine in one process, so the seconds describe the engine only. The numbers of executions,
transitions and history events are the same on AWS.
"""

from __future__ import annotations

import json
import statistics
import sys
import time

from local.engine.engine import run_engine
from local.simulation.simulator import Simulator

COUNTS = (1, 10, 40, 100, 1000, 5000)


def measure(count: int) -> dict[str, float]:
    """Measure one event with ``count`` sqs_mwaa triggers on a new engine; returns a row of the table."""
    triggers = [{"type": "sqs_mwaa", "dag_id": f"dag_{number}"} for number in range(count)]
    event = {"job_name": "job", "job_run_id": f"run-{count}", "status": "SUCCESS"}
    with run_engine() as engine:
        simulator = Simulator.deploy(engine, {"workflows": {"job": {"on_success": triggers}}})
        # The router shares this machine with the executions. On AWS, 125 StartExecution calls take seconds.
        engine.client("lambda").update_function_configuration(FunctionName=simulator.stack.router, Timeout=900)
        began = time.monotonic()
        simulation = simulator.publish(json.dumps(event), timeout=1800)
        seconds = time.monotonic() - began
        client = engine.client("stepfunctions")
        histories = [
            len(client.get_execution_history(executionArn=execution.arn)["events"])
            for execution in simulation.executions
        ]
    return {
        "triggers": count,
        "started": sum(trigger.status == "TRIGGERED" for trigger in simulation.triggers),
        "executions": len(simulation.executions),
        "transitions": sum(execution.transitions for execution in simulation.executions),
        "events a trigger": round(sum(histories) / count, 1),
        "most events": max(histories),
        "seconds": round(seconds, 1),
        "ms a trigger": round(1000 * seconds / count, 1),
    }


def main() -> None:
    """Measure each count, up to 100 triggers three times, and print a table with the median seconds."""
    counts = [int(argument) for argument in sys.argv[1:]] or list(COUNTS)
    rows = []
    for count in counts:
        runs = [measure(count) for _ in range(3 if count <= 100 else 1)]
        row = runs[0] | {"seconds": statistics.median(run["seconds"] for run in runs)}
        rows.append(row)
        if len(rows) == 1:
            sys.stdout.write("  ".join(f"{name:>16}" for name in row) + "\n")
        sys.stdout.write("  ".join(f"{value:>16,}" for value in row.values()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
