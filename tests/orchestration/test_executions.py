"""ExecutionClient against a fake Step Functions with failures that the engine does not have."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestration.errors import BatchMismatchError, ExecutionLookupError
from orchestration.executions import ExecutionClient
from orchestration.plan import PlannedExecution
from orchestration.settings import Settings

SETTINGS = Settings(state_machine_arn="arn:aws:states:us-west-1:123456789012:stateMachine:m", region="us-west-1")


class FakeStepFunctions:
    """Holds executions by name; ``describe`` may be out of order."""

    def __init__(self, *, describes: bool = True) -> None:
        self.inputs: dict[str, Any] = {}
        self.describes = describes

    def start_execution(self, stateMachineArn: str, name: str, input: str) -> None:  # noqa: A002, N803 - boto3's names
        if name in self.inputs:
            raise ClientError({"Error": {"Code": "ExecutionAlreadyExists", "Message": ""}}, "StartExecution")
        self.inputs[name] = input

    def describe_execution(self, executionArn: str) -> dict[str, Any]:  # noqa: N803
        if not self.describes:
            raise ClientError(
                {"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "DescribeExecution"
            )
        name = executionArn.rsplit(":", 1)[-1]
        return {"status": "SUCCEEDED", "startDate": datetime(2026, 1, 1, tzinfo=UTC), "input": self.inputs[name]}


def planned(
    delivery: str = "d1", version: str = "v1", batch: str = "1/1", event: Any = None, positions: Any = None
) -> PlannedExecution:
    routing = {"delivery_id": delivery, "config_version": version, "batch": batch, "positions": positions or [0]}
    return PlannedExecution("name", {"event": event or {"a": 1}, "triggers": [], "routing": routing})


def test_repeated_call_of_one_delivery_is_started() -> None:
    executions = ExecutionClient(FakeStepFunctions(), SETTINGS)
    assert [executions.start(planned()).status for _ in range(2)] == ["STARTED", "STARTED"]


def test_another_delivery_is_a_duplicate() -> None:
    executions = ExecutionClient(FakeStepFunctions(), SETTINGS)
    executions.start(planned())
    second = executions.start(planned("d2", "v2"))
    assert (second.status, second.conflict, second.existing["status"]) == ("DUPLICATE", "", "SUCCEEDED")


@pytest.mark.parametrize("delivery", ["d1", "d2"], ids=["the same delivery", "another delivery"])
def test_batch_under_another_config_raises_mismatch(delivery: str) -> None:
    """Lambda's own retry has the same request id: it must not go on with other triggers than it began with."""
    executions = ExecutionClient(FakeStepFunctions(), SETTINGS)
    executions.start(planned(batch="1/2"))
    with pytest.raises(BatchMismatchError, match="started under configuration 'v1'"):
        executions.start(planned(delivery, "v2", "1/2"))


def test_batch_of_another_event_is_a_duplicate() -> None:
    executions = ExecutionClient(FakeStepFunctions(), SETTINGS)
    executions.start(planned(batch="1/2"))
    second = executions.start(planned("d2", batch="1/3", event={"a": 2}))
    assert second.status == "DUPLICATE"
    assert "different content (a was 1 and is now 2)" in second.conflict


def test_unreadable_duplicate_reports_a_conflict() -> None:
    executions = ExecutionClient(FakeStepFunctions(describes=False), SETTINGS)
    executions.start(planned())
    second = executions.start(planned("d2"))
    assert second.status == "DUPLICATE"
    assert "cannot compare the events" in second.conflict


def test_unreadable_batch_raises_lookup_error() -> None:
    executions = ExecutionClient(FakeStepFunctions(describes=False), SETTINGS)
    executions.start(planned(batch="1/2"))
    with pytest.raises(ExecutionLookupError, match="Rate exceeded"):
        executions.start(planned("d2", batch="1/2"))


def test_manually_started_execution_is_a_duplicate() -> None:
    fake = FakeStepFunctions()
    fake.inputs["name"] = json.dumps([1])
    second = ExecutionClient(fake, SETTINGS).start(planned())
    assert second.status == "DUPLICATE"
    assert "a was absent and is now 1" in second.conflict


def test_batch_with_other_triggers_raises_mismatch() -> None:
    """A longer default queue URL moves the batches' borders under one and the same configuration."""
    executions = ExecutionClient(FakeStepFunctions(), SETTINGS)
    executions.start(planned(batch="1/2", positions=[0, 1]))
    with pytest.raises(BatchMismatchError):
        executions.start(planned(batch="1/2", positions=[0]))
