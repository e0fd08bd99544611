"""The doctor compares each role's policies with its own work and with the targets of the configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from analysis.permissions import Permission
from analysis.policy_evaluation import read_statements
from local.engine.engine import Engine
from operations.doctor import Finding, permissions
from operations.stack.deployed_router import DeployedRouter
from orchestration.values.strictjson import JsonObject
from tests.operations.doctor.conftest import ROUTER, Examined

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
OWN = "which it needs for its own work"


@contextmanager
def policy(engine: Engine, *statements: dict[str, Any]) -> Iterator[None]:
    """The policy of the role that the local stack's four roles and state machine share."""
    iam, place = engine.client("iam"), {"RoleName": ROUTER, "PolicyName": "policy"}
    iam.put_role_policy(**place, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    try:
        yield
    finally:
        iam.delete_role_policy(**place)


def problems(findings: Iterator[Finding]) -> list[str]:
    return [finding.message for finding in findings if finding.status != "ok"]


def test_role_that_allows_everything_is_well(engine: Engine, examined: Examined) -> None:
    with policy(engine, EVERYTHING):
        findings = list(permissions.check(examined()))
    assert [(finding.subject, finding.status) for finding in findings] == [(f"role {ROUTER}", "ok")] * 4
    counts = [finding.message.split("start of ")[1] for finding in findings]
    assert counts == ["4 targets", "0 targets", "1 targets", "1 targets"]


def test_wildcard_of_an_action_allows_it(engine: Engine, examined: Examined) -> None:
    wide = EVERYTHING | {"Action": ["s3:Get*", "S3:L*", "s3:Put?bject", "states:*", "ssm:GetParam*"]}
    with policy(engine, wide):
        _, router, *_ = (one for one in problems(permissions.check(examined())) if OWN in one)
    assert "s3:" not in router
    assert "ssm:" not in router
    assert "logs:PutLogEvents" in router


def test_denied_action_is_missing(engine: Engine, examined: Examined) -> None:
    with policy(engine, EVERYTHING, {"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}):
        assert problems(permissions.check(examined())) == [f"does not allow s3:GetObject, s3:GetObjectVersion, {OWN}"]
    job = "arn:aws:glue:us-west-1:123456789012:job/load_images_to_redshift"
    with policy(engine, EVERYTHING, {"Effect": "Deny", "Action": "glue:StartJobRun", "Resource": job}):
        (problem,) = problems(permissions.check(examined()))
    assert problem == f"does not allow glue:StartJobRun on {job}, a target of the configuration"


def test_role_without_policies_lacks_every_target(examined: Examined) -> None:
    messages = problems(permissions.check(examined()))
    lacking = [message.split()[3] for message in messages if message.endswith(", a target of the configuration")]
    assert sorted(lacking) == [
        "airflow:InvokeRestApi",
        "events:PutEvents",
        "glue:GetJobRuns",
        "glue:StartJobRun",
        "sqs:SendMessage",
        "states:StartExecution",
    ]
    assert sum(OWN in message for message in messages) == 4
    assert not any("glue:StartJobRun" in message for message in messages if OWN in message)


def test_missing_role_is_a_problem(engine: Engine, examined: Examined) -> None:
    stack = examined()
    functions = engine.client("lambda")
    role = functions.get_function_configuration(FunctionName=ROUTER)["Role"]
    functions.update_function_configuration(FunctionName=ROUTER, Role=role.replace(f"role/{ROUTER}", "role/lost"))
    try:
        with policy(engine, EVERYTHING):
            (problem,) = [one for one in permissions.check(stack) if one.status != "ok"]
    finally:
        functions.update_function_configuration(FunctionName=ROUTER, Role=role)
    assert (problem.subject, problem.message) == ("role lost", "does not exist")


@pytest.mark.parametrize(("role", "allowed"), [("Op", True), ("User", False)])
def test_airflow_role_is_compared(engine: Engine, role: str, allowed: bool, examined: Examined) -> None:
    airflow = {"Action": "airflow:InvokeRestApi", "Resource": "arn:aws:airflow:*:*:role/dwh-airflow/Op"}
    others = {"NotAction": "airflow:*", "Resource": "*"}
    stack = examined()
    stack.airflow_role = role
    with policy(engine, {"Effect": "Allow"} | airflow, {"Effect": "Allow"} | others):
        assert (problems(permissions.check(stack)) == []) is allowed


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
def test_wildcards_of_mwaa_environments_are_understood(allowed: str, covered: bool) -> None:
    """The role of the MWAA Lambda function names one Airflow role, in environments that may have wildcards."""
    here = "arn:aws:airflow:us-west-1:123456789012:"
    resource = allowed if allowed == "*" else here + allowed
    statement: JsonObject = {"Effect": "Allow", "Action": ["airflow:InvokeRestApi"], "Resource": [resource]}
    needed = Permission("airflow:InvokeRestApi", f"{here}role/airflow/*")
    assert permissions._covered(needed, read_statements({"Statement": [statement]})) == covered


@pytest.mark.parametrize("table", ["", "arrivals"])
def test_router_needs_the_policy_of_joins_only_with_a_table(examined: Examined, table: str) -> None:
    messages = problems(permissions.check(examined(joins_table=table)))
    (message,) = [message for message in messages if "its own work" in message and "GetObject" in message]
    assert ("dynamodb:UpdateItem" in message) is bool(table)


@pytest.mark.parametrize("waits", [False, True])
def test_state_machine_needs_the_policy_of_runs_only_if_it_waits(examined: Examined, waits: bool) -> None:
    machine = next(one for one in problems(permissions.check(examined(wait_for_runs=waits))) if "its own work" in one)
    assert "lambda:InvokeFunction" in machine
    assert ("glue:GetJobRun" in machine) is waits


def test_state_machine_without_mwaa_has_no_mwaa_role(engine: Engine, examined: Examined) -> None:
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    role = engine.client("iam").get_role(RoleName=ROUTER)["Role"]["Arn"]
    machine = engine.client("stepfunctions").create_state_machine(name="small", definition=definition, roleArn=role)
    stack = examined(state_machine_arn=machine["stateMachineArn"])
    assert set(permissions._roles(stack)[0]) == {"state_machine", "downstream_orchestrator"}
    assert set(permissions._roles(examined())[0]) == {
        "state_machine",
        "downstream_orchestrator",
        "glue_run",
        "mwaa_dag",
    }
    assert DeployedRouter.find(ROUTER).settings.state_machine_arn != machine["stateMachineArn"]


def test_denied_look_for_glue_runs_is_a_problem(engine: Engine, examined: Examined) -> None:
    """The router and the state machine still work, so nobody would notice before a start without an answer."""
    with policy(engine, EVERYTHING, {"Effect": "Deny", "Action": "glue:GetJobRuns", "Resource": "*"}):
        (problem,) = problems(permissions.check(examined(wait_for_runs=False)))
    assert problem.startswith("does not allow glue:GetJobRuns on arn:aws:glue:us-west-1:123456789012:job/load_images")


def test_missing_function_of_the_state_machine_is_a_problem(engine: Engine, examined: Examined) -> None:
    stack, name = examined(), "local-glue-run"
    functions = stack.client("lambda")

    def answer(parsed: dict[str, Any], **_: Any) -> None:
        if parsed.get("FunctionName") == name:
            raise functions.exceptions.ResourceNotFoundException({"Error": {}}, "GetFunctionConfiguration")

    functions.meta.events.register("after-call.lambda.GetFunctionConfiguration", answer)
    with policy(engine, EVERYTHING):
        (missing,) = [one for one in permissions.check(stack) if one.status == "problem"]
    assert missing.subject.endswith(f":function:{name}:1")
    assert missing.message == "does not exist, and the state machine invokes it"
