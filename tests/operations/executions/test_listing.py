"""Lists of executions: the newest first, only as many pages as needed, with the event of each and all filters."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from local.engine.faults import Fault
from operations.executions.listing import Filter, Listed, describe_each, listed, names_since
from orchestration.errors import ExecutionLookupError
from orchestration.settings import Settings
from orchestration.starting.executions import ExecutionClient
from tests.conftest import Router
from tests.local.helpers import FIVE, Event, record

NOW = datetime(2026, 1, 31, tzinfo=UTC)
MACHINE = "arn:aws:states:us-west-1:123456789012:stateMachine:m"
LONG_AGO = NOW - timedelta(days=1000)


class Pages:
    """Step Functions' ListExecutions with many executions, one each hour, the newest first; counts the pages."""

    def __init__(self, executions: int, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "x")
        client = boto3.client("stepfunctions", region_name="us-west-1")
        client.meta.events.register("before-call.sfn.ListExecutions", self.answer)
        self.client = ExecutionClient(client, Settings(state_machine_arn=MACHINE, region="us-west-1"))
        self.executions, self.asked = executions, list[str]()

    def answer(self, params: dict[str, bytes], **_: object) -> tuple[AWSResponse, dict[str, object]]:
        body = json.loads(params["body"])
        self.asked.append(body.get("statusFilter", ""))
        first = int(body.get("nextToken", 0))
        last = min(first + 100, self.executions)
        found = [{"name": f"e{n}", "startDate": NOW - timedelta(hours=n)} for n in range(first, last)]
        more = {"nextToken": str(last)} if last < self.executions else {}
        return AWSResponse("", 200, {}, None), {"executions": found, **more}


@pytest.mark.parametrize(("hours", "pages"), [(1, 1), (98, 1), (99, 2), (250, 3), (5000, 9)])
def test_list_stops_at_the_first_older_execution(monkeypatch: pytest.MonkeyPatch, hours: int, pages: int) -> None:
    service = Pages(900, monkeypatch)
    names = list(names_since(service.client, NOW - timedelta(hours=hours), "FAILED"))
    assert names == [f"e{number}" for number in range(min(hours + 1, 900))]
    assert service.asked == ["FAILED"] * pages


def test_list_without_status_asks_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Pages(1, monkeypatch)
    assert list(names_since(service.client, NOW)) == ["e0"]
    assert service.asked == [""]


@pytest.fixture(scope="module")
def names(router: Router) -> dict[str, str]:
    """Executions of events, of a replay, of batches and of a person, by a name for each."""
    base = {"status": "SUCCESS", "$wait_seconds": 60}
    with router.config(
        {"workflows": {"bad": {"on_success": [{"type": "glue_job", "job_name": "gone", "id": "gone"}]}}}
    ):
        bad = record(router.invoke(base | {"job_name": "bad", "job_run_id": "1"}))["executions"][0]["name"]
        replay = {"$replay": {"of": bad}}
        replayed = record(router.invoke(base | {"job_name": "bad", "job_run_id": "1"} | replay))["executions"][0][
            "name"
        ]
    many = record(router.invoke(base | {"job_name": "two_batches", "job_run_id": "1"}))["executions"][0]
    good = record(router.invoke(base | {"job_name": "upstream", "job_run_id": "1"}))["executions"][0]["name"]
    router.simulator.engine.client("stepfunctions").start_execution(
        stateMachineArn=router.simulator.stack.state_machine, name="by-hand", input="[]"
    )
    batches = dict(zip(("batch-1", "batch-2"), many["batches"], strict=True))
    return {"bad": bad, "replay": replayed, "many": many["name"], **batches, "good": good, "other": "by-hand"}


Listing = Callable[..., list[str]]


@pytest.fixture
def listing(executions: ExecutionClient, names: dict[str, str]) -> Listing:
    """Return a function that lists with a filter, and names the executions by ``names``."""
    kinds = {name: kind for kind, name in names.items()}

    def make(limit: int = 100, **conditions: Any) -> list[str]:
        wanted = Filter(**{"begin": LONG_AGO} | conditions)
        return [kinds[one.name] for one in listed(executions, wanted, limit)]

    return make


def test_every_execution_is_listed_newest_first(listing: Listing) -> None:
    found = listing()
    assert [found[0], *sorted(found[2:5]), *found[5:]] == ["other", "batch-1", "batch-2", "many", "replay", "bad"]
    assert found[1] == "good"


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"job": "bad"}, ["replay", "bad"]),
        ({"job": "bad", "run": "1"}, ["replay", "bad"]),
        ({"job": "bad", "run": "2"}, []),
        ({"job": "ba"}, []),
        ({"status": "FAILED"}, ["other", "replay", "bad"]),
        ({"status": "RUNNING"}, []),
        ({"trigger": "gone"}, ["replay", "bad"]),
        ({"trigger": "step_function"}, ["good"]),
        ({"trigger": "nobody"}, []),
        ({"begin": datetime.now(UTC) + timedelta(days=1)}, []),
        ({"limit": 2}, ["other", "good"]),
        ({"limit": 0}, []),
    ],
)
def test_conditions_and_limit_apply(listing: Listing, conditions: dict[str, Any], expected: list[str]) -> None:
    assert listing(**conditions) == expected


def test_rows_tell_kind_event_and_triggers(executions: ExecutionClient, names: dict[str, str]) -> None:
    rows = {one.name: one for one in listed(executions, Filter(begin=LONG_AGO), 100)}

    def about(kind: str) -> tuple[str, str, str, int, str]:
        row = rows[names[kind]]
        return row.kind, row.job_name, row.event_kind, row.triggers, row.status

    assert about("good") == ("event", "upstream", "on_success", len(FIVE), "SUCCEEDED")
    assert about("many") == ("event", "two_batches", "on_success", 41, "SUCCEEDED")
    assert about("batch-1")[:4] == ("batch", "two_batches", "on_success", 40)
    assert about("replay") == ("replay", "bad", "on_success", 1, "FAILED")
    assert about("other")[:4] == ("other", "", "", 0)
    good, bad = rows[names["good"]], rows[names["bad"]]
    assert (good.job_run_id, good.cause, good.start[-6:]) == ("1", "", "+00:00")
    assert good.seconds is not None
    assert 0 <= good.seconds < 60
    assert "1 of 1 triggers failed" in bad.cause


def test_running_execution_has_no_duration(router: Router, executions: ExecutionClient, event: Event) -> None:
    with router.simulator.engine.patch_context.faults.inject("glue.StartJobRun", Fault(delay=3)):
        name = record(router.invoke(event(job_run_id="running")))["executions"][0]["name"]
        rows: list[Listed] = listed(executions, Filter(begin=LONG_AGO, run="running", job="upstream"), 1)
        assert [(row.name, row.status, row.seconds) for row in rows] == [(name, "RUNNING", None)]


def test_deleted_execution_is_none_in_its_place(executions: ExecutionClient, names: dict[str, str]) -> None:
    found = list(describe_each(executions, [names["good"], "deleted", names["bad"]]))
    assert [execution and execution.name for execution in found] == [names["good"], None, names["bad"]]


def test_unreadable_execution_is_an_error(executions: ExecutionClient, names: dict[str, str]) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DescribeExecution")

    client: Any = executions.client
    client.meta.events.register("before-call.sfn.DescribeExecution", refuse)
    with pytest.raises(ExecutionLookupError, match="cannot describe it"):
        list(describe_each(executions, [names["good"], names["bad"]]))
