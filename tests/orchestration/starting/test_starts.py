"""One event starts once, whole: parts that are missing start under the configuration of the first part.

``test_crash_points.py`` kills the router at every call; these are the single decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestration.errors import ConfigUnavailableError, ExecutionLookupError
from orchestration.event.identity import execution_name
from orchestration.input.item import Item
from orchestration.input.routing import Routing
from orchestration.planning.plan import Plan, PlannedExecution
from orchestration.starting.executions import ExecutionClient, StartedExecution
from orchestration.starting.starts import EventStarter
from orchestration.values.strictjson import JsonObject
from tests.orchestration.crash_points import EVENT, deliver, document, names
from tests.orchestration.fake_aws import SETTINGS, FakeAws, Killed

NAME = execution_name("on_success", "j", "r")
FIELDS: JsonObject = {**EVENT}
PARTS = 100, 7_000
"""Triggers and bytes of each, so that the event has several parts."""


def planned(
    count: int, size: int = 0, *, version: str = "v1", delivery: str = "delivery", event: JsonObject = FIELDS
) -> Plan:
    items = [
        Item(id=f"t{number}", type="glue_job", name="n", request={"JobName": f"job-{number}", "x": "x" * size})
        for number in range(count)
    ]
    routing = Routing(event_kind="on_success", config_version=version, delivery_id=delivery)
    return Plan(name=NAME, event=event, items=items, routing=routing, start_arn="arn:m")


def starter(
    aws: FakeAws, again: Plan | None = None, delivery: str = "delivery", event: JsonObject = FIELDS
) -> EventStarter:
    """A starter; ``again`` is its plan under a recorded configuration. Without one, nothing may ask for it."""

    def plan_under(recorded: Routing) -> Plan:
        assert again is not None, f"the configuration {recorded.config_version} was loaded"
        return again

    return EventStarter(
        executions=ExecutionClient(aws, SETTINGS), name=NAME, event=event, delivery_id=delivery, plan_under=plan_under
    )


def started(aws: FakeAws) -> list[str]:
    return sorted(aws.starts.elements())


def jobs(count: int) -> list[str]:
    return sorted(f"job-{number}" for number in range(count))


def shown(executions: Sequence[StartedExecution]) -> list[tuple[str, str]]:
    return [(execution.name.removeprefix(NAME), execution.status) for execution in executions]


def first_part_of(aws: FakeAws, plan: Plan) -> PlannedExecution:
    """Start the first part of a plan only, as a delivery that was killed."""
    first, *rest = plan.pack(plan.items)
    assert rest
    ExecutionClient(aws, SETTINGS).start(first)
    return first


def test_event_starts_whole() -> None:
    aws = FakeAws()
    assert shown(starter(aws).start(planned(*PARTS))) == [("", "STARTED"), ("-p2", "STARTED"), ("-p3", "STARTED")]
    assert started(aws) == jobs(100)


def test_single_execution_is_one_call() -> None:
    aws = FakeAws()
    starter(aws).start(planned(3))
    assert aws.calls == ["StartExecution"]


def test_event_that_never_started_is_not_found() -> None:
    assert starter(FakeAws()).find() == []


def test_found_event_starts_nothing_more() -> None:
    aws = FakeAws()
    starter(aws).start(planned(*PARTS))
    found = starter(aws, delivery="later").find()
    assert shown(found) == [("", "DUPLICATE"), ("-p2", "DUPLICATE"), ("-p3", "DUPLICATE")]
    assert started(aws) == jobs(100)


def test_missing_parts_start_under_the_same_configuration() -> None:
    """The current configuration is the recorded one, so it is not loaded again."""
    aws, plan = FakeAws(), planned(*PARTS)
    first_part_of(aws, plan)
    resumed = starter(aws).start(plan)
    assert shown(resumed) == [("", "STARTED"), ("-p2", "STARTED"), ("-p3", "STARTED")]
    assert started(aws) == jobs(100)


def test_missing_parts_start_under_the_recorded_configuration() -> None:
    aws, plan = FakeAws(), planned(*PARTS)
    first_part_of(aws, plan)
    starter(aws, again=plan).start(planned(3, version="v2"))
    assert started(aws) == jobs(100)


def test_found_first_part_is_finished() -> None:
    aws, plan = FakeAws(), planned(*PARTS)
    first_part_of(aws, plan)
    assert len(starter(aws, again=plan).find()) == 3
    assert started(aws) == jobs(100)


def test_recorded_configuration_is_named_by_the_first_part() -> None:
    aws, plan, asked = FakeAws(), planned(*PARTS), list[str]()
    first_part_of(aws, plan)

    def plan_under(recorded: Routing) -> Plan:
        asked.append(recorded.config_version)
        return plan

    client = ExecutionClient(aws, SETTINGS)
    EventStarter(executions=client, name=NAME, event=FIELDS, delivery_id="d", plan_under=plan_under).find()
    assert asked == ["v1"]


def test_parts_that_started_are_not_started_again() -> None:
    """The second part exists, and the third one is missing."""
    aws, plan = FakeAws(), planned(*PARTS)
    for part in plan.pack(plan.items)[:2]:
        ExecutionClient(aws, SETTINGS).start(part)
    aws.calls.clear()
    assert len(starter(aws).start(plan)) == 3
    assert aws.calls.count("StartExecution") == 2, "only the first part, which exists, and the third one"
    assert started(aws) == jobs(100)


def test_remaining_batches_continue_the_numbers() -> None:
    """Batches of two parts under one name would be one execution, and the second one would never start."""
    aws, plan = FakeAws(), planned(100, 4_000)
    first = first_part_of(aws, plan)
    starter(aws).start(plan)
    executions = [name.removeprefix(NAME) for name in aws.executions]
    assert len(executions) == len(set(executions))
    assert len(first.input.batches) > 0
    assert started(aws) == jobs(100)


def test_other_event_of_the_run_id_starts_no_parts() -> None:
    """A person resolves the conflict. Parts of two events under one run id would mix their data."""
    aws = FakeAws()
    aws.upload(document(*PARTS))
    with pytest.raises(Killed):
        deliver(aws, kill_at=1, after=True)
    executions, begun = list(aws.executions), set(aws.starts)
    assert begun < names(document(*PARTS))
    (record,) = aws.router().route(EVENT | {"note": "other"}, "other", SETTINGS)["records"]
    assert list(aws.executions) == executions
    assert set(aws.starts) == begun
    assert record["status"] == "DUPLICATE"
    assert len(record["executions"]) == 1
    assert any("the same run id arrived with different content" in warning for warning in record["warnings"])


def test_other_event_does_not_finish_the_first_one() -> None:
    aws, plan = FakeAws(), planned(*PARTS)
    first_part_of(aws, plan)
    executions = list(aws.executions)
    other: JsonObject = FIELDS | {"note": "other"}
    (found,) = starter(aws, delivery="other", event=other).find()
    assert "note was absent" in found.conflict
    (again,) = starter(aws, delivery="other", event=other).start(planned(*PARTS, delivery="other", event=other))
    assert again.status == "DUPLICATE"
    assert list(aws.executions) == executions


def test_unreadable_recorded_configuration_is_raised() -> None:
    aws, plan = FakeAws(), planned(*PARTS)
    first_part_of(aws, plan)
    executions = list(aws.executions)

    def plan_under(recorded: Routing) -> Plan:
        raise ConfigUnavailableError(recorded.config_version)

    client = ExecutionClient(aws, SETTINGS)
    broken = EventStarter(executions=client, name=NAME, event=FIELDS, delivery_id="d", plan_under=plan_under)
    with pytest.raises(ConfigUnavailableError, match="v1"):
        broken.find()
    assert list(aws.executions) == executions


def test_unreadable_execution_is_raised() -> None:
    """Otherwise the router would start the event's triggers under another configuration."""

    class Refusing(FakeAws):
        def describe_execution(self, executionArn: str, **_: Any) -> Any:  # noqa: N803 - boto3's names
            message = {"Code": "ThrottlingException", "Message": "Rate exceeded"}
            raise ClientError({"Error": message}, "DescribeExecution")

    aws = Refusing()
    with pytest.raises(ExecutionLookupError, match="Rate exceeded"):
        starter(aws).find()
