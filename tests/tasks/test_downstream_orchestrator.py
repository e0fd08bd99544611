"""The handler's cold start: the collector rests until the clients exist, and botocore knows the handler's services."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

PROGRAM = """
import gc, json
import tasks.downstream_orchestrator as task
imported = gc.isenabled()
task._router()
loader = task._session().get_component("data_loader")
clients = [task._client(service).meta.service_model.service_name for service in task.SERVICES]
print(json.dumps([imported, gc.isenabled(), gc.get_freeze_count(), loader.list_available_services("service-2"), clients]))
"""


def started() -> Any:
    """Facts about a new process that has created the router."""
    environment = {"AWS_DEFAULT_REGION": "us-west-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_collector_runs_again_and_skips_modules_and_clients() -> None:
    imported, after, frozen, *_ = started()
    assert imported
    assert after
    assert frozen > 10_000


def test_botocore_knows_exactly_the_services_of_the_handler() -> None:
    *_, listed, clients = started()
    assert listed == clients == ["dynamodb", "s3", "ssm", "stepfunctions"]
