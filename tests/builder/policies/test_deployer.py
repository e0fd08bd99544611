"""The deployer may create, change and delete a stack, and nothing of another one.

``tests/terraform`` compares both policies with the requests of real deployments.
"""

from __future__ import annotations

import json

import pytest

from builder.policies.deployer import DEPLOYER, DEPLOYER_RESOURCES
from builder.policies.iam import policy
from orchestration.triggers.base import Allow
from tests.builder.policies.evaluation import HERE, VALUES, filled, is_allowed
from tests.terraform.people_needs import WITHOUT_RESOURCE

BOTH = (*DEPLOYER, *DEPLOYER_RESOURCES)
ROLE = "arn:aws:iam::123456789012:role/etl/dwh-orchestrator-router-us-west-1"
ROUTER = f"arn:aws:lambda:{HERE}:function:dwh-downstream-orchestrator"
JOINS = f"arn:aws:dynamodb:{HERE}:table/dwh-downstream-orchestrator-joins"
LIMIT = 6_144
"""Characters of a managed policy, without white space."""


def size(permissions: tuple[Allow, ...]) -> int:
    """Characters of the policy for the longest name of a stack: 40 (``terraform/variables.tf``)."""
    text = json.dumps(policy(permissions), separators=(",", ":"))
    return len(filled(text.replace("${name}", "n" * 40)))


def test_two_policies_are_within_the_quota_that_one_exceeds() -> None:
    assert max(size(DEPLOYER), size(DEPLOYER_RESOURCES)) <= LIMIT < size(BOTH)


def test_permission_stands_in_one_policy() -> None:
    assert not set(DEPLOYER) & set(DEPLOYER_RESOURCES)
    assert len(set(BOTH)) == len(BOTH)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:PutObject", "arn:aws:s3:::dwh-code/code/1.0.0/package.zip"),
        ("iam:CreateRole", ROLE),
        ("iam:PassRole", ROLE),
        ("lambda:CreateFunction", ROUTER),
        ("lambda:UpdateFunctionCode", f"arn:aws:lambda:{HERE}:function:dwh-mwaa-dag"),
        ("states:UpdateStateMachine", f"arn:aws:states:{HERE}:stateMachine:dwh-downstream-orchestrator-join-deadline"),
        ("states:ValidateStateMachineDefinition", "*"),
        ("sns:CreateTopic", f"arn:aws:sns:{HERE}:dwh-job_events"),
        ("sns:Subscribe", VALUES["job_approvals_topic_arn"]),
        ("sqs:SetQueueAttributes", f"arn:aws:sqs:{HERE}:dwh-downstream-orchestrator-delivery-dlq"),
        ("s3:CreateBucket", "arn:aws:s3:::dwh-orchestrator-failures-us-west-1"),
        ("logs:CreateLogGroup", f"arn:aws:logs:{HERE}:log-group:/aws/lambda/dwh-mwaa-dag"),
        ("cloudwatch:PutMetricAlarm", f"arn:aws:cloudwatch:{HERE}:alarm:dwh-downstream-orchestrator-join-expired"),
        ("events:PutRule", f"arn:aws:events:{HERE}:rule/dwh-downstream-orchestrator-failed"),
        ("ssm:PutParameter", f"arn:aws:ssm:{HERE}:parameter/dwh/downstream-orchestrator/workflow-config"),
        ("dynamodb:CreateTable", JOINS),
    ],
)
def test_deployer_may_make_the_parts_of_the_stack(action: str, resource: str) -> None:
    assert is_allowed(BOTH, action, resource)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:DeleteObject", "arn:aws:s3:::dwh-code/code/1.0.0/package.zip"),
        ("s3:PutObject", "arn:aws:s3:::other-code/code/1.0.0/package.zip"),
        ("s3:GetObject", "arn:aws:s3:::dwh-orchestrator-failures-us-west-1/x"),
        ("s3:DeleteBucket", "arn:aws:s3:::dwh-code"),
        ("iam:AttachRolePolicy", ROLE),
        ("iam:CreateRole", "arn:aws:iam::123456789012:role/etl/admin"),
        ("iam:PassRole", "arn:aws:iam::123456789012:role/dwh-orchestrator-router"),
        ("lambda:InvokeFunction", ROUTER),
        ("lambda:DeleteFunction", f"arn:aws:lambda:{HERE}:function:other"),
        ("states:StartExecution", f"arn:aws:states:{HERE}:stateMachine:dwh-downstream-orchestrator"),
        ("sns:Publish", VALUES["job_events_topic_arn"]),
        ("sqs:ReceiveMessage", f"arn:aws:sqs:{HERE}:dwh-downstream-orchestrator-delivery-dlq"),
        ("dynamodb:GetItem", JOINS),
        ("dynamodb:DeleteTable", f"arn:aws:dynamodb:{HERE}:table/other"),
    ],
)
def test_deployer_may_not_run_the_stack_or_touch_another(action: str, resource: str) -> None:
    assert not is_allowed(BOTH, action, resource)


def test_whole_account_only_for_actions_without_a_resource() -> None:
    found = {one.action for one in BOTH if one.resource == "*"}
    assert found
    assert found <= WITHOUT_RESOURCE
