"""The response of an event that started never fails because its outcome cannot be read."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestration.deadline import Deadline
from orchestration.errors import DeadlineError
from orchestration.input.execution_input import ExecutionInput
from orchestration.input.routing import Routing
from orchestration.starting.executions import ExecutionClient, StartedExecution
from orchestration.starting.waiting import wait_for_outcomes
from tests.orchestration.fake_aws import SETTINGS

STARTED = [
    StartedExecution(name="e", arn="arn", status="STARTED", input=ExecutionInput(event={}, routing=Routing())),
]


class Unreadable:
    """Step Functions that answers each DescribeExecution with an error."""

    def __init__(self, error: Exception) -> None:
        self.error, self.calls = error, 0

    def describe_execution(self, **_: Any) -> Any:
        self.calls += 1
        raise self.error


THROTTLED = ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "DescribeExecution")


@pytest.mark.parametrize("error", [THROTTLED, DeadlineError("too late")], ids=["throttled", "deadline"])
def test_unreadable_execution_is_unknown(error: Exception) -> None:
    client: Any = Unreadable(error)
    (found,) = wait_for_outcomes(STARTED, ExecutionClient(client, SETTINGS), 0.0)
    assert found == {"name": "e", "arn": "arn", "status": "STARTED"} | {"execution_status": "UNKNOWN", "outcomes": []}


def test_deadline_ends_the_wait_at_once() -> None:
    client: Any = Unreadable(DeadlineError("too late"))
    wait_for_outcomes(STARTED, ExecutionClient(client, SETTINGS), 30.0)
    assert client.calls == 1


def test_deadline_without_an_invocation_refuses_nothing() -> None:
    Deadline().check("call", 60)
