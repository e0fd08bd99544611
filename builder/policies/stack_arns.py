"""ARNs of a stack's parts with the ``${...}`` of ``terraform/policies``, and statements for them."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.triggers.base import Allow

_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_{}.html"
_PAGES = {
    "airflow": "amazonmanagedworkflowsforapacheairflow",
    "cloudwatch": "amazoncloudwatch",
    "dynamodb": "amazondynamodb",
    "events": "amazoneventbridge",
    "glue": "awsglue",
    "iam": "awsidentityandaccessmanagementiam",
    "lambda": "awslambda",
    "logs": "amazoncloudwatchlogs",
    "s3": "amazons3",
    "sns": "amazonsns",
    "sqs": "amazonsqs",
    "ssm": "awssystemsmanager",
    "states": "awsstepfunctions",
    "sts": "awssecuritytokenservice",
}

HERE = "arn:${partition}:%s:${region}:${account}:%s"
ROUTER = HERE % ("lambda", "function:${name}-downstream-orchestrator")
MACHINE = HERE % ("states", "stateMachine:${name}-downstream-orchestrator")
ROLES = "arn:${partition}:iam::${account}:role${role_path}${name}-orchestrator-*"
FAILURES = "arn:${partition}:s3:::${name}-orchestrator-failures-${region}"
CODE = "arn:${partition}:s3:::${code_bucket}"
CONFIG = "arn:${partition}:s3:::${config_object}"
TOPICS = ("${job_events_topic_arn}", "${job_approvals_topic_arn}")


def allow(resource: str, service: str, *operations: str) -> Iterator[Allow]:
    """Statements for operations of a service on one resource, with the page of AWS that lists the service's actions."""
    for operation in operations:
        yield Allow(action=f"{service}:{operation}", resource=resource, doc_url=_REFERENCE.format(_PAGES[service]))
