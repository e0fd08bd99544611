"""Replays of nested executions by the deployed router and the state machine: a new run only after one that failed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.engine.faults import Fault
from orchestration.event.identity import downstream_run_id
from tests.conftest import Router
from tests.local.helpers import CONFIG, NESTED, Event, wait_until
from tests.operations.repair.test_router_replays import actions, replay, started, workflow
from tests.state_machine.harness import shortened

WAITING = {"type": "step_function", "id": "nested", "arn": NESTED, "wait": True}
PUBLISHING = {**WAITING, "publish": True, "publish_as": "published"}
SUCCEED = {"StartAt": "S", "States": {"S": {"Type": "Pass", "Result": {"rows": 5}, "End": True}}}
FAIL = {"StartAt": "S", "States": {"S": {"Type": "Fail", "Error": "BadData"}}}


@contextmanager
def nested(router: Router, definition: dict[str, Any]) -> Iterator[None]:
    """Give the nested state machine another definition, until the context closes."""
    client = router.simulator.engine.client("stepfunctions")
    before = client.describe_state_machine(stateMachineArn=NESTED)["definition"]
    client.update_state_machine(stateMachineArn=NESTED, definition=json.dumps(definition))
    try:
        yield
    finally:
        client.update_state_machine(stateMachineArn=NESTED, definition=before)


def runs(router: Router, event_name: str) -> dict[str, str]:
    """Status of each nested execution of an event, by the suffix after the first one's name."""
    first = downstream_run_id(event_name, "nested")
    listed = router.simulator.engine.client("stepfunctions").list_executions(stateMachineArn=NESTED)["executions"]
    return {one["name"].removeprefix(first): one["status"] for one in listed if one["name"].startswith(first)}


def outcome(found: dict[str, Any]) -> tuple[str, str]:
    """Result of the replayed trigger: its status and the run's id, or the error."""
    ((one,),) = [execution["outcomes"] for execution in found["executions"]]
    return one["result"]["status"], one["result"].get("id") or one["error"]["Error"]


