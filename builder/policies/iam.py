"""Writes the IAM policies of the state machine and of the Lambda functions.

``orchestration/triggers`` has the state machine's statements, next to the states that need them. This module has those of
the Lambda functions. Terraform fills ``${...}`` and may narrow the targets.
"""

from __future__ import annotations

from typing import TypedDict

from builder.machine.integrations import INTEGRATIONS, LOOK_UPS
from orchestration.triggers import PUBLISH, REGISTRY, WaitingTrigger
from orchestration.triggers.base import STATE_MACHINE, Allow

_DESTINATIONS = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
_LAMBDA_XRAY = "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html"
_LOG_STREAMS = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html"


class Statement(TypedDict):
    """A statement of a policy document."""

    Effect: str
    Action: list[str]
    Resource: str


class Policy(TypedDict):
    """A policy document."""

    Version: str
    Statement: list[Statement]


def _of_every_function(log_group: str) -> tuple[Allow, ...]:
    """Permissions of every Lambda function: logs and traces."""
    streams = f"{log_group}:*"
    return (
        Allow(action="logs:CreateLogStream", resource=streams, doc_url=_LOG_STREAMS),
        Allow(action="logs:PutLogEvents", resource=streams, doc_url=_LOG_STREAMS),
        Allow(action="xray:PutTraceSegments", resource="*", doc_url=_LAMBDA_XRAY),
        Allow(action="xray:PutTelemetryRecords", resource="*", doc_url=_LAMBDA_XRAY),
    )


ROUTER: tuple[Allow, ...] = (
    Allow(
        action="states:StartExecution",
        resource="${state_machine_arn}",
        doc_url="https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html",
    ),
    Allow(
        action="states:DescribeExecution",
        resource="${execution_arn}:*",
        doc_url="https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html",
    ),
    # A replay asks for the state of the nested execution that failed.
    Allow(
        action="states:DescribeExecution",
        resource="arn:${partition}:states:${region}:${account}:execution:*",
        doc_url="https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html",
    ),
    Allow(
        action="states:GetExecutionHistory",
        resource="${execution_arn}:*",
        doc_url="https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html",
    ),
    Allow(
        action="s3:GetObject",
        resource="${config_object_arn}",
        doc_url="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html",
    ),
    Allow(
        action="s3:GetObjectVersion",
        resource="${config_object_arn}",
        doc_url="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html",
    ),
    Allow(
        action="ssm:GetParameter",
        resource="${config_parameter_arn}",
        doc_url="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html",
    ),
    Allow(action="s3:PutObject", resource="${failure_bucket_arn}/*", doc_url=_DESTINATIONS),
    Allow(action="s3:ListBucket", resource="${failure_bucket_arn}", doc_url=_DESTINATIONS),
    *_of_every_function("${router_log_group_arn}"),
)

CALLERS: dict[str, tuple[Allow, ...]] = {
    caller: (
        *(trigger.TARGET_PERMISSION for trigger in REGISTRY if caller == trigger.CALLER),
        *_of_every_function(f"${{{caller}_log_group_arn}}"),
    )
    for caller in dict.fromkeys(trigger.CALLER for trigger in REGISTRY)
    if caller != STATE_MACHINE
}
"""Permissions of the functions that start targets."""

LOOKERS: dict[str, tuple[Allow, ...]] = {
    look_up.function: (*look_up.role, *_of_every_function(f"${{{look_up.function}_log_group_arn}}"))
    for look_up in LOOK_UPS.values()
}
"""Permissions of the functions that look for runs, and start none."""

JOINS: tuple[Allow, ...] = (
    Allow(
        action="dynamodb:UpdateItem",
        resource="${joins_table_arn}",
        doc_url="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html",
    ),
    Allow(
        action="dynamodb:GetItem",
        resource="${joins_table_arn}",
        doc_url="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html",
    ),
    Allow(
        action="states:StartExecution",
        resource="${join_deadline_arn}",
        doc_url="https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html",
    ),
)
"""Permissions of the router in a deployment with joins, in addition to its others."""

JOIN_DEADLINE = Allow(
    action="lambda:InvokeFunction",
    resource="${router_arn}",
    doc_url="https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html",
)
"""Permission of the state machine that waits for a join's deadline."""

_LOG_DELIVERY = "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"
_XRAY = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html"

# Log delivery and X-Ray have no resources: the pages give these policies with "*".
UNSCOPED: tuple[Allow, ...] = (
    *(
        Allow(action=f"logs:{action}", resource="*", doc_url=_LOG_DELIVERY)
        for action in (
            "CreateLogDelivery",
            "GetLogDelivery",
            "UpdateLogDelivery",
            "DeleteLogDelivery",
            "ListLogDeliveries",
            "PutResourcePolicy",
            "DescribeResourcePolicies",
            "DescribeLogGroups",
        )
    ),
    *(
        Allow(action=f"xray:{action}", resource="*", doc_url=_XRAY)
        for action in ("PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules", "GetSamplingTargets")
    ),
)


def build() -> dict[str, Policy]:
    """The policies: file stem to policy document."""
    machine = tuple(allow for integration in INTEGRATIONS.values() for allow in integration.iam)
    machine += tuple(allow for look_up in LOOK_UPS.values() for allow in look_up.look.iam)
    waiting = tuple(allow for trigger in REGISTRY if issubclass(trigger, WaitingTrigger) for allow in trigger.RUN.iam)
    return {
        "state_machine": policy((*machine, *UNSCOPED)),
        "state_machine_waiting": policy((*machine, *waiting, PUBLISH, *UNSCOPED)),
        "downstream_orchestrator": policy(ROUTER),
        **{caller: policy(allows) for caller, allows in (CALLERS | LOOKERS).items()},
        "joins": policy(JOINS),
        "join_deadline": policy((JOIN_DEADLINE, *UNSCOPED)),
    }


def policy(allows: tuple[Allow, ...]) -> Policy:
    """A policy document with one statement for each resource, in the order of first use."""
    by_resource: dict[str, list[str]] = {}
    for allow in allows:
        by_resource.setdefault(allow.resource, []).append(allow.action)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": sorted(set(actions)), "Resource": resource}
            for resource, actions in by_resource.items()
        ],
    }
