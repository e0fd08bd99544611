"""Measures the CPU time that a condition adds to a trigger: ``python -m bench.conditions``.

One event is planned with 100 triggers, without conditions and with conditions of different kinds; the runs alternate. The
router plans in the same way.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

from orchestration.configuration.loader import LoadedConfig
from orchestration.event.job_event import Delivery, read_event
from orchestration.planning.plan import plan
from orchestration.settings import Settings
from orchestration.values.strictjson import JsonObject, dumps

TRIGGERS = 100
RUNS = 101
CONDITIONS: dict[str, dict[str, Any]] = {
    "no condition": {},
    "one field, equal": {"region": ["eu"]},
    "three fields, nested, operators": {
        "region": ["eu"],
        "metrics": {"rows": [{"numeric": [">", 0, "<=", 1000]}]},
        "artifacts": {"path": [{"wildcard": "s3://*/daily/*"}]},
    },
    "$or of three": {
        "$or": [{"region": ["us"]}, {"metrics": {"rows": [1]}}, {"artifacts": {"path": [{"prefix": "s3"}]}}]
    },
    "one field of 1,000 objects in a list": {"files": {"name": ["f999"]}},
    "two fields of 1,000 objects in a list": {"files": {"name": ["f999"], "size": [{"exists": False}]}},
    "an absent field of 6,001 elements": {"numbers": {"x": [{"exists": False}]}},
    "one field, not equal (skipped)": {"region": ["us"]},
}
EVENT: JsonObject = {
    "job_name": "j",
    "job_run_id": "r",
    "status": "SUCCESS",
    "region": "eu",
    "metrics": {"rows": 10},
    "artifacts": {"path": "s3://bucket/daily/x.parquet"},
    "files": [{"name": f"f{number}"} for number in range(1_000)],
    "numbers": [*range(6_001)],
}


def main() -> None:
    """Measure, and print the table."""
    settings = Settings(state_machine_arn="arn:aws:states:us-west-1:123456789012:stateMachine:m", region="us-west-1")
    event = read_event(Delivery(source="e", body=dumps(EVENT), topic_arn="(SNS)"))
    seconds: dict[str, list[float]] = {name: [] for name in CONDITIONS}
    configs = {name: LoadedConfig(document_of(condition), "file", "v") for name, condition in CONDITIONS.items()}
    for _ in range(RUNS):
        for name, config in configs.items():
            triggers = config.triggers("j", "on_success", settings) or []
            began = time.process_time()
            plan(event, triggers, config, settings, "")
            seconds[name].append(time.process_time() - began)
    sys.stdout.write(f"CPU of the plan for each of {TRIGGERS} triggers, median of {RUNS}\n")
    base = statistics.median(seconds["no condition"])
    for name, found in seconds.items():
        median = statistics.median(found)
        added = 1e6 * (median - base) / TRIGGERS
        sys.stdout.write(f"  {name:<40} {1e6 * median / TRIGGERS:8.1f} µs   condition: {added:+8.1f} µs\n")


def document_of(condition: dict[str, Any]) -> dict[str, Any]:
    """A configuration whose triggers have the condition."""
    when = {"when": condition} if condition else {}
    triggers = [{"type": "glue_job", "job_name": f"load_{number}", **when} for number in range(TRIGGERS)]
    return {"workflows": {"j": {"on_success": triggers}}}


if __name__ == "__main__":
    main()
