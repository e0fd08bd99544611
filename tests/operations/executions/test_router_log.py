"""Reasons of the router's log for an event that started nothing."""

from __future__ import annotations

import pytest

from operations.executions.router_log import why_nothing
from operations.stack.deployed_router import DeployedRouter
from tests.conftest import Router
from tests.local.helpers import Event, record

NOTHING = "The router's log of the last 14 days has no such event"


def test_router_that_never_ran_has_no_reason(deployed: DeployedRouter) -> None:
    assert why_nothing(deployed, "upstream", "1").startswith(NOTHING)


@pytest.mark.parametrize("run", ["plain", 'say "ignored"', "back\\slash", "two\nlines", "é"])
def test_ignored_event_has_the_routers_reason(router: Router, deployed: DeployedRouter, event: Event, run: str) -> None:
    assert record(router.invoke(event(job_run_id=run, status="FAILED")))["status"] == "IGNORED"
    assert why_nothing(deployed, "upstream", run).startswith("The router ignored it: no status SUCCESS")


def test_reasons_are_listed_once_and_oldest_first(router: Router, deployed: DeployedRouter, event: Event) -> None:
    for status in ("FAILED", "Success", "FAILED"):
        record(router.invoke(event(job_run_id="thrice", status=status)))
    first, second = why_nothing(deployed, "upstream", "thrice").split("; The router ignored it: ")
    assert first.startswith("The router ignored it: no status SUCCESS")
    assert "Write 'SUCCESS' instead of 'Success'" in second


def test_events_of_others_are_no_reason(router: Router, deployed: DeployedRouter, event: Event) -> None:
    record(router.invoke(event(job_run_id="long-one", status="FAILED")))
    record(router.invoke(event(job_run_id="started")))
    assert why_nothing(deployed, "upstream", "long").startswith(NOTHING)
    assert why_nothing(deployed, "stream", "long-one").startswith(NOTHING)
    assert why_nothing(deployed, "upstream", "started").startswith(NOTHING)


def test_arrival_at_a_join_is_a_reason(router: Router, deployed: DeployedRouter, event: Event) -> None:
    join = {"all_of": ["left", "right"], "key": "${start_date}", "on_complete": []}
    with router.config({"workflows": {}, "joins": {"both": join}}):
        assert (
            record(router.invoke(event(job_name="left", job_run_id="1", start_date="2026-01-01")))["status"] == "JOINED"
        )
    reason = "It only arrived at joins: join both key 2026-01-01: WAITING"
    assert why_nothing(deployed, "left", "1").startswith(reason)
