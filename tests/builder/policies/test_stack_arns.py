"""ARNs of a stack are those of its parts and of no other stack; each statement names its page."""

from __future__ import annotations

import re

import botocore.session
import pytest

from builder.policies import stack_arns
from builder.policies.people import PEOPLE
from tests.builder.policies.evaluation import filled
from tests.terraform.people_needs import ACTIONS, TAGS

ALL = sorted({one for allows in PEOPLE.values() for one in allows})
PREFIXES = sorted({one.action.partition(":")[0] for one in ALL})
SERVICES = {"airflow": "mwaa", "states": "stepfunctions"}
"""Prefix of IAM to botocore's name, where they differ."""


@pytest.mark.parametrize(
    ("pattern", "arn"),
    [
        (stack_arns.ROUTER, "arn:aws:lambda:us-west-1:123456789012:function:dwh-downstream-orchestrator"),
        (stack_arns.MACHINE, "arn:aws:states:us-west-1:123456789012:stateMachine:dwh-downstream-orchestrator"),
        (stack_arns.ROLES, "arn:aws:iam::123456789012:role/etl/dwh-orchestrator-*"),
        (stack_arns.FAILURES, "arn:aws:s3:::dwh-orchestrator-failures-us-west-1"),
        (stack_arns.CODE, "arn:aws:s3:::dwh-code"),
        (stack_arns.CONFIG, "arn:aws:s3:::dwh-code/code/1/workflow_config.json"),
        (stack_arns.HERE % ("sqs", "dwh-x"), "arn:aws:sqs:us-west-1:123456789012:dwh-x"),
    ],
)
def test_pattern_is_the_arn_of_the_part(pattern: str, arn: str) -> None:
    assert filled(pattern) == arn


def test_events_and_approvals_have_different_topics() -> None:
    assert [filled(topic).rpartition("-")[2] for topic in stack_arns.TOPICS] == ["job_events", "job_approvals"]


def test_each_operation_becomes_a_statement_with_its_page() -> None:
    first, second = stack_arns.allow("arn:x", "sns", "Publish", "Subscribe")
    assert (first.action, second.action) == ("sns:Publish", "sns:Subscribe")
    assert first.resource == second.resource == "arn:x"
    assert first.doc_url == "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html"


def test_service_without_a_page_is_refused() -> None:
    with pytest.raises(KeyError, match="redshift"):
        list(stack_arns.allow("*", "redshift", "GetData"))


@pytest.mark.parametrize("prefix", PREFIXES)
def test_actions_are_operations_or_documented_names(prefix: str) -> None:
    """Some actions have another name than their operation: ``tests/terraform/people_needs.py``."""
    known = {
        *ACTIONS.values(),
        *TAGS.values(),
        *("airflow:InvokeRestApi", "iam:PassRole", "lambda:InvokeFunction", "s3:GetLifecycleConfiguration"),
    }
    model = botocore.session.get_session().get_service_model(SERVICES.get(prefix, prefix))
    operations = {f"{prefix}:{name}" for name in model.operation_names}
    found = {one.action for one in ALL if one.action.startswith(f"{prefix}:")}
    assert found
    assert found <= operations | known


def test_each_page_is_that_of_its_service() -> None:
    """AWS names the pages after the services, and some prefixes of IAM are other words."""
    words = {"airflow": "apacheairflow", "events": "eventbridge", "iam": "identityandaccess", "logs": "cloudwatchlogs"}
    words |= {"states": "stepfunctions", "ssm": "systemsmanager", "sts": "securitytoken"}
    for one in ALL:
        prefix = one.action.partition(":")[0]
        assert re.search(rf"/list_\w*{words.get(prefix, prefix)}\w*\.html$", one.doc_url), one
