"""Helpers for tests of the deployed router: a configuration, and the number of calls of its targets."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from local.engine.engine import Engine
from local.engine.invocation import Request
from local.simulation.targets.queues import messages
from orchestration.values.strictjson import Json

Event = Callable[..., dict[str, Any]]
NESTED = "arn:aws:states:us-west-1:123456789012:stateMachine:nested"
FIVE = [
    {"type": "glue_job", "job_name": "job"},
    {"type": "step_function", "arn": NESTED},
    {"type": "eventbridge", "detail_type": "d", "source": "s"},
    {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d"},
    {"type": "sqs_mwaa", "dag_id": "d"},
]
CONFIG: dict[str, Any] = {
    "workflows": {
        "upstream": {"on_success": FIVE, "on_approval": FIVE[:1]},
        "empty": {"on_success": []},
        "hundred": {"on_success": [{"type": "sqs_mwaa", "dag_id": f"dag_{number}"} for number in range(100)]},
        "two_batches": {"on_success": [{"type": "sqs_mwaa", "dag_id": "d"}] * 41},
        "broken": {
            "on_success": [
                {"type": "glue_job", "job_name": "job"},
                {"type": "glue"},
                {"type": "sqs_mwaa", "dag_id": "d"},
            ]
        },
        "unresolved": {
            "on_success": [
                {"type": "glue_job", "job_name": "job", "arguments": {"--x": "${artifacts.nowhere}"}},
                {"type": "sqs_mwaa", "dag_id": "d"},
            ]
        },
    }
}


def counts(engine: Engine) -> dict[str, int]:
    """Return the number of calls of each target of ``FIVE``."""
    sfn, glue = engine.client("stepfunctions"), engine.client("glue")
    return {
        "glue_job": len(glue.get_job_runs(JobName="job")["JobRuns"]),
        "step_function": len(sfn.list_executions(stateMachineArn=NESTED)["executions"]),
        "eventbridge": len(messages(engine, "events-of-default")),
        "mwaa_dag": len(engine.mwaa.runs("us-west-1", "e", "d")),
        "sqs_mwaa": len(messages(engine, "local-mwaa-triggers")),
    }


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until the condition is true, for at most two minutes: another program may use the machine."""
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def request(handler: str, event: Json = None) -> Request:
    """Return a request for a handler of ``tests.local.handlers``, as the runtime sends it to a worker."""
    return Request(f"tests.local.handlers.{handler}", event, "r", "f", "a")


def record(result: dict[str, Any]) -> dict[str, Any]:
    """Return the only record of a successful router response."""
    assert "errorMessage" not in result, result
    (one,) = result["records"]
    assert isinstance(one, dict)
    return one
