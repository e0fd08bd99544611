"""The doctor compares router and state machine with this release: alias, destination, state and definition."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from builder.machine.definition import committed, render
from local.engine.engine import Engine
from operations.doctor import Finding, deployment
from orchestration.settings import LIVE
from tests.operations.doctor.conftest import ROUTER, Examined


def texts(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.status, finding.message) for finding in findings]


def test_deployed_router_is_well(examined: Examined) -> None:
    (finding,) = deployment.check_router(examined())
    assert (finding.subject, finding.status) == (ROUTER, "ok")


def test_router_without_alias_is_a_problem(examined: Examined) -> None:
    stack = examined()
    stack.router = replace(stack.router, qualifier="")
    (finding,) = deployment.check_router(stack)
    assert (finding.status, finding.advice) == ("problem", "Apply Terraform")
    assert finding.message == "the function has no alias live, which SNS and replays invoke"


def test_router_without_failure_destination_is_a_problem(engine: Engine, examined: Examined) -> None:
    functions, place = engine.client("lambda"), {"FunctionName": ROUTER, "Qualifier": LIVE}
    before = functions.get_function_event_invoke_config(**place)["DestinationConfig"]
    functions.delete_function_event_invoke_config(**place)
    try:
        ((status, message),) = texts(list(deployment.check_router(examined())))
    finally:
        functions.put_function_event_invoke_config(**place, DestinationConfig=before)
    assert (status, "an event is lost after three attempts" in message) == ("problem", True)


def test_optional_configuration_is_a_problem(examined: Examined) -> None:
    (finding,) = deployment.check_router(examined(require_config=False))
    assert "REQUIRE_CONFIG is not true" in finding.message
    assert finding.advice == "Set require_config = true in Terraform"


@pytest.mark.parametrize(("state", "status"), [("Active", "ok"), ("Inactive", "ok"), ("Failed", "problem")])
def test_state_of_the_function_is_examined(examined: Examined, state: str, status: str) -> None:
    stack = examined()

    def answer(parsed: Any, **_: Any) -> None:
        parsed |= {"State": state, "StateReason": "no key"}

    stack.client("lambda").meta.events.register("after-call.lambda.GetFunctionConfiguration", answer)
    (finding,) = deployment.check_router(stack)
    assert finding.status == status
    assert ("the function's state is Failed: no key" in finding.message) is (status == "problem")


def test_committed_definition_is_well(examined: Examined) -> None:
    (finding,) = deployment.check_state_machine(examined())
    assert (finding.status, finding.message) == ("ok", "its definition is the committed one")


def test_definition_of_the_other_mode_differs(examined: Examined) -> None:
    (finding,) = deployment.check_state_machine(examined(wait_for_runs=False))
    assert finding.status == "problem"
    assert "its definition differs from that of this tool's release, first at $." in finding.message


def test_missing_state_machine_is_a_problem(examined: Examined) -> None:
    (finding,) = deployment.check_state_machine(examined(state_machine_version="99"))
    assert (finding.status, finding.message) == ("problem", "does not exist, so the router cannot start it")


def deployed(edit: Callable[[Any], None] = lambda _: None, partition: str = "aws") -> str:
    """Place of the first difference between the committed definition and an edited, filled-in one."""
    text = committed(waiting=True)
    values = {
        "glue_run_function_arn": "arn:aws:lambda:us-west-1:123456789012:function:g",
        "mwaa_dag_function_arn": "arn:aws:lambda:us-west-1:123456789012:function:f",
        "job_events_topic_arn": "arn:aws:sns:us-west-1:123456789012:t",
    }
    filled = json.loads(render(text, values).replace("arn:aws:", f"arn:{partition}:"))
    edit(filled)
    return deployment._difference(json.loads(text), filled)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_filled_in_definition_equals_the_committed_one(partition: str) -> None:
    assert deployed(partition=partition) == ""


def changed_text(definition: Any) -> None:
    definition["Comment"] = "edited"


def changed_start(definition: Any) -> None:
    definition["StartAt"] += "2"


def new_key(definition: Any) -> None:
    definition["TimeoutSeconds"] = 7


def lost_state(definition: Any) -> None:
    definition["States"].popitem()


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (changed_text, "$.Comment"),
        (changed_start, "$.StartAt"),
        (new_key, "$.TimeoutSeconds"),
        (lost_state, "$.States."),
    ],
)
def test_edit_of_the_definition_is_found(edit: Callable[[Any], None], place: str) -> None:
    assert deployed(edit).startswith(place)


@pytest.mark.parametrize(
    ("committed_value", "deployed_value", "place"),
    [
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "x"}]}, ""),
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "y"}]}, "$.a[1].b"),
        ({"a": [1, 2]}, {"a": [1]}, "$.a"),
        ({"a": 1}, {}, "$.a"),
        ({}, {"a": 1}, "$.a"),
        ({"a": {}}, {"a": []}, "$.a"),
        ({"a": "arn:aws:states:::glue"}, {"a": "arn:aws-cn:states:::glue"}, ""),
        ({"a": "arn:aws:states:::glue"}, {"a": "arn:aws-cn:states:::sqs"}, "$.a"),
        ({"a": "${job_events_topic_arn}"}, {"a": "arn:aws:sns:us-west-1:1:t"}, ""),
        ({"a": "${job_events_topic_arn}"}, {"a": "arn:aws:sqs:us-west-1:1:t"}, "$.a"),
        ({"a": "${job_events_topic_arn}"}, {"a": 7}, "$.a"),
    ],
)
def test_first_difference_has_its_path(committed_value: Any, deployed_value: Any, place: str) -> None:
    assert deployment._difference(committed_value, deployed_value) == place
