"""``notify`` of a workflow: written into the routing of every execution, batches and replays included."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from orchestration.configuration.loader import LoadedConfig
from orchestration.configuration.notify import notify_topic, with_topic
from orchestration.configuration.workflows import problems_of
from orchestration.event.job_event import Delivery, read_event
from orchestration.input.item import BATCH
from orchestration.planning.plan import Plan, plan
from orchestration.settings import Settings
from orchestration.values import strictjson
from orchestration.values.strictjson import Json, JsonObject
from tests.orchestration.fake_aws import child_input

SETTINGS = Settings(
    state_machine_arn="arn:aws:states:us-west-1:123456789012:stateMachine:orchestrator",
    region="us-west-1",
    mwaa_trigger_queue_url="https://sqs.us-west-1.amazonaws.com/123456789012/q",
    deploy_env="test",
)
TOPIC = "arn:aws:sns:us-west-1:123456789012:team-test"
WRITTEN = "arn:aws:sns:${aws.region}:${aws.account}:team-${deploy.env}"


def document(count: int = 1, **workflow: Any) -> dict[str, Any]:
    triggers = [{"type": "sqs_mwaa", "dag_id": f"dag_{number}"} for number in range(count)]
    return {"workflows": {"j": {"on_success": triggers, **workflow}}}


def planned(given: dict[str, Any]) -> Plan:
    body = strictjson.dumps({"job_name": "j", "job_run_id": "1", "status": "SUCCESS"})
    event = read_event(Delivery(source="e", body=body, topic_arn="(SNS)"))
    config = LoadedConfig(given, "s3://b/k", "v")
    triggers = config.triggers("j", "on_success", SETTINGS)
    assert triggers is not None
    return plan(event, triggers, config, SETTINGS, "")


def inputs(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Input of each execution, and of each batch."""
    found = planned(given)
    executions: list[Any] = [one.input.to_json() for one in found.pack(found.items)]
    items = [item for one in executions for item in one["triggers"] if item["type"] == BATCH]
    return executions + [child_input(executions[0]["event"], item["request"]) for item in items]


@pytest.mark.parametrize("count", [1, 41])
def test_every_execution_names_the_topic(count: int) -> None:
    found = inputs(document(count, notify=WRITTEN))
    assert len(found) == (1 if count == 1 else 3)
    assert {one["routing"]["notify"] for one in found} == {TOPIC}


def test_text_of_the_input_has_what_the_rule_looks_for() -> None:
    (given,) = inputs(document(notify=WRITTEN))
    assert f'"notify":"{TOPIC}"' in strictjson.dumps(given)


@pytest.mark.parametrize("workflow", [{}, {"notify": ""}, {"notify": "team"}, {"notify": 7}])
def test_without_a_valid_topic_the_routing_has_none(workflow: dict[str, Any]) -> None:
    assert all("notify" not in one["routing"] for one in inputs(document(**workflow)))
    assert notify_topic(document(**workflow), "another_job", SETTINGS) == ""


def test_valid_topic_has_no_problem_and_fifo_topic_has_one() -> None:
    assert list(problems_of(document(notify=WRITTEN), SETTINGS)) == []
    (problem,) = problems_of(document(notify=f"{TOPIC}.fifo"), SETTINGS)
    assert str(problem).startswith("workflows.j.notify: found ")


def test_topic_of_another_region_is_a_problem() -> None:
    other = TOPIC.replace("us-west-1", "us-east-1")
    (problem,) = problems_of(document(notify=other), SETTINGS)
    assert str(problem) == (
        "workflows.j.notify: found region us-east-1, expected us-west-1: EventBridge tells topics of its region only"
    )
    assert list(problems_of(document(notify=other), dataclasses.replace(SETTINGS, region=""))) == []


def test_wrong_placeholder_is_the_only_problem_of_the_topic() -> None:
    (problem,) = problems_of(document(notify="arn:aws:sns:us-west-1:${aws.accnt}:team"), SETTINGS)
    assert str(problem).startswith("workflows.j.notify: found '${aws.accnt}', expected one of: ${aws.account}")
    assert notify_topic(document(notify=f"{TOPIC}${{aws.accnt}}"), "j", SETTINGS) == ""


@pytest.mark.parametrize("workflow", ["x", None, [], {"notify": 7}])
def test_workflow_without_a_text_keeps_its_value(workflow: Json) -> None:
    assert with_topic(workflow, "w", SETTINGS) == (workflow, [])
    assert notify_topic({"workflows": {"j": workflow}}, "j", SETTINGS) == ""


def test_filled_topic_does_not_change_the_document() -> None:
    workflow: JsonObject = {"notify": WRITTEN, "on_success": []}
    assert with_topic(workflow, "w", SETTINGS) == ({"notify": TOPIC, "on_success": []}, [])
    assert workflow["notify"] == WRITTEN
