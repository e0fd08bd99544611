"""Every conditional write of the joins on two implementations of DynamoDB: moto, and dynalite, which shares no code with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from orchestration.joining.arrivals import Arrivals, ArrivalTable
from tests.node_programs import running
from tests.orchestration.join_stack import TABLE, create_table

JOBS = ["a", "b"]


@dataclass
class OneStep:
    """A client of moto whose updates are one step, as DynamoDB's are."""

    client: Any
    lock: threading.Lock = field(default_factory=threading.Lock)

    def update_item(self, **given: Any) -> Any:
        with self.lock:
            return self.client.update_item(**given)

    def get_item(self, **given: Any) -> Any:
        return self.client.get_item(**given)


@pytest.fixture(params=["moto", "dynalite"])
def table(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ArrivalTable]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    if request.param == "moto":
        with mock_aws():
            yield ArrivalTable(OneStep(create_table()), TABLE)
        return
    with running("dynamodb.mjs") as program:
        endpoint = f"http://127.0.0.1:{program.ask('port')}"
        client: Any = boto3.client("dynamodb", "us-west-1", endpoint_url=endpoint)
        yield ArrivalTable(create_table(client), TABLE)


def event(job: str, run: str = "1") -> dict[str, Any]:
    return {"job_name": job, "job_run_id": run, "text": "ü 💥"}


def test_arrivals_are_returned_together(table: ArrivalTable) -> None:
    assert table.record("j", "k", "a", event("a")).missing(JOBS) == ["b"]
    found = table.record("j", "k", "b", event("b"))
    assert (found.state, found.missing(JOBS), found.events) == ("open", [], {"a": event("a"), "b": event("b")})
    assert table.find("j", "other") is None


def test_first_run_of_a_job_counts(table: ArrivalTable) -> None:
    opened = table.record("j", "k", "a", event("a")).opened
    found = table.record("j", "k", "a", event("a", "2"))
    assert (found.events["a"]["job_run_id"], found.opened) == ("1", opened)


def test_open_join_expires_if_a_job_is_missing(table: ArrivalTable) -> None:
    table.record("j", "k", "a", event("a"))
    assert table.expire("j", "k", JOBS).state == "expired"
    assert table.complete("j", "k").state == "expired"


def test_join_with_all_jobs_does_not_expire(table: ArrivalTable) -> None:
    for job in JOBS:
        table.record("j", "k", job, event(job))
    found = table.expire("j", "k", JOBS)
    assert (found.state, list(found.events)) == ("open", JOBS)
    assert table.complete("j", "k").state == "complete"
    assert table.expire("j", "k", [*JOBS, "c"]).state == "complete"


def test_arrivals_do_not_change_after_the_decision(table: ArrivalTable) -> None:
    table.record("j", "k", "a", event("a"))
    table.expire("j", "k", JOBS)
    found = table.record("j", "k", "b", event("b"))
    assert (found.state, found.missing(JOBS)) == ("expired", ["b"])
    stored = table.find("j", "k")
    assert stored is not None
    assert stored.missing(JOBS) == ["b"]


def test_watch_is_noted_once_for_all(table: ArrivalTable) -> None:
    assert not table.record("j", "k", "a", event("a")).watched
    table.note_watch("j", "k")
    assert table.record("j", "k", "b", event("b")).watched


def test_expiry_without_an_arrival_has_no_events(table: ArrivalTable) -> None:
    assert table.expire("j", "nobody", JOBS).events == {}


def test_one_of_many_decisions_wins(table: ArrivalTable) -> None:
    for number in range(20):
        key = f"k{number}"
        table.record("j", key, "a", event("a"))
        with ThreadPoolExecutor(8) as pool:
            decisions = [pool.submit(table.expire, "j", key, JOBS) for _ in range(4)]
            decisions += [pool.submit(table.complete, "j", key) for _ in range(4)]
            states = {one.result().state for one in decisions}
        assert len(states) == 1


def test_item_is_found_by_join_and_key_in_every_release(table: ArrivalTable) -> None:
    """Under another id, an upgrade between two arrivals would open the join again."""
    began = int(time.time())
    table.record("report", "2026-01-01", "a", event("a"))
    item = table.client.get_item(TableName=TABLE, Key={"id": {"S": '["report","2026-01-01"]'}}, ConsistentRead=True)[
        "Item"
    ]
    assert set(item) == {"id", "state", "job:a", "opened", "ttl"}
    opened, ttl = int(item["opened"]["N"]), int(item["ttl"]["N"])
    assert began <= opened <= time.time()
    assert ttl - opened == 90 * 24 * 3600


def test_join_and_key_do_not_run_together(table: ArrivalTable) -> None:
    table.record("a", "bc", "a", event("a"))
    assert table.find("ab", "c") is None
    assert table.find("bc", "a") is None


def test_refused_call_is_raised(table: ArrivalTable) -> None:
    lost = ArrivalTable(table.client, "nowhere")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        lost.record("j", "k", "a", event("a"))
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        lost.complete("j", "k")


def test_decision_does_not_change(table: ArrivalTable) -> None:
    for job in JOBS:
        table.record("j", "k", job, event(job))
    assert table.complete("j", "k").state == "complete"
    assert table.record("j", "k", "a", event("a", "2")).events["a"]["job_run_id"] == "1"
    assert table.expire("j", "k", [*JOBS, "c"]).state == "complete"
    assert table.complete("j", "nobody").events == {}


def test_missing_jobs_keep_the_order_of_the_join() -> None:
    arrivals = Arrivals(state="open", events={"b": event("b")})
    assert arrivals.missing(["c", "b", "a"]) == ["c", "a"]
