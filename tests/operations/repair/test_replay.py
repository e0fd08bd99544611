"""Prepared replays of one execution, and of every event that failed since a time; the router decides."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from operations.executions.ages import AgeError
from operations.repair.replay import PreparedReplay, decisions, find_failed, prepare
from operations.stack.deployed_router import DeployedRouter, RouterNotFoundError
from orchestration.errors import ExecutionLookupError, ReplayError
from tests.conftest import Router
from tests.local.helpers import CONFIG, FIVE, Event, record
from tests.operations.repair.harness import FUNCTION

GONE = {"type": "glue_job", "job_name": "gone", "id": "gone"}
FIXED = {"type": "glue_job", "job_name": "job", "id": "gone"}

Failing = Callable[..., str]


def workflow(*triggers: dict[str, Any]) -> dict[str, Any]:
    return {"workflows": CONFIG["workflows"] | {"upstream": {"on_success": list(triggers)}}}


@pytest.fixture
def failing(router: Router, event: Event, environment: None) -> Iterator[Failing]:
    """Return a function that sends an event whose trigger fails, and returns its execution; then the target exists."""

    def make(run: str, **fields: Any) -> str:
        with router.config(workflow(GONE, FIVE[4])):
            found = record(router.invoke(event(job_run_id=run, **fields) | {"$wait_seconds": 60}))
        router.configure(workflow(FIXED, FIVE[4]))
        return str(found["executions"][0]["name"])

    yield make
    router.configure(router.simulator.document)


def actions(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [(str(trigger["id"]), str(trigger["action"])) for trigger in decisions(report)]


def test_replay_asks_then_starts_what_failed(router: Router, failing: Failing, deployed: DeployedRouter) -> None:
    name = failing("prepared")
    prepared = prepare(name, function=FUNCTION)
    assert (prepared.execution, prepared.job, prepared.options) == (name, "upstream", {})
    before = len(router.executions())
    assert actions(prepared.ask()) == [("gone", "WOULD_START")]
    assert len(router.executions()) == before
    sent: Any = prepared.send()
    assert actions(sent) == [("gone", "STARTED")]
    assert sent["executions"][0]["outcomes"][0]["result"]["status"] == "TRIGGERED"
    arn = deployed.settings.execution_arn(name)
    assert actions(prepare(arn).ask()) == []  # its machine names the router


def test_options_travel_in_the_request(failing: Failing) -> None:
    name = failing("options")
    plain = prepare(name, function=FUNCTION, only={})
    assert plain.options == {}
    all_of = prepare(name, function=FUNCTION, only={"gone": "gone"}, again=True, as_was=True)
    assert all_of.options == {"only": {"gone": "gone"}, "again": True, "as_was": True}
    assert actions(all_of.ask()) == [("gone", "WOULD_START")]
    assert prepare(name, function=FUNCTION, only={"gone": "gone"}).ask()["status"] == "DRY_RUN"


def test_unusable_execution_is_refused(router: Router, environment: None, deployed: DeployedRouter) -> None:
    with pytest.raises(ReplayError, match="execution 'name': expected an execution's ARN, or its name together with"):
        prepare("name")
    with pytest.raises(ExecutionLookupError, match="cannot describe it"):
        prepare("nowhere", function=FUNCTION)
    with pytest.raises(RouterNotFoundError, match="function 'nobody'"):
        prepare("name", function="nobody")
    client = router.simulator.engine.client("stepfunctions")
    for number, event in enumerate(({}, {"job_name": "j"}, "text")):
        name = f"by-hand-{number}"
        client.start_execution(
            stateMachineArn=router.simulator.stack.state_machine, name=name, input=json.dumps({"event": event})
        )
        with pytest.raises(ReplayError, match="its input has no job event"):
            prepare(name, function=FUNCTION)


def prepared_for(failed: list[tuple[PreparedReplay, dict[str, Any]]]) -> list[str]:
    return [replay.execution for replay, _ in failed]


def grow_old(router: Router, name: str, age: timedelta) -> None:
    """Move the start of an execution into the past, which AWS's API cannot do."""
    backend = stepfunctions_parser_backends["123456789012"][router.simulator.engine.region]
    (execution,) = [one for machine in backend.state_machines for one in machine.executions if one.name == name]
    execution.start_date = datetime.now(UTC) - age


