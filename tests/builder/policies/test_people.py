"""Publishers publish, approvers approve, on-call reads and repairs, and owners of the configuration write only it.

``tests/terraform`` and ``tests/cli/test_iam.py`` compare the policies with the requests of the commands.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from builder.policies.people import APPROVER, CONFIGURATION_OWNER, ON_CALL, PEOPLE, PUBLISHER
from tests.builder.policies.evaluation import HERE, VALUES, is_allowed
from tests.terraform.people_needs import WITHOUT_RESOURCE

EVENTS, APPROVALS = VALUES["job_events_topic_arn"], VALUES["job_approvals_topic_arn"]
ROUTER = f"arn:aws:lambda:{HERE}:function:dwh-downstream-orchestrator"
MACHINE = f"arn:aws:states:{HERE}:stateMachine:dwh-downstream-orchestrator"
EXECUTION = f"arn:aws:states:{HERE}:execution:dwh-downstream-orchestrator:x"
QUEUE = f"arn:aws:sqs:{HERE}:dwh-downstream-orchestrator-delivery-dlq"
CONFIG = f"arn:aws:s3:::{VALUES['config_object']}"
FAILURES = "arn:aws:s3:::dwh-orchestrator-failures-us-west-1"


@pytest.mark.parametrize(
    ("person", "topic", "expected"),
    [
        ("publisher", EVENTS, True),
        ("publisher", APPROVALS, False),
        ("approver", APPROVALS, True),
        ("approver", EVENTS, False),
        ("on_call", EVENTS, True),
        ("on_call", APPROVALS, True),
        ("configuration_owner", EVENTS, False),
        ("deployer_resources", EVENTS, False),
    ],
)
def test_topic_takes_messages_of_its_people(person: str, topic: str, expected: bool) -> None:
    assert is_allowed(PEOPLE[person], "sns:Publish", topic) == expected


def test_publisher_and_approver_have_one_permission() -> None:
    assert [one.action for one in (*PUBLISHER, *APPROVER)] == ["sns:Publish"] * 2


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("states:ListExecutions", MACHINE),
        ("states:GetExecutionHistory", EXECUTION),
        ("lambda:InvokeFunction", f"{ROUTER}:live"),
        ("sqs:ReceiveMessage", QUEUE),
        ("sqs:DeleteMessage", QUEUE),
        ("s3:DeleteObject", f"{FAILURES}/x"),
        ("s3:GetObject", CONFIG),
        ("glue:GetJob", f"arn:aws:glue:{HERE}:job/any"),
        ("airflow:InvokeRestApi", "arn:aws:airflow:eu-west-1:123456789012:role/env/Viewer"),
        ("iam:GetPolicyVersion", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("dynamodb:GetItem", f"arn:aws:dynamodb:{HERE}:table/dwh-downstream-orchestrator-joins"),
        ("logs:FilterLogEvents", f"arn:aws:logs:{HERE}:log-group:/aws/lambda/dwh-downstream-orchestrator:x"),
    ],
)
def test_on_call_may_read_and_repair(action: str, resource: str) -> None:
    assert is_allowed(ON_CALL, action, resource)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:PutObject", CONFIG),
        ("lambda:InvokeFunction", ROUTER),
        ("states:StartExecution", MACHINE),
        ("states:GetExecutionHistory", f"arn:aws:states:{HERE}:execution:other:x"),
        ("sqs:ReceiveMessage", f"arn:aws:sqs:{HERE}:other"),
        ("airflow:InvokeRestApi", "arn:aws:airflow:eu-west-1:123456789012:role/env/Admin"),
        ("dynamodb:UpdateItem", f"arn:aws:dynamodb:{HERE}:table/dwh-downstream-orchestrator-joins"),
        ("glue:StartJobRun", f"arn:aws:glue:{HERE}:job/any"),
        ("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/etl/dwh-orchestrator-router"),
    ],
)
def test_on_call_may_not_start_targets_or_change_the_stack(action: str, resource: str) -> None:
    assert not is_allowed(ON_CALL, action, resource)


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("s3:PutObject", CONFIG, True),
        ("s3:PutObject", "arn:aws:s3:::dwh-code/code/1/package.zip", False),
        ("s3:GetObject", "arn:aws:s3:::dwh-code/code/1/package.zip", True),
        ("states:ListExecutions", MACHINE, True),
        ("states:DescribeExecution", EXECUTION, True),
        ("states:GetExecutionHistory", EXECUTION, False),
        ("lambda:GetFunctionConfiguration", f"{ROUTER}:live", True),
        ("lambda:InvokeFunction", f"{ROUTER}:live", False),
        ("s3:GetObject", f"{FAILURES}/x", False),
    ],
)
def test_owner_writes_the_configuration_only(action: str, resource: str, expected: bool) -> None:
    assert is_allowed(CONFIGURATION_OWNER, action, resource) == expected


def test_whole_account_only_for_actions_without_a_resource() -> None:
    found = {one.action for permissions in PEOPLE.values() for one in permissions if one.resource == "*"}
    assert "events:ListRules" in found
    assert found <= WITHOUT_RESOURCE


def test_terraform_reads_the_policy_of_each_person() -> None:
    text = (Path(__file__).parents[3] / "terraform" / "policies" / "main.tf").read_text()
    listed = re.search(r"generated = \{ for person in \[([^\]]*)\]", text)
    assert listed is not None
    assert re.findall(r'"(\w+)"', listed[1]) == list(PEOPLE)
