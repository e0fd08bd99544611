"""ExecutionClient against a fake Step Functions with failures that the engine does not have."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

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
        self.refusal = ""
        self.looks: list[tuple[str, dict[str, Any]]] = []

    def start_execution(self, stateMachineArn: str, name: str, input: str) -> None:  # noqa: A002, N803 - boto3's names
        if name in self.inputs:
            raise ClientError({"Error": {"Code": "ExecutionAlreadyExists", "Message": ""}}, "StartExecution")
        self.inputs[name] = input

    def describe_execution(self, executionArn: str, **fields: Any) -> Any:  # noqa: N803
        self.looks.append((executionArn, fields))
        if self.refusal:
            raise ClientError({"Error": {"Code": self.refusal, "Message": ""}}, "DescribeExecution")
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


@pytest.mark.parametrize("code", ["ExecutionDoesNotExist", "InvalidArn"])
def test_status_of_a_missing_run_is_empty(code: str) -> None:
    """Express executions have no ARN that DescribeExecution accepts. The look needs no key of the run's data."""
    fake = FakeStepFunctions()
    fake.refusal = code
    assert ExecutionClient(fake, SETTINGS).status_of("arn:x") == ""
    assert fake.looks == [("arn:x", {"includedData": "METADATA_ONLY"})]


@pytest.mark.parametrize(("code", "denied"), [("AccessDeniedException", True), ("ThrottlingException", False)])
def test_unreadable_status_says_whether_it_was_denied(code: str, denied: bool) -> None:
    fake = FakeStepFunctions()
    fake.refusal = code
    with pytest.raises(ExecutionLookupError) as raised:
        ExecutionClient(fake, SETTINGS).status_of("arn:x")
    assert (raised.value.denied, raised.value.missing) == (denied, False)


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


def test_started_execution_is_reported() -> None:
    started = ExecutionClient(FakeStepFunctions(), SETTINGS).start(planned())
    arn = "arn:aws:states:us-west-1:123456789012:execution:m:name"
    assert started.report() == {"name": "name", "arn": arn, "status": "STARTED"}
    assert [item.id for item in started.triggers] == ["a"]


def test_duplicate_reports_the_existing_execution() -> None:
    executions = ExecutionClient(FakeStepFunctions(), SETTINGS)
    executions.start(planned())
    existing = {"name": "name", "status": "SUCCEEDED", "start": "2026-01-01T00:00:00+00:00"}
    assert executions.start(planned("d2")).report()["existing"] == existing


def test_empty_delivery_is_never_a_repeated_call() -> None:
    """An execution that a person started by hand has no delivery."""
    executions = ExecutionClient(FakeStepFunctions(), SETTINGS)
    executions.start(planned(""))
    assert executions.start(planned("")).status == "DUPLICATE"


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_unsuccessful_duplicate_is_a_conflict(status: str) -> None:
    fake = FakeStepFunctions()
    executions = ExecutionClient(fake, SETTINGS)
    executions.start(planned())
    fake.statuses["name"] = status
    assert executions.start(planned("d2")).conflict == (
        f"the first execution ended {status}. To start its failed triggers again: orchestrator replay "
        "arn:aws:states:us-west-1:123456789012:execution:m:name"
    )


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED"])
def test_other_duplicate_needs_nobody(status: str) -> None:
    fake = FakeStepFunctions()
    executions = ExecutionClient(fake, SETTINGS)
    executions.start(planned())
    fake.statuses["name"] = status
    assert executions.start(planned("d2")).conflict == ""


def test_other_errors_of_a_start_are_raised() -> None:
    class Refusing(FakeStepFunctions):
        def start_execution(self, **_: Any) -> None:  # type: ignore[override]
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "rate"}}, "StartExecution")

    with pytest.raises(ClientError, match="ThrottlingException"):
        ExecutionClient(Refusing(), SETTINGS).start(planned())


def test_execution_is_started_under_the_version_of_the_router() -> None:
    class Recording(FakeStepFunctions):
        arns: ClassVar[list[str]] = []

        def start_execution(self, stateMachineArn: str, **_: Any) -> None:  # type: ignore[override]  # noqa: N803
            self.arns.append(stateMachineArn)

    ExecutionClient(Recording(), replace(SETTINGS, state_machine_version="7")).start(planned())
    assert Recording.arns == ["arn:aws:states:us-west-1:123456789012:stateMachine:m:7"]


class Ended(FakeStepFunctions):
    """Has one execution with this description, and one with a history of two pages."""

    def __init__(self, **described: Any) -> None:
        super().__init__()
        self.described, self.paginated = described, dict[str, Any]()
        self.describes_until_end = 0

    def describe_execution(self, executionArn: str, **_: Any) -> Any:  # noqa: N803 - boto3's name
        self.describes_until_end -= 1
        status = "RUNNING" if self.describes_until_end > 0 else self.described["status"]
        return {"startDate": datetime(2026, 1, 1, tzinfo=UTC), **self.described, "status": status}

    def get_paginator(self, operation: str, /) -> Any:
        assert operation == "get_execution_history"
        return self

    def paginate(self, **given: Any) -> Any:
        self.paginated = given
        outcome = {"index": 0, "id": "a", "result": {"status": "FAILED"}}
        yield {"events": [{"type": "ExecutionFailed"}]}
        yield {"events": [{"stateEnteredEventDetails": {"input": json.dumps({"outcomes": [outcome]})}}]}


def test_description_has_every_field() -> None:
    stop = datetime(2026, 1, 2, tzinfo=UTC)
    fake = Ended(status="FAILED", stopDate=stop, error="TriggersFailed", cause="a", input='{"event": {"x": 1}}')
    execution = ExecutionClient(fake, SETTINGS).describe("name")
    assert (execution.name, execution.status, execution.start) == ("name", "FAILED", "2026-01-01T00:00:00+00:00")
    assert (execution.stop, execution.error, execution.cause) == ("2026-01-02T00:00:00+00:00", "TriggersFailed", "a")
    assert (execution.input.event, execution.output) == ({"x": 1}, "")
    assert (execution.running, execution.unsuccessful) == (False, True)


def test_outcomes_of_a_success_are_in_its_output() -> None:
    executions = ExecutionClient(Ended(status="SUCCEEDED", output='{"outcomes": [{"id": "a"}]}'), SETTINGS)
    assert [outcome.id for outcome in executions.outcomes(executions.describe("name"))] == ["a"]


def test_outcomes_of_a_failure_are_in_its_history() -> None:
    fake = Ended(status="FAILED")
    executions = ExecutionClient(fake, SETTINGS)
    assert [outcome.status for outcome in executions.outcomes(executions.describe("name"))] == ["FAILED"]
    assert fake.paginated == {
        "executionArn": "arn:aws:states:us-west-1:123456789012:execution:m:name",
        "reverseOrder": True,
    }


def test_running_execution_has_no_outcomes_yet() -> None:
    fake = Ended(status="RUNNING")
    executions = ExecutionClient(fake, SETTINGS)
    assert executions.outcomes(executions.describe("name")) == []
    assert not fake.paginated


def test_wait_ends_with_the_execution() -> None:
    fake = Ended(status="SUCCEEDED")
    fake.describes_until_end = 3
    assert ExecutionClient(fake, SETTINGS).wait("name", time.monotonic() + 30).status == "SUCCEEDED"
    assert fake.describes_until_end == 0


def test_wait_ends_at_its_deadline() -> None:
    began = time.monotonic()
    assert ExecutionClient(Ended(status="RUNNING"), SETTINGS).wait("name", began).running
    assert time.monotonic() - began < 0.25
