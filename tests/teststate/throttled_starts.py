"""Throttles StartJobRun on AWS, and reads the error's name by both integrations: ``make test-aws ... THROTTLE=yes``.

The calls name a job that does not exist, so they start nothing. They use up the account's rate of StartJobRun for some seconds,
so run it in an account without production jobs. Its calls are bounded in number and time.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

from botocore.exceptions import ClientError

from orchestration.values.strictjson import Json

RESOURCES = ("glue:startJobRun", "aws-sdk:glue:startJobRun")
"""The optimized integration, and that of the AWS SDK."""

CALLERS = 8
"""Threads that call StartJobRun."""
MOST_CALLS = 2_000
"""Calls of StartJobRun by all threads together."""
MOST_SECONDS = 30.0
PAUSE_SECONDS = 0.12
"""Between two calls of TestState, whose quota is ten a second."""

_THROTTLED = ("Rate exceeded", "ThrottlingException")
"""Texts in the cause of a throttled call."""


class Glue(Protocol):
    """The method of the boto3 client that the callers use."""

    def start_job_run(self, *, JobName: str) -> object:  # noqa: N803 - boto3's name
        """Start a run."""


class States(Protocol):
    """The method of the boto3 client that asks Step Functions."""

    def test_state(self, *, definition: str, input: str, roleArn: str) -> Mapping[str, Json]:  # noqa: A002, N803
        """Run one state."""


class ThrottledStart(NamedTuple):
    """A throttled StartJobRun in Step Functions.

    Attributes:
        resource: integration.
        error: name of the error; empty if no call was throttled.
        cause: its cause, which has the number of attempts of the SDK.
    """

    resource: str
    error: str
    cause: str


def measure(glue: Glue, states: States, role: str, job: str, seconds: float = MOST_SECONDS) -> list[ThrottledStart]:
    """Names and causes of a throttled StartJobRun, by integration.

    Args:
        glue: client without retries.
        states: client of Step Functions.
        role: role that TestState assumes; it needs glue:StartJobRun.
        job: name of a job that does not exist.
        seconds: time limit.
    """
    stop, budget = threading.Event(), iter(range(MOST_CALLS))
    lock = threading.Lock()

    def call() -> None:
        while not stop.is_set():
            with lock:
                if next(budget, None) is None:
                    return
            try:
                glue.start_job_run(JobName=job)
            except ClientError:
                continue

    with ThreadPoolExecutor(CALLERS) as pool:
        callers = [pool.submit(call) for _ in range(CALLERS)]
        try:
            throttled = _ask(states, role, job, seconds)
        finally:
            stop.set()
    for caller in callers:
        caller.result()
    return throttled


def _ask(states: States, role: str, job: str, seconds: float) -> list[ThrottledStart]:
    """Ask Step Functions by each integration in turn, until each call was throttled once or the time is over."""
    throttled = {resource: ThrottledStart(resource, "", "") for resource in RESOURCES}
    until = time.monotonic() + seconds
    while time.monotonic() < until and not all(start.error for start in throttled.values()):
        for resource in RESOURCES:
            if throttled[resource].error:
                continue
            answer = states.test_state(definition=_state(resource, job), input="{}", roleArn=role)
            error, cause = str(answer.get("error", "")), str(answer.get("cause", ""))
            if any(text in f"{error} {cause}" for text in _THROTTLED):
                throttled[resource] = ThrottledStart(resource, error, cause)
            time.sleep(PAUSE_SECONDS)
    return list(throttled.values())


def _state(resource: str, job: str) -> str:
    task = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": {"JobName": job}, "End": True}
    return json.dumps(task)