@pytest.mark.parametrize(
    "options",
    [{}, {"only": ["nested"]}, {"only": {"nested": "nested"}}, {"only": ["nested"], "as_was": True}],
    ids=["plain", "only", "renamed", "as_was"],
)
def test_each_replay_of_a_failed_run_starts_a_new_one(
    router: Router, event: Event, options: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    """Issue 23, finding 4: attempts 1 to 4 followed the first run, which had failed, under the action STARTED."""
    with workflow(router, WAITING):
        with nested(router, FAIL):
            body, first = started(router, event, request.node.name)
            name = first["executions"][0]["name"]
            for attempt in (1, 2):
                failed = replay(router, body, name, **options)
                assert (failed["status"], actions(failed)) == ("STARTED", [("nested", "STARTED")])
                assert outcome(failed) == ("FAILED", "States.TaskFailed")
                assert set(runs(router, name)) == {"", *(f"-r{number}" for number in range(1, attempt + 1))}
        with nested(router, SUCCEED):
            healed = replay(router, body, name, **options)
            after = replay(router, body, name, **options)
    new = downstream_run_id(name, "nested", 3)
    assert outcome(healed) == ("TRIGGERED", f"{NESTED.replace(':stateMachine:', ':execution:')}:{new}")
    assert runs(router, name) == {"": "FAILED", "-r1": "FAILED", "-r2": "FAILED", "-r3": "SUCCEEDED"}
    assert after["status"] == "NOT_STARTED"


def test_unpublished_success_is_published_and_not_run_again(router: Router, event: Event) -> None:
    faults = router.simulator.engine.patch_context.faults
    with workflow(router, PUBLISHING), nested(router, SUCCEED), shortened():
        with faults.inject("sns.Publish", Fault(status=404, code="NotFound")):
            body, first = started(router, event, "unpublished")
            name = first["executions"][0]["name"]
            still = replay(router, body, name)
        assert (still["status"], outcome(still)) == ("FOLLOWED", ("FAILED", "PublishFailed"))
        with faults.inject("sns.Publish", Fault(times=0)):  # counts the calls
            followed = replay(router, body, name)
            assert faults.calls["sns.Publish"] == 1
    assert (followed["status"], actions(followed)) == ("FOLLOWED", [("nested", "FOLLOWED")])
    assert outcome(followed)[0] == "TRIGGERED"
    assert runs(router, name) == {"": "SUCCEEDED"}


@pytest.mark.parametrize(
    ("definition", "action", "expected"),
    [
        (SUCCEED, "FOLLOWED", {"": "SUCCEEDED"}),
        (FAIL, "STARTED", {"": "FAILED", "-r1": "SUCCEEDED"}),
    ],
    ids=["succeeded", "failed"],
)
def test_lost_answer_without_wait_is_looked_up(
    router: Router, event: Event, definition: dict[str, Any], action: str, expected: dict[str, str]
) -> None:
    """StartExecution took effect, and its answer was an error of the service: the trigger failed, its run exists."""
    lost = Fault(status=500, code="InternalFailure", takes_effect=True)
    faults = router.simulator.engine.patch_context.faults
    with workflow(router, {"type": "step_function", "id": "nested", "arn": NESTED}):
        with nested(router, definition), faults.inject("sfn.StartExecution", lost):
            body, first = started(router, event, f"lost-{action}")
        name = first["executions"][0]["name"]
        assert list(runs(router, name)) == [""]
        with nested(router, SUCCEED):
            replayed = replay(router, body, name)
            again = replay(router, body, name)
    assert (replayed["status"], actions(replayed)) == (action, [("nested", action)])
    assert outcome(replayed)[0] == "TRIGGERED"
    assert (again["status"], runs(router, name)) == ("NOT_STARTED", expected)


def test_again_starts_a_run_although_one_succeeded(router: Router, event: Event) -> None:
    with workflow(router, WAITING), nested(router, SUCCEED):
        body, first = started(router, event, "again")
        name = first["executions"][0]["name"]
        again = replay(router, body, name, only=["nested"], again=True)
    assert actions(again) == [("nested", "STARTED")]
    assert runs(router, name) == {"": "SUCCEEDED", "-r1": "SUCCEEDED"}


def test_running_run_is_followed_to_its_end(router: Router, event: Event) -> None:
    """The call's answer was lost while the run goes on. As after a redrive by a person, the run's own state counts."""
    lost = Fault(status=500, code="InternalFailure", takes_effect=True)
    slow = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 15, "End": True}}}
    faults = router.simulator.engine.patch_context.faults
    with workflow(router, WAITING), nested(router, slow), shortened(pause=8):
        with faults.inject("sfn.StartExecution", lost):
            body, first = started(router, event, "still-running")
        name = first["executions"][0]["name"]
        assert runs(router, name) == {"": "RUNNING"}
        plan = replay(router, body, name, dry_run=True)
        assert actions(plan) == [("nested", "WOULD_FOLLOW")]
        followed = replay(router, body, name)
    assert (followed["status"], actions(followed)) == ("FOLLOWED", [("nested", "FOLLOWED")])
    assert outcome(followed)[0] == "TRIGGERED"
    assert runs(router, name) == {"": "SUCCEEDED"}


def test_followed_run_starts_the_rest_of_its_chain_once(router: Router, event: Event) -> None:
    faults = router.simulator.engine.patch_context.faults
    chain = {
        "upstream": {"on_success": [PUBLISHING]},
        "published": {"on_success": [{"type": "step_function", "id": "next", "arn": NESTED}]},
    }
    with router.config({"workflows": CONFIG["workflows"] | chain}), nested(router, SUCCEED), shortened():
        with faults.inject("sns.Publish", Fault(status=404, code="NotFound")):
            body, first = started(router, event, "chain-goes-on")
            name = first["executions"][0]["name"]
        assert next_runs(router) == []
        replay(router, body, name)
        wait_until(lambda: len(next_runs(router)) > 0)
        assert replay(router, body, name)["status"] == "NOT_STARTED"
        router.simulator.engine.runtime.drain()
    assert len(next_runs(router)) == 1


def next_runs(router: Router) -> list[str]:
    """Names of the nested executions that the published event started."""
    listed = router.simulator.engine.client("stepfunctions").list_executions(stateMachineArn=NESTED)["executions"]
    return [one["name"] for one in listed if one["name"].startswith("published-")]