def test_failed_events_are_found_once_and_the_oldest_first(router: Router, failing: Failing) -> None:
    first, second = failing("found-1"), failing("found-2")
    router.configure(workflow(GONE))
    prepare(first, function=FUNCTION).send()  # a failed replay belongs to the same event
    router.configure(workflow(FIXED))
    steps: list[str] = []
    failed = find_failed(FUNCTION, "1h", progress=steps.append)
    names = prepared_for(failed.answers)
    assert [names.count(name) for name in (first, second)] == [1, 1]
    assert names.index(first) < names.index(second)
    assert f"asking the router about {first}" in steps
    assert [actions(report) for replay, report in failed.answers if replay.execution == second] == [
        [("gone", "WOULD_START")]
    ]
    assert failed.count == sum(len(actions(report)) for _, report in failed.answers)
    sent = list(failed.send())
    assert len(sent) == sum(bool(actions(report)) for _, report in failed.answers)
    assert {action for report in sent for _, action in actions(report)} == {"STARTED"}
    again = find_failed(FUNCTION, "1h")
    assert (again.count, list(again.send())) == (0, [])


def test_older_failures_are_left_out(router: Router, failing: Failing) -> None:
    old, new = failing("age-old"), failing("age-new")
    grow_old(router, old, timedelta(hours=2))
    assert {old, new} & set(prepared_for(find_failed(FUNCTION, "1h").answers)) == {new}
    assert {old, new} & set(prepared_for(find_failed(FUNCTION, "3h").answers)) == {old, new}


def test_job_limits_the_events(failing: Failing) -> None:
    name = failing("job")
    assert name in prepared_for(find_failed(FUNCTION, "1h", "upstream").answers)
    assert find_failed(FUNCTION, "1h", "other").answers == []


def test_executions_of_people_are_left_out(router: Router, environment: None) -> None:
    client, machine = router.simulator.engine.client("stepfunctions"), router.simulator.stack.state_machine
    event = {"job_name": "j", "job_run_id": "by-people"}
    rejected = {"id": "a", "type": "rejected", "name": "n", "request": {"Error": "E", "Cause": "c"}}
    routing = {"event_kind": "on_success", "batch": "1/1"}
    inputs: list[dict[str, Any]] = [
        {"triggers": [rejected], "routing": routing},
        {"event": event, "triggers": [rejected], "routing": {}},
        {"event": event, "triggers": [rejected], "routing": {"event_kind": 7}},
        {"event": event, "triggers": [], "routing": routing},
    ]
    for number, given in enumerate(inputs):
        client.start_execution(stateMachineArn=machine, name=f"people-{number}", input=json.dumps(given))
    found = find_failed(FUNCTION, "1h", "j")
    assert (found.answers, found.unanswered) == ([], [])


def test_refused_replay_does_not_stop_the_others(router: Router, failing: Failing) -> None:
    """An event whose first execution does not exist is reported."""
    lost = {
        "event": {"job_name": "upstream", "job_run_id": "lost"},
        "triggers": [{"id": "a", "type": "rejected", "name": "n", "request": {"Error": "E", "Cause": "c"}}],
        "routing": {"event_kind": "on_success", "batch": "1/1"},
    }
    client, machine = router.simulator.engine.client("stepfunctions"), router.simulator.stack.state_machine
    started = client.start_execution(stateMachineArn=machine, name="lost", input=json.dumps(lost))
    while client.describe_execution(executionArn=started["executionArn"])["status"] == "RUNNING":
        pass
    name = failing("next-to-lost")
    found = find_failed(FUNCTION, "1h")
    (line,) = found.unanswered
    assert line.startswith("upstream-lost-")
    assert "cannot describe it" in line
    assert name in prepared_for(found.answers)


def test_unusable_options_are_refused(environment: None) -> None:
    with pytest.raises(AgeError, match="--since 'yesterday'"):
        find_failed(FUNCTION, "yesterday")
    with pytest.raises(RouterNotFoundError):
        find_failed("nobody", "1h")
