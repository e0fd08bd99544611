"""Events of past executions: the oldest first, each once, and none of batches, replays or people."""

from __future__ import annotations

import json
from typing import Any

import pytest

from operations.executions.ages import AgeError
from operations.executions.recorded import recorded_events
from operations.stack.deployed_router import DeployedRouter
from tests.conftest import Router
from tests.local.helpers import record


@pytest.fixture(scope="module")
def sent(router: Router) -> list[dict[str, Any]]:
    """Two runs, one of them twice, an approval, an event with batches, a replay, and executions of people."""
    events: list[dict[str, Any]] = [
        {"job_name": "upstream", "job_run_id": "1", "status": "SUCCESS", "metrics": {"rows": 1.5}},
        {"job_name": "upstream", "job_run_id": "2", "status": "SUCCESS", "text": "é"},
        {"job_name": "upstream", "job_run_id": "1", "decision": "APPROVED"},
        {"job_name": "two_batches", "job_run_id": "1", "status": "SUCCESS"},
    ]
    records = [record(router.invoke(event | {"$wait_seconds": 60})) for event in (*events, events[1])]
    replay = {"of": records[2]["executions"][0]["name"], "only": [records[2]["triggers"][0]["id"]], "again": True}
    record(router.invoke(events[2] | {"$replay": replay, "$wait_seconds": 60}))
    kind = {"routing": {"event_kind": "on_success"}}
    by_people: list[dict[str, Any]] = [
        {},
        {"event": events[0]},
        {"event": {"job_name": 7, "job_run_id": "r"}, **kind},
        {"event": {"job_name": "j", "job_run_id": None}, **kind},
        {"event": "text", **kind},
        {"event": events[0], "routing": {"event_kind": "on_joined_by_hand"}},
    ]
    client = router.simulator.engine.client("stepfunctions")
    for number, given in enumerate(by_people):
        client.start_execution(
            stateMachineArn=router.simulator.stack.state_machine, name=f"hand-{number}", input=json.dumps(given)
        )
    return events


def test_each_event_is_recorded_once(deployed: DeployedRouter, sent: list[dict[str, Any]]) -> None:
    found = recorded_events(deployed, "1h")
    assert [json.loads(one.text) for one in found] == sent
    assert [one.event_kind for one in found] == ["on_success", "on_success", "on_approval", "on_success"]
    assert [(one.job_name, one.job_run_id) for one in found] == [(one["job_name"], one["job_run_id"]) for one in sent]
    assert found[0].execution.startswith("upstream-1-")


def test_job_and_age_limit_the_events(deployed: DeployedRouter, sent: list[dict[str, Any]]) -> None:
    assert [one.job_name for one in recorded_events(deployed, "1h", "two_batches")] == ["two_batches"]
    assert recorded_events(deployed, "1h", "up") == []
    assert recorded_events(deployed, "0m") == []
    with pytest.raises(AgeError, match="--recorded 'week'"):
        recorded_events(deployed, "week")


def test_progress_counts_executions(deployed: DeployedRouter, sent: list[dict[str, Any]], router: Router) -> None:
    calls: list[tuple[int, int]] = []
    recorded_events(deployed, "1h", progress=lambda read, count: calls.append((read, count)))
    count = len(router.executions())
    assert calls == [(number, count) for number in range(1, count + 1)]
