"""A deployed stack for the tests of publications: its configuration, and events of its jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.stack import object_address
from operations.publishing.publish import Follower
from operations.stack.deployed_router import DeployedRouter
from orchestration.event.job_event import deliveries, read_event
from tests.conftest import Router

LOAD = {"type": "glue_job", "job_name": "load", "id": "load", "arguments": {"--path": "${artifacts.path}"}}
REPORT = {"type": "sqs_mwaa", "dag_id": "report", "id": "report"}
LARGE = [LOAD | {"id": "l", "arguments": {"--blob": "${blob}", "--more": "${blob}"}}]
ROWS = REPORT | {"id": "rows", "when": {"rows": [{"numeric": [">", 0]}]}}
DOCUMENT: dict[str, Any] = {
    "workflows": {
        "images": {"on_success": [LOAD, REPORT], "on_approval": [REPORT]},
        "broken": {"on_success": [LOAD]},
        "some": {"on_success": [REPORT, ROWS]},
        "rows": {"on_success": [ROWS]},
        "both": {"on_success": [REPORT]},
        "caf\u00e9": {"on_success": [REPORT]},
    },
    "joins": {
        "daily": {"all_of": ["first", "second", "rows"], "key": "${day}", "on_complete": [REPORT]},
        "weekly": {"all_of": ["first", "both"], "key": "${week:-none}", "on_complete": [REPORT]},
    },
}


def event(job: str, run: str, **fields: Any) -> dict[str, Any]:
    return {"job_name": job, "job_run_id": run, "status": "SUCCESS"} | fields


def follower(deployed: DeployedRouter, body: dict[str, Any]) -> Follower:
    (delivery,) = deliveries(body, "")
    return Follower(deployed, read_event(delivery, ""))


@contextmanager
def configuration(router: Router, text: str | None) -> Iterator[None]:
    """Another text as the deployed configuration, or none."""
    place = object_address(router.simulator.stack.config_uri)
    s3 = router.simulator.engine.client("s3")
    before = s3.get_object(**place)["Body"].read()
    if text is None:
        s3.delete_object(**place)
    else:
        s3.put_object(**place, Body=text.encode())
    try:
        yield
    finally:
        s3.put_object(**place, Body=before)


def text_of(body: dict[str, Any]) -> str:
    return json.dumps(body)
