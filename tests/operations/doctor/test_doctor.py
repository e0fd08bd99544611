"""``orchestrator doctor``: each trigger type can be examined, refused questions are unknown, and the text has advice.

``tests/terraform/test_cycle.py`` examines the stack that Terraform deploys, whole and with one thing after the other broken.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.sns.models import sns_backends

from builder import package
from cli.doctor import _rules
from local.defaults import EXAMPLE_CONFIG
from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from operations.doctor import (
    ExaminedStack,
    PermissionRules,
    examine,
    leftovers,
    permissions,
    receivers,
    subscriptions,
    targets,
)
from operations.stack.deployed_router import DeployedRouter
from operations.stack.topics import FILTERS
from orchestration.triggers.step_function import StepFunction
from tests.cli.conftest import orchestrator
from tests.cli.helpers import Orchestrator

__all__ = ["orchestrator"]

ROUTER = "local-downstream-orchestrator"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """The local stack without one of its targets; it has no alarms, and its role no policies."""
    with run_engine("us-west-1") as started:
        document = json.loads(EXAMPLE_CONFIG.read_text())
        Simulator.deploy(started, document, ["glue_job:load_images_to_redshift"])
        yield started


@pytest.fixture(autouse=True)
def environment(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"AWS_ENDPOINT_URL": engine.endpoint, "AWS_ENDPOINT_URL_MWAA": engine.mwaa.endpoint}
    credentials = {"AWS_DEFAULT_REGION": engine.region, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    for name, value in {**variables, **credentials}.items():
        monkeypatch.setenv(name, value)


def test_text_has_problems_with_advice(orchestrator: Orchestrator) -> None:
    result = orchestrator("doctor", "--function", ROUTER)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    missing = lines.index("problem  targets: glue_job load_images_to_redshift: does not exist")
    assert lines[missing + 1] == "    Create the target, or correct its name in the configuration."
    assert any(line.startswith("problem  alarms:") and "the stack has no alarms" in line for line in lines)
    assert not any(line.startswith("ok") for line in lines)
    well = orchestrator("doctor", "--function", ROUTER, "--verbose").stdout.splitlines()
    assert sum(line.startswith("ok") for line in well) == int(well[-1].split()[0]) > 8


def test_unknown_function_exits_2_with_one_line(orchestrator: Orchestrator) -> None:
    result = orchestrator("doctor", "--function", "nobody")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


class Refused(ExaminedStack):
    """A stack whose caller may not ask about Glue jobs and topics."""

    def client(self, service: str, region: str = "") -> Any:
        client = super().client(service, region)
        if service in ("glue", "sns"):
            client.meta.events.register("before-call", refuse)
        return client


def refuse(model: Any, **_: Any) -> None:
    error = {"Error": {"Code": "AccessDeniedException", "Message": "the caller may not"}}
    raise ClientError(error, model.name)


def test_refused_questions_are_unknown_and_others_go_on() -> None:
    rules = PermissionRules(lambda *_: {}, lambda *_: True)
    findings = list(examine(Refused(DeployedRouter.find(ROUTER), rules)))
    unknown = {(one.check, one.subject): one for one in findings if one.status == "unknown"}
    assert set(unknown) == {("targets", "glue_job load_images_to_redshift"), ("subscriptions", ROUTER)}
    assert "Allow GetJob to the caller's role" in unknown["targets", "glue_job load_images_to_redshift"].advice
    assert {"state machine", "permissions", "alarms", "dispatcher"} <= {one.check for one in findings}


def test_doctor_finds_subscription_to_another_accounts_topic(engine: Engine) -> None:
    """SNS lets only the owner of a topic list its subscriptions; a subscriber lists its own."""
    topic = sns_backends["210987654321"][engine.region].create_topic("theirs").arn
    functions = engine.client("lambda")
    variables = functions.get_function_configuration(FunctionName=ROUTER)["Environment"]["Variables"]
    name = f"{ROUTER}-theirs"
    code = functions.get_function(FunctionName=ROUTER)["Configuration"]
    functions.create_function(
        FunctionName=name,
        Runtime=code["Runtime"],
        Role=code["Role"],
        Handler=code["Handler"],
        Code={"ZipFile": package.build("downstream_orchestrator").body},
        Environment={"Variables": variables | {"JOB_EVENTS_TOPIC_ARN": topic}},
    )

    def found() -> list[str]:
        stack = ExaminedStack(DeployedRouter.find(name), PermissionRules(lambda *_: {}, lambda *_: True))
        return [one.message for one in subscriptions.check(stack) if one.subject == topic]

    assert found() == ["the router is not subscribed to the topic, so its events start nothing"]
    live = f"{functions.get_function(FunctionName=name)['Configuration']['FunctionArn']}:live"
    attributes = {
        "FilterPolicy": json.dumps(FILTERS["job_events"]),
        "FilterPolicyScope": "MessageBody",
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": "arn:aws:sqs:us-west-1:123456789012:dlq"}),
    }
    engine.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=live, Attributes=attributes)
    assert found() == ["the router is subscribed, with filter and DLQ"]


@pytest.mark.parametrize("rule", ["failed", "failed-12345678", "glue-jobs", "ended-12345678"])
def test_doctor_checks_the_role_for_another_accounts_topic(engine: Engine, rule: str) -> None:
    """Rules for failed executions, and for completion events into a topic job_events of another account."""
    topic, role = f"arn:aws:sns:us-west-1:210987654321:{rule}", f"{rule}-role"
    events, iam, name = engine.client("events"), engine.client("iam"), f"{ROUTER}-{rule}"
    router = DeployedRouter.find(ROUTER)
    router = replace(router, settings=replace(router.settings, events_topic_arn="arn:aws:sns:us-west-1:210987654321:e"))
    stack = ExaminedStack(router, _rules("*"))

    def found(**target: str) -> list[str]:
        events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": topic, **target}])
        return [one.message for one in receivers.check(stack, {topic})]

    events.put_rule(Name=name, EventPattern='{"source": ["aws.states"]}')
    (problem,) = found()
    assert "the rule's target has no role, so EventBridge drops the messages" in problem
    given = {"RoleArn": f"arn:aws:iam::123456789012:role/{role}"}
    assert found(**given) == [f"role {role} of the rule's target does not exist"]
    iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    assert found(**given) == [f"role {role} does not allow sns:Publish on the topic"]
    allowed = {"Effect": "Allow", "Action": ["sns:Publish"], "Resource": [topic]}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName=role, PolicyName="publish", PolicyDocument=policy)
    assert found(**given) == []
    events.remove_targets(Rule=name, Ids=["1"])
    events.delete_rule(Name=name)


def test_waiting_for_an_express_state_machine_is_a_problem(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    role = "arn:aws:iam::123456789012:role/r"
    arns = {
        kind: engine.client("stepfunctions").create_state_machine(
            name=kind, type=kind, definition=definition, roleArn=role
        )["stateMachineArn"]
        for kind in ("EXPRESS", "STANDARD")
    }
    triggers = [StepFunction(arn=arn, wait=wait) for arn in arns.values() for wait in (False, True)]
    monkeypatch.setattr(ExaminedStack, "triggers", triggers)
    stack = ExaminedStack(DeployedRouter.find(ROUTER), PermissionRules(lambda *_: {}, lambda *_: True))
    assert [(one.status, one.advice) for one in targets.check(stack)] == [
        ("ok", ""),
        ("problem", "Remove wait, or name a Standard state machine"),
        ("ok", ""),
        ("ok", ""),
    ]


@pytest.mark.parametrize(
    ("allowed", "covered"),
    [
        ("role/*/User", True),
        ("role/airflow/User", True),
        ("role/air*/Op", True),
        ("role/other/User", False),
        ("*", True),
    ],
)
def test_wildcards_of_mwaa_environments_are_understood(engine: Engine, allowed: str, covered: bool) -> None:
    """The role of the MWAA Lambda function names one Airflow role, in environments that may have wildcards."""
    here = "arn:aws:airflow:us-west-1:123456789012:"
    resource = allowed if allowed == "*" else here + allowed
    statement = {"Effect": "Allow", "Action": ["airflow:InvokeRestApi"], "Resource": [resource]}
    stack = ExaminedStack(DeployedRouter.find(ROUTER), _rules("*"))
    found = permissions._covered(stack, "airflow:InvokeRestApi", f"{here}role/airflow/*", [statement])
    assert found == covered


def test_failures_of_other_functions_are_not_counted(engine: Engine) -> None:
    """Functions may share the bucket, and redrive-dlq reads only the router's failures."""
    stack = ExaminedStack(DeployedRouter.find(ROUTER), PermissionRules(lambda *_: {}, lambda *_: True))
    bucket = stack.router.failure_destination().rpartition(":")[2]

    def found() -> list[str]:
        return [one.message for one in leftovers.check(stack) if one.subject == f"bucket {bucket}"]

    engine.client("s3").put_object(Bucket=bucket, Key="aws/lambda/async/other/1", Body=b"{}")
    assert found() == ["is empty"]
    engine.client("s3").put_object(Bucket=bucket, Key=f"aws/lambda/async/{ROUTER}/1", Body=b"{}")
    try:
        assert found() == ["has 1 events on which the router failed three times"]
    finally:
        engine.client("s3").delete_object(Bucket=bucket, Key=f"aws/lambda/async/{ROUTER}/1")


@pytest.mark.parametrize("table", ["", "arrivals"])
def test_router_needs_the_policy_of_joins_only_with_a_table(table: str) -> None:
    router = DeployedRouter.find(ROUTER)
    router = replace(router, settings=replace(router.settings, joins_table=table))
    stack = ExaminedStack(router, PermissionRules(lambda *_: {}, lambda *_: True))
    (message,) = [
        one.message for one in permissions.check(stack) if "its own work" in one.message and "GetObject" in one.message
    ]
    assert ("dynamodb:UpdateItem" in message) is bool(table)
