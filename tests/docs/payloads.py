"""Fills docs/architecture.md with the payloads of one event: ``python -m tests.docs.payloads``.

The page shows what one run on the local stack really made. Ids, times and other values that differ from run to run are replaced.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from local.engine.engine import run_engine
from local.simulation.simulator import Simulator
from orchestration.values import strictjson

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
_BLOCK = re.compile(r"(<!-- payload: ([a-z-]+) -->\n```[a-z]*\n)(.*?)(```\n)", re.DOTALL)

CONFIG: dict[str, Any] = {
    "workflows": {
        "transform_images": {
            "on_success": [
                {
                    "type": "glue_job",
                    "job_name": "load_images_to_redshift",
                    "arguments": {"--source_path": "${artifacts.output_path}"},
                },
                {"type": "sqs_mwaa", "dag_id": "report_images", "parameter_mapping": {"date": "start_date"}},
                {"type": "glue_job", "job_name": "index_images"},
            ]
        }
    }
}
EVENT: dict[str, Any] = {
    "job_name": "transform_images",
    "job_run_id": "spark-0001",
    "status": "SUCCESS",
    "artifacts": {"output_path": "s3://bucket/images/2025-11-24"},
    "start_date": "2025-11-24",
}
MISSING = "glue_job:index_images"

_VARYING = (
    (re.compile(r"http://127\.0\.0\.1:\d+"), "https://sqs.us-west-1.amazonaws.com"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "5d0c…"),
    (re.compile(r"jr_[0-9a-f]{20,}|(?<=\"id\": \")[0-9a-f]{40,}(?=\")"), "jr_0a1b…"),
    (re.compile(r"(?<=Request ID: )\w+"), "5d0c…"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(Z|\+00:00)"), "2025-11-24T01:00:00Z"),
)


def payloads() -> dict[str, str]:
    """Run the event on the local stack; returns the text of each block by name."""
    with run_engine("us-west-1") as engine:
        simulator = Simulator.deploy(engine, CONFIG, [MISSING])
        simulation = simulator.publish(json.dumps(EVENT))
        invocation = engine.runtime.invocations[-1]
        (execution,) = simulation.executions
        client = engine.client("stepfunctions")
        described = client.describe_execution(executionArn=execution.arn)
        history = client.get_execution_history(executionArn=execution.arn)["events"]
    entered = {
        one["stateEnteredEventDetails"]["name"]: json.loads(one["stateEnteredEventDetails"]["input"])
        for one in history
        if "stateEnteredEventDetails" in one
    }
    calls = sorted(
        (one["taskScheduledEventDetails"] for one in history if "taskScheduledEventDetails" in one),
        key=lambda one: (one["resourceType"], one["parameters"]),
    )
    logs = [line.split("\t", 2)[-1] for line in invocation.logs.splitlines()]
    found: dict[str, Any] = {
        "configuration": CONFIG,
        "event": EVENT,
        "record": invocation.event,
        "log": "\n".join(_shortened(line) for line in logs),
        "input": {"name": execution.name, "input": json.loads(described["input"])},
        "item": entered["Send message to MWAA trigger queue"],
        "calls": {
            f"{one['resourceType']}:{one['resource']} {n}": json.loads(one["parameters"]) for n, one in enumerate(calls)
        },
        "outcomes": sorted(entered["Collect failed triggers"]["outcomes"], key=lambda one: int(one["index"])),
        "cause": {"error": described["error"], "cause": described["cause"]},
        "response": invocation.result,
    }
    return {name: _stable(value) for name, value in found.items()}


def fill(page: str, blocks: dict[str, str]) -> str:
    """Return the page with the text of each block."""
    return _BLOCK.sub(lambda match: f"{match[1]}{blocks[match[2]]}\n{match[4]}", page)


def names(page: str) -> list[str]:
    """Return the names of the page's blocks, in order."""
    return [match[2] for match in _BLOCK.finditer(page)]


def _shortened(line: str) -> str:
    """Cut the payload in a log line: the page shows it whole elsewhere."""
    prefix, brace, _ = line.partition("{")
    return f"{prefix}{{…}}" if brace and prefix in ("Received event: ", "SNS Message: ") else line


def _stable(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    for pattern, replacement in _VARYING:
        text = pattern.sub(replacement, text)
    return text


def main() -> None:
    """Write the page."""
    PAGE.write_text(fill(PAGE.read_text(encoding="utf-8"), payloads()), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: {strictjson.size(PAGE.read_text(encoding='utf-8')):,} bytes\n")


if __name__ == "__main__":
    main()
