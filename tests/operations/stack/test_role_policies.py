"""Statements of a role: of inline and attached policies, the attached one in its default version."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from analysis.policy_evaluation import Statement
from local.engine.engine import Engine
from operations.stack.role_policies import RoleNotFoundError, role_statements


def document(*actions: str) -> str:
    """A policy with one statement for each action; one alone is an object."""
    statements = [{"Effect": "Allow", "Action": action, "Resource": "*"} for action in actions]
    return json.dumps({"Version": "2012-10-17", "Statement": statements if len(statements) > 1 else statements[0]})


@pytest.fixture
def iam(engine: Engine, environment: None) -> Iterator[Any]:
    client = engine.client("iam")
    client.create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    yield client
    for name in client.list_role_policies(RoleName="r")["PolicyNames"]:
        client.delete_role_policy(RoleName="r", PolicyName=name)
    for attached in client.list_attached_role_policies(RoleName="r")["AttachedPolicies"]:
        client.detach_role_policy(RoleName="r", PolicyArn=attached["PolicyArn"])
    client.delete_role(RoleName="r")


def actions(statements: list[Statement]) -> list[str]:
    return sorted(action for statement in statements for action in statement.actions.patterns)


def test_role_without_policies_has_no_statements(iam: Any) -> None:
    assert role_statements("r") == []


def test_inline_and_attached_policies_count(iam: Any) -> None:
    iam.put_role_policy(RoleName="r", PolicyName="one", PolicyDocument=document("s3:GetObject"))
    iam.put_role_policy(RoleName="r", PolicyName="two", PolicyDocument=document("s3:PutObject", "sns:Publish"))
    arn = iam.create_policy(PolicyName="p", PolicyDocument=document("sqs:SendMessage"))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="r", PolicyArn=arn)
    assert actions(role_statements("r")) == ["s3:GetObject", "s3:PutObject", "sns:Publish", "sqs:SendMessage"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document("glue:GetJob"), SetAsDefault=False)
    assert "glue:GetJob" not in actions(role_statements("r"))
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document("glue:GetJobs"), SetAsDefault=True)
    assert actions(role_statements("r")) == ["glue:GetJobs", "s3:GetObject", "s3:PutObject", "sns:Publish"]


def test_many_policies_are_all_read(iam: Any) -> None:
    for number in range(120):
        iam.put_role_policy(RoleName="r", PolicyName=f"p{number}", PolicyDocument=document(f"s3:Get{number}"))
    assert len(role_statements("r", "us-west-1")) == 120


def test_missing_role_has_advice(engine: Engine, environment: None) -> None:
    with pytest.raises(RoleNotFoundError) as missing:
        role_statements("nobody")
    assert str(missing.value).startswith("role 'nobody': does not exist. Name the state machine's role")
