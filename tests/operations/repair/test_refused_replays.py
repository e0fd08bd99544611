"""Replays that the router refuses as a whole, with the reason, before anything starts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Router
from tests.local.helpers import CONFIG, FIVE, Event, record


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        ({}, {"of": "nowhere"}, "ExecutionLookupError: execution 'nowhere': cannot describe it"),
        ({"job_name": "broken"}, {}, "Send the event of that execution"),
        ({}, {"only": ["nobody"]}, "has no trigger 'nobody'. It has: "),
        ({}, {"only": {"announce": "load"}}, "'load' is another trigger of the same event"),
        ({}, {"only": {"load": "new", "announce": "new"}}, "two triggers have the same successor"),
        ({}, {"only": {"load": "new"}, "as_was": True}, "but 'as_was' sends the original request. Choose one"),
    ],
)
def test_replay_that_matches_no_trigger_is_refused(
    router: Router, event: Event, change: dict[str, Any], options: dict[str, Any], words: str
) -> None:
    body = event(job_run_id="replay-refused")
    two = [FIVE[0] | {"id": "load"}, FIVE[2] | {"id": "announce"}]
    with router.config({"workflows": CONFIG["workflows"] | {"upstream": {"on_success": two}}}):
        invoked = record(router.invoke(body | {"$wait_seconds": 30}))
    result = router.invoke(body | change | {"$replay": {"of": invoked["executions"][0]["name"]} | options})
    assert result["errorType"] == "RoutingError"
    assert words in result["errorMessage"]


def test_replay_through_sns_is_refused(router: Router, event: Event) -> None:
    result = router.invoke({"Records": [router.sns(event(job_run_id="sns-replay") | {"$replay": {"of": "e"}})]})
    assert "a replay must be a direct invocation" in result["errorMessage"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "the router did not start it"),
        ({"event": {"job_name": "j", "job_run_id": "r"}, "triggers": []}, "the router did not start it"),
        (
            {
                "event": {"job_name": "j", "job_run_id": "r"},
                "triggers": [{"id": "a", "type": "batch", "name": "n", "request": {}}],
                "routing": {"event_kind": "on_success", "batch": "x", "replay": 7},
            },
            "its triggers have no ids",
        ),
        (
            {
                "event": {"job_name": "j", "job_run_id": "r"},
                "triggers": [{"type": "glue_job", "name": "job", "request": {}}],
                "routing": {"event_kind": "on_success", "batch": "1/1", "positions": [0]},
            },
            "its triggers have no ids, because an earlier release or a person started it",
        ),
    ],
    ids=["empty", "no-routing", "no-batch", "earlier-release"],
)
def test_foreign_execution_is_refused_with_a_reason(router: Router, event: Event, given: Any, words: str) -> None:
    name = f"by-hand-{abs(hash(words + str(given)))}"
    router.simulator.engine.client("stepfunctions").start_execution(
        stateMachineArn=router.simulator.stack.state_machine, name=name, input=json.dumps(given)
    )
    result = router.invoke(event(job_run_id="by-hand") | {"$replay": {"of": name}})
    assert "ReplayError" in result["errorMessage"]
    assert words in result["errorMessage"]
