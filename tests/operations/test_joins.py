"""Arrivals of a deployed join, and the joins of one event; an unreadable configuration has none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from local.simulation.simulator import Simulator
from local.stack import object_address
from operations.joins import EventJoins, JoinStatus, join_status
from operations.stack.deployed_router import DeployedRouter
from orchestration.errors import ConfigUnavailableError
from orchestration.event.job_event import deliveries, read_event
from orchestration.joining.arrivals import ArrivalTable
from tests.conftest import Router
from tests.local.helpers import record

LOAD = {"type": "glue_job", "job_name": "load"}
DAY = {"start_date": "2026-01-01"}
DOCUMENT: dict[str, Any] = {
    "workflows": {"own": {"on_success": [LOAD]}, "empty": {"on_success": []}},
    "joins": {
        "daily": {"all_of": ["second", "first", "own"], "key": "${start_date}", "on_complete": [LOAD]},
        "pair": {"all_of": ["first", "empty"], "key": "${start_date}-x", "on_complete": [LOAD]},
        "invalid": {"all_of": ["lonely"], "key": 7},
    },
}


@pytest.fixture(scope="module")
def router(engine: Any) -> Router:
    return Router(Simulator.deploy(engine, DOCUMENT))


Joins = Callable[..., EventJoins]


@pytest.fixture
def joins_of(deployed: DeployedRouter) -> Joins:
    """Return a function that reads the joins of an event."""

    def make(job: str, run: str = "r", **fields: Any) -> EventJoins:
        body = {"job_name": job, "job_run_id": run, "status": "SUCCESS"} | fields
        (delivery,) = deliveries(body, "")
        return EventJoins.of(deployed, read_event(delivery, ""))

    return make


@contextmanager
def configuration(router: Router, text: str | None) -> Iterator[None]:
    """Another text as the deployed configuration, or none."""
    place = object_address(router.simulator.stack.config_uri)
    s3 = router.simulator.engine.client("s3")
    if text is None:
        s3.delete_object(**place)
    else:
        s3.put_object(**place, Body=text.encode())
    try:
        yield
    finally:
        s3.put_object(**place, Body=json.dumps(DOCUMENT).encode())


def arrive(router: Router, job: str, run: str, day: str) -> str:
    body = {"job_name": job, "job_run_id": run, "status": "SUCCESS", "start_date": day, "$wait_seconds": 30}
    return str(record(router.invoke(body))["status"])


def test_status_lists_arrivals_in_the_order_of_the_configuration(router: Router, deployed: DeployedRouter) -> None:
    before = JoinStatus(join="daily", key="d1", state="open", opened="", arrived={}, missing=["second", "first", "own"])
    assert join_status(deployed, "daily", "d1") == before
    assert arrive(router, "first", "r1", "d1") == "JOINED"
    arrive(router, "second", "r2", "d1")
    found = join_status(deployed, "daily", "d1")
    assert found is not None
    assert (list(found.arrived.items()), found.missing) == ([("second", "r2"), ("first", "r1")], ["own"])
    assert (found.state, found.opened[:3], found.opened[-6:]) == ("open", "202", "+00:00")
    arrive(router, "own", "r3", "d1")
    found = join_status(deployed, "daily", "d1")
    assert found is not None
    assert (found.state, found.missing) == ("complete", [])


def test_status_of_an_unknown_join_is_none(router: Router, deployed: DeployedRouter) -> None:
    assert join_status(deployed, "nobody", "k") is None
    assert join_status(deployed, "invalid", "k") is None
    without = replace(deployed, settings=replace(deployed.settings, joins_table=""))
    assert join_status(without, "daily", "k") is None
    with configuration(router, "{"):
        assert join_status(deployed, "daily", "k") is None
    with configuration(router, None), pytest.raises(ConfigUnavailableError):
        join_status(deployed, "daily", "k")


def test_event_has_a_key_for_each_valid_join(joins_of: Joins) -> None:
    found = joins_of("first", **DAY)
    assert {name: key for name, (key, _) in found.keys.items()} == {"daily": "2026-01-01", "pair": "2026-01-01-x"}
    assert joins_of("first").keys == {}  # the event has no field for the key
    assert joins_of("lonely", **DAY).keys == {}  # its join is invalid
    assert joins_of("first", status="FAILED", **DAY).keys == {}


@pytest.mark.parametrize("text", [None, "{", "[]", '{"workflows": 7}'])
def test_unusable_configuration_has_no_joins(router: Router, joins_of: Joins, text: str | None) -> None:
    """Publishing needs no permission to read the configuration."""
    with configuration(router, text):
        found = joins_of("first", **DAY)
    assert (found.keys, found.arrived()) == ({}, [])


def test_arrivals_of_other_runs_are_not_this_events(router: Router, joins_of: Joins) -> None:
    assert joins_of("first", "r1", start_date="d2").arrived() == []
    arrive(router, "first", "r1", "d2")
    assert sorted(one.join for one in joins_of("first", "r1", start_date="d2").arrived()) == ["daily", "pair"]
    assert joins_of("second", "r1", start_date="d2").arrived() == []


def test_event_after_the_first_run_is_repeated(router: Router, joins_of: Joins) -> None:
    arrive(router, "first", "r1", "d5")
    again = joins_of("first", "r1", start_date="d5", **{"$wait_seconds": 30})
    assert {join.status for join in again.arrived()} == {"WAITING"}
    for event in (joins_of("first", "r2", start_date="d5"), joins_of("first", "r1", start_date="d5", rows=7)):
        assert event.settled()
        assert [(join.status, join.first_run) for join in event.arrived()] == [("REPEATED", "r1")] * 2


def test_event_after_the_deadline_is_late(router: Router, joins_of: Joins) -> None:
    arrive(router, "first", "r1", "d6")
    second = joins_of("second", "r2", start_date="d6")
    assert not second.settled()
    ArrivalTable(router.simulator.engine.client("dynamodb"), second.settings.joins_table).expire(
        "daily", "d6", ["first", "second", "own"]
    )
    assert second.settled()
    assert [join.status for join in second.arrived()] == ["LATE"]
    first = joins_of("first", "r1", start_date="d6")
    assert {join.join: join.status for join in first.arrived()} == {"daily": "EXPIRED", "pair": "WAITING"}


def test_event_is_settled_after_all_arrivals_and_decisions(router: Router, joins_of: Joins) -> None:
    first = joins_of("first", "r1", start_date="d3")
    assert not first.settled()
    arrive(router, "first", "r1", "d3")
    assert first.settled()  # other jobs are missing, so no decision follows
    empty = joins_of("empty", "r1", start_date="d3")
    assert not empty.settled()
    arrive(router, "empty", "r1", "d3")
    assert empty.settled()


def test_complete_but_undecided_join_is_not_settled(router: Router, joins_of: Joins) -> None:
    found = joins_of("empty", "r1", start_date="d4")
    for job in ("first", "empty"):
        arrive(router, job, "r1", "d4")
    table = router.simulator.engine.client("dynamodb")
    name = found.settings.joins_table
    items = table.scan(TableName=name)["Items"]
    (item,) = [one for one in items if "pair" in one["id"]["S"] and "d4-x" in one["id"]["S"]]
    table.put_item(TableName=name, Item={**item, "state": {"S": "open"}})
    assert not found.settled()


def test_unreadable_table_has_no_arrivals(joins_of: Joins) -> None:
    found = joins_of("first", "r1", start_date="d2")
    assert replace(found, settings=replace(found.settings, joins_table="nowhere")).arrived() == []
