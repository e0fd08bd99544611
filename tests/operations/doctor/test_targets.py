"""The doctor asks the service of each target, once for each, whether the target exists and can run."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from local.engine.engine import Engine
from operations.doctor import ExaminedStack, Finding, targets
from orchestration.triggers import Trigger
from orchestration.triggers.eventbridge import EventBridge
from orchestration.triggers.glue_job import GlueJob
from orchestration.triggers.mwaa_dag import MwaaDag
from orchestration.triggers.sqs_mwaa import SqsMwaa
from orchestration.triggers.step_function import StepFunction
from tests.operations.doctor.conftest import MISSING, Examined

MACHINE = "arn:aws:states:us-west-1:123456789012:stateMachine"


@pytest.fixture
def with_triggers(examined: Examined, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that makes a stack with these triggers."""

    def make(*triggers: Trigger) -> ExaminedStack:
        monkeypatch.setattr(ExaminedStack, "triggers", list(triggers))
        return examined()

    return make


def texts(stack: ExaminedStack) -> list[tuple[str, str, str]]:
    return [(finding.subject, finding.status, finding.message) for finding in targets.check(stack)]


def test_targets_of_the_configuration_exist_but_one(examined: Examined) -> None:
    found = texts(examined())
    assert [(subject, status) for subject, status, _ in found] == [
        (f"glue_job {MISSING}", "problem"),
        ("step_function publish_image_catalog", "ok"),
        ("eventbridge default/ImagesTransformed", "ok"),
        ("mwaa_dag refresh_image_features", "ok"),
        ("sqs_mwaa filter_image_glue_pyspark", "ok"),
    ]
    assert found[0][2] == "does not exist"
    assert found[2][2] == "event bus default exists"


@pytest.mark.parametrize(
    "trigger",
    [
        GlueJob(job_name="nowhere"),
        StepFunction(arn=f"{MACHINE}:nowhere"),
        EventBridge(event_bus="nowhere", source="s", detail_type="d"),
        EventBridge(event_bus="arn:aws:events:us-east-1:123456789012:event-bus/b", source="s", detail_type="d"),
        SqsMwaa(dag_id="d", queue_url="https://sqs.us-west-1.amazonaws.com/123456789012/nowhere"),
        MwaaDag(environment_name="nowhere", dag_id="d"),
    ],
    ids=lambda trigger: f"{trigger.TYPE}-{trigger.target_name()}",
)
def test_missing_target_is_a_problem(with_triggers: Any, trigger: Trigger) -> None:
    (finding,) = targets.check(with_triggers(trigger))
    assert (finding.status, finding.message) == ("problem", "does not exist")
    assert finding.advice == "Create the target, or correct its name in the configuration"


def test_missing_and_paused_dags_have_different_advice(engine: Engine, with_triggers: Any) -> None:
    dag = MwaaDag(environment_name="dwh-airflow", dag_id="refresh_image_features", region="us-west-2")
    other = MwaaDag(environment_name="dwh-airflow", dag_id="other", region="us-west-2")
    assert texts(with_triggers(dag, other)) == [
        (
            "mwaa_dag refresh_image_features",
            "ok",
            "DAG refresh_image_features of MWAA environment dwh-airflow exists",
        ),
        ("mwaa_dag other", "problem", "the environment has no such DAG"),
    ]
    place = ("us-west-2", "dwh-airflow", "refresh_image_features")
    engine.mwaa.paused.add(place)
    try:
        ((_, status, message),) = texts(with_triggers(dag))
    finally:
        engine.mwaa.paused.discard(place)
    assert (status, message) == ("problem", "the DAG is paused, so its runs wait in the state queued")


def test_target_of_several_triggers_is_asked_for_once(with_triggers: Any) -> None:
    stack = with_triggers(
        GlueJob(job_name="nowhere"),
        GlueJob(job_name="nowhere", arguments={"--x": "y"}),
        SqsMwaa(dag_id="a"),
        SqsMwaa(dag_id="b"),
        MwaaDag(environment_name="e", dag_id="a"),
        MwaaDag(environment_name="e", dag_id="b"),
    )
    subjects = [subject for subject, _, _ in texts(stack)]
    assert subjects == ["glue_job nowhere", "sqs_mwaa a", "mwaa_dag a", "mwaa_dag b"]


def test_waiting_for_an_express_state_machine_is_a_problem(engine: Engine, with_triggers: Any) -> None:
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    role = "arn:aws:iam::123456789012:role/r"
    arns = {
        kind: engine.client("stepfunctions").create_state_machine(
            name=kind, type=kind, definition=definition, roleArn=role
        )["stateMachineArn"]
        for kind in ("EXPRESS", "STANDARD")
    }
    stack = with_triggers(*(StepFunction(arn=arn, wait=wait) for arn in arns.values() for wait in (False, True)))
    assert [(one.status, one.advice) for one in targets.check(stack)] == [
        ("ok", ""),
        ("problem", "Remove wait, or name a Standard state machine"),
        ("ok", ""),
        ("ok", ""),
    ]


def test_state_machine_in_deletion_is_a_problem(with_triggers: Any) -> None:
    stack = with_triggers(StepFunction(arn=f"{MACHINE}:publish_image_catalog"))

    def deleting(parsed: dict[str, str], **_: object) -> None:
        parsed["status"] = "DELETING"

    client = stack.client("stepfunctions")
    client.meta.events.register("after-call.stepfunctions.DescribeStateMachine", deleting)
    assert texts(stack) == [("step_function publish_image_catalog", "problem", "is being deleted")]


def asked(stack: ExaminedStack, error: Exception) -> Finding:
    """The finding about a Glue job if the service answers with an error."""

    def refuse(**_: object) -> None:
        raise error

    stack.client("glue").meta.events.register("before-call", refuse)
    (finding,) = targets.check(stack)
    return finding


def test_refused_question_is_unknown(with_triggers: Any) -> None:
    refusal: Any = {"Error": {"Code": "AccessDeniedException", "Message": "the caller\n may not"}}
    finding = asked(with_triggers(GlueJob(job_name="j")), ClientError(refusal, "GetJob"))
    assert (finding.status, finding.message.endswith("the caller may not")) == ("unknown", True)
    assert finding.advice == "Allow GetJob to the caller's role, then run this command again"


def test_unreachable_service_is_unknown(with_triggers: Any) -> None:
    finding = asked(with_triggers(GlueJob(job_name="j")), EndpointConnectionError(endpoint_url="https://x"))
    assert (finding.status, finding.advice) == ("unknown", "Check the network and the region")
