"""A local stack with the events of the browser tests and of the documentation's screenshots.

``python -m tests.browser.scene FOLDER`` writes the screenshots: ``make screenshots``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.cli.helpers import Local

ROOT = Path(__file__).parents[2]
PLAYWRIGHT = ROOT / ".venv-playwright" / "bin" / "python"
STATE_MACHINE = "arn:aws:states:us-west-1:123456789012:stateMachine:publish_catalog"
SCREENSHOTS = (
    "executions-wide-light",
    "failure-wide-light",
    "failure-narrow-dark",
    "lineage-wide-dark",
    "publish-wide-dark",
)
"""The pictures of docs/console.md: page, width and colour scheme."""

HOSTILE_JOB = '<script>document.title="pwned"</script>'
HOSTILE_TEXT = "\u001b[31mred\u001b[0m \u202egnp.exe\u202c <img src=x onerror=alert(1)> \u0000"

DOCUMENT: dict[str, Any] = {
    "workflows": {
        "ingest_orders": {
            "description": "Orders of the shop, each hour",
            "on_success": [
                {
                    "type": "glue_job",
                    "id": "clean",
                    "job_name": "clean_orders",
                    "arguments": {"--path": "${artifacts.path}"},
                },
                {"type": "step_function", "id": "catalog", "arn": STATE_MACHINE},
                {"type": "sqs_mwaa", "id": "report", "dag_id": "daily_report"},
            ],
            "on_approval": [
                {"type": "eventbridge", "id": "announce", "source": "warehouse", "detail_type": "Approved"}
            ],
        },
        "clean_orders": {
            "description": "Orders without duplicates",
            "on_success": [
                {"type": "glue_job", "id": "load", "job_name": "load_warehouse"},
                {"type": "glue_job", "id": "features", "job_name": "build_features"},
                {"type": "glue_job", "id": "model", "job_name": "train_model", "arguments": {"--day": "${start_date}"}},
            ],
        },
        "load_warehouse": {
            "description": "Tells each dashboard",
            "on_success": [{"type": "sqs_mwaa", "dag_id": f"dashboard_{number:03}"} for number in range(120)],
        },
        HOSTILE_JOB: {
            "on_success": [{"type": "glue_job", "job_name": "quarantine", "arguments": {"--text": "${artifacts.text}"}}]
        },
    }
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Address of the console, and the name of an execution for each kind of event."""

    url: str
    names: dict[str, str]


ALL_JOBS = tuple(DOCUMENT["workflows"])
JOBS_OF_THE_DOCUMENTATION = tuple(job for job in ALL_JOBS if job != HOSTILE_JOB)


@contextmanager
def scene(jobs: Collection[str] = ALL_JOBS) -> Iterator[Scene]:
    """Run the local stack with a success, a failure, a duplicate, 120 triggers in batches, and a hostile event.

    Args:
        jobs: workflows of the configuration, and jobs that publish events.
    """
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "workflow_config.json"
        workflows = {job: workflow for job, workflow in DOCUMENT["workflows"].items() if job in jobs}
        config.write_text(json.dumps({"workflows": workflows}, indent=2))
        local = Local("--config", str(config))
        try:
            url = next(line.split()[2] for line in local.lines if line.startswith("# console: "))
            yield Scene(url, _publish(local, jobs))
        finally:
            local.stop()


def _publish(local: Local, jobs: Collection[str]) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in local.variables.items():
            patch.setenv(name, value)
        session = boto3.session.Session()
        sns, states, glue = (session.client(one) for one in ("sns", "stepfunctions", "glue"))
    topic = next(one["TopicArn"] for one in sns.list_topics()["Topics"] if one["TopicArn"].endswith("job_events"))
    glue.delete_job(JobName="build_features")
    events: dict[str, dict[str, Any]] = {
        "success": {
            "job_name": "ingest_orders",
            "job_run_id": "2026-11-24T02",
            "artifacts": {"path": "s3://lake/orders/"},
        },
        "failure": {"job_name": "clean_orders", "job_run_id": "2026-11-24T02"},
        "batches": {"job_name": "load_warehouse", "job_run_id": "2026-11-24T02"},
        "hostile": {"job_name": HOSTILE_JOB, "job_run_id": "\u202edi-nur", "artifacts": {"text": HOSTILE_TEXT}},
    }
    events = {kind: event for kind, event in events.items() if event["job_name"] in jobs}
    for event in (*events.values(), events["success"]):
        sns.publish(TopicArn=topic, Message=json.dumps({**event, "status": "SUCCESS"}))
        time.sleep(1)  # the list shows one order
    machine = next(
        one["stateMachineArn"] for one in states.list_state_machines()["stateMachines"] if "local-" in one["name"]
    )
    deadline = time.monotonic() + 60
    while True:
        found = states.list_executions(stateMachineArn=machine)["executions"]
        if len(found) >= len(events) + 3 and all(one["status"] != "RUNNING" for one in found):
            break
        assert time.monotonic() < deadline, [(one["name"], one["status"]) for one in found]
        time.sleep(0.3)
    names: dict[str, str] = {}
    for one in found:
        given = json.loads(states.describe_execution(executionArn=one["executionArn"])["input"])
        for key, event in events.items():
            if given["event"]["job_name"] == event["job_name"] and "of" not in given["routing"]:
                names[key] = one["name"]
    return names


def chromium() -> str:
    """Path of Chromium, or empty."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""


def drive(found: Scene, folder: Path) -> dict[str, Any]:
    """Open every page with Chromium; screenshots go to ``folder``."""
    given = {"url": found.url, "names": found.names, "folder": str(folder), "chromium": chromium()}
    program = Path(__file__).with_name("chromium.py")
    answer = subprocess.run(
        [str(PLAYWRIGHT), str(program)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert answer.returncode == 0, answer.stderr
    report: dict[str, Any] = json.loads(answer.stdout)
    return report


if __name__ == "__main__":
    if not chromium() or not PLAYWRIGHT.exists():
        sys.exit("screenshots: Chromium is missing (Debian: apt-get install chromium), or Playwright: make playwright")
    with scene(JOBS_OF_THE_DOCUMENTATION) as running, tempfile.TemporaryDirectory() as taken:
        drive(running, Path(taken))
        for shown in SCREENSHOTS:
            shutil.copy(Path(taken) / f"{shown}.png", Path(sys.argv[1]) / f"console-{shown}.png")
