"""ExecutionClient against a fake Step Functions with failures that the engine does not have."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestration.errors import ExecutionLookupError
from orchestration.input.execution_input import ExecutionInput
from orchestration.input.item import Item
from orchestration.input.routing import Routing
from orchestration.planning.plan import PlannedExecution
from orchestration.settings import Settings
from orchestration.starting.executions import ExecutionClient

SETTINGS = Settings(state_machine_arn="arn:aws:states:us-west-1:123456789012:stateMachine:m", region="us-west-1")


class FakeStepFunctions:
    """Keeps executions by name; ``describe`` may be out of order."""

    def __init__(self, *, describes: bool = True) -> None:
        self.inputs: dict[str, Any] = {}
        self.statuses: dict[str, str] = {}
        self.describes = describes

    def start_execution(self, stateMachineArn: str, name: str, input: str) -> None:  # noqa: A002, N803 - boto3's names
        if name in self.inputs:
            raise ClientError({"Error": {"Code": "ExecutionAlreadyExists", "Message": ""}}, "StartExecution")
        self.inputs[name] = input

    def describe_execution(self, executionArn: str) -> Any:  # noqa: N803
        name = executionArn.rsplit(":", 1)[-1]
        if not self.describes:
            raise ClientError(
                {"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "DescribeExecution"
            )
        if name not in self.inputs:
            raise ClientError({"Error": {"Code": "ExecutionDoesNotExist", "Message": ""}}, "DescribeExecution")
        status = self.statuses.get(name, "SUCCEEDED")
        return {"status": status, "startDate": datetime(2026, 1, 1, tzinfo=UTC), "input": self.inputs[name]}

    def get_paginator(self, operation: str, /) -> Any:
        raise AssertionError(operation)


def planned(delivery: str = "d1", trigger: str = "a", event: Any = None, name: str = "name") -> PlannedExecution:
    item = Item(id=trigger, type="glue_job", name=trigger, request={})
    routing = Routing(delivery_id=delivery, config_version="v1", part="1/1")
    return PlannedExecution(name, ExecutionInput(event=event or {"a": 1}, items=(item,), routing=routing))


def test_repeated_call_of_one_delivery_is_started() -> None:
    executions = ExecutionClient(FakeStepFunctions(), SETTINGS)
    assert [executions.start(planned()).status for _ in range(2)] == ["STARTED", "STARTED"]


def test_repeated_call_reports_the_triggers_that_started() -> None:
    """The configuration changed between the two attempts of one delivery."""
    executions = ExecutionClient(FakeStepFunctions(), SETTINGS)
    executions.start(planned(trigger="before"))
    assert [item.id for item in executions.start(planned(trigger="after")).triggers] == ["before"]


def test_another_delivery_is_a_duplicate() -> None:
    executions = ExecutionClient(FakeStepFunctions(), SETTINGS)
    executions.start(planned(trigger="before"))
    second = executions.start(planned("d2", "after"))
    assert second.existing is not None
    assert (second.status, second.conflict, second.existing.status) == ("DUPLICATE", "", "SUCCEEDED")
    assert [item.id for item in second.triggers] == ["before"]


def test_another_event_is_a_conflict() -> None:
    executions = ExecutionClient(FakeStepFunctions(), SETTINGS)
    executions.start(planned())
    second = executions.start(planned("d2", event={"a": 2}))
    assert "different content (a was 1 and is now 2)" in second.conflict


def test_failed_batch_is_a_conflict() -> None:
    fake = FakeStepFunctions()
    executions = ExecutionClient(fake, SETTINGS)
    item = {
        "id": "batch:1",
        "type": "batch",
        "name": "batch 1 of 2",
        "request": {"Name": "name-b1", "triggers": [], "routing": {}},
    }
    fake.inputs["name"] = json.dumps({"event": {"a": 1}, "triggers": [item], "routing": {}})
    fake.inputs["name-b1"] = "{}"
    fake.statuses["name-b1"] = "FAILED"
    assert "the execution of batch 1 of 2 ended FAILED" in executions.start(planned("d2")).conflict


def test_unreadable_duplicate_raises_lookup_error() -> None:
    """The router cannot know whether the existing execution is the whole event."""
    executions = ExecutionClient(FakeStepFunctions(describes=False), SETTINGS)
    executions.start(planned())
    with pytest.raises(ExecutionLookupError, match="Rate exceeded"):
        executions.start(planned("d2"))


def test_find_distinguishes_missing_from_unreadable() -> None:
    assert ExecutionClient(FakeStepFunctions(), SETTINGS).find("nowhere") is None
    with pytest.raises(ExecutionLookupError):
        ExecutionClient(FakeStepFunctions(describes=False), SETTINGS).find("nowhere")


@pytest.mark.parametrize("given", [[1], {"event": 3, "triggers": "x", "routing": 7}, {"triggers": [{"type": "batch"}]}])
def test_manually_started_execution_is_a_duplicate(given: Any) -> None:
    fake = FakeStepFunctions()
    fake.inputs["name"] = json.dumps(given)
    second = ExecutionClient(fake, SETTINGS).start(planned())
    assert (second.status, second.triggers) == ("DUPLICATE", ())
    assert "a was absent and is now 1" in second.conflict
