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
from tests.orchestration.crash_points import EVENT, document
from tests.orchestration.fake_aws import SETTINGS, FakeAws

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


def deployed(count: int) -> FakeAws:
    aws = FakeAws()
    aws.upload(document(count))
    return aws


def waited(aws: FakeAws, seconds: float = 5) -> list[dict[str, Any]]:
    """Executions in the response of a sender that waits."""
    (record,) = aws.router().route(EVENT | {"$wait_seconds": seconds}, "delivery", SETTINGS)["records"]
    return list(record["executions"])


def test_success_has_the_outcomes_without_an_error() -> None:
    (execution,) = waited(deployed(1))
    result = {"status": "TRIGGERED", "id": "jr_1"}
    assert execution["execution_status"] == "SUCCEEDED"
    assert [outcome["result"] for outcome in execution["outcomes"]] == [result]
    assert "error" not in execution
    assert "cause" not in execution


def test_failure_has_its_error_and_cause() -> None:
    class Failed(FakeAws):
        def describe_execution(self, executionArn: str, **_: Any) -> Any:  # noqa: N803 - boto3's name
            return super().describe_execution(executionArn) | {"error": "TriggersFailed", "cause": "job-0"}

    aws = Failed(fails=lambda item: True, versions=deployed(1).versions)
    (execution,) = waited(aws)
    assert (execution["execution_status"], execution["error"], execution["cause"]) == (
        "FAILED",
        "TriggersFailed",
        "job-0",
    )
    assert execution["outcomes"][0]["error"] == {"Error": "Refused", "Cause": "injected"}


def test_batches_follow_their_execution() -> None:
    first, *batches = waited(deployed(41))
    assert [batch["name"] for batch in batches] == [f"{first['name']}-b1", f"{first['name']}-b2"]
    for batch in batches:
        assert (batch["status"], batch["batch_of"]) == ("STARTED", first["name"])
        assert batch["arn"].endswith(f":execution:m:{batch['name']}")
    assert [len(batch["outcomes"]) for batch in batches] == [40, 1]
    assert "batch_of" not in first


def test_batch_that_did_not_start_is_named(caplog: pytest.LogCaptureFixture) -> None:
    aws = deployed(41)
    aws.fails = lambda item: item["id"] == "batch:2"
    _, first, second = waited(aws)
    assert first["execution_status"] == "SUCCEEDED"
    assert (second["execution_status"], second["outcomes"]) == ("NOT_STARTED", [])
    assert not [line for line in caplog.messages if "cannot be read" in line]


def test_missing_execution_of_the_event_is_unknown() -> None:
    """Only a batch may be missing: the event's execution has just started."""
    (execution,) = wait_for_outcomes(STARTED, ExecutionClient(FakeAws(), SETTINGS), 0.0)
    assert execution["execution_status"] == "UNKNOWN"


def test_running_execution_is_reported_when_the_time_is_over() -> None:
    aws = deployed(1)
    aws.router().route(EVENT, "delivery", SETTINGS)
    (name,) = aws.executions
    aws.executions[name]["status"] = "RUNNING"
    (execution,) = waited(aws, 0.1)
    assert (execution["execution_status"], execution["outcomes"]) == ("RUNNING", [])


def test_unreadable_execution_is_read_again() -> None:
    class Throttled(FakeAws):
        refused = 1

        def describe_execution(self, executionArn: str, **_: Any) -> Any:  # noqa: N803 - boto3's name
            if self.refused:
                self.refused -= 1
                raise THROTTLED
            return super().describe_execution(executionArn)

    (execution,) = waited(Throttled(versions=deployed(1).versions), 10)
    assert execution["execution_status"] == "SUCCEEDED"


def test_unreadable_execution_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    client: Any = Unreadable(THROTTLED)
    wait_for_outcomes(STARTED, ExecutionClient(client, SETTINGS), 0.0)
    (line,) = caplog.messages
    assert line.startswith("Execution e started, but it cannot be read: ")
