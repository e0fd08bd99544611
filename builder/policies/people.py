"""Writes the IAM policies of people and of publishers: ``terraform/policies/*.json``.

``terraform/policies`` fills their ``${...}`` without an account, so a deployer's policy exists before the first deployment.
``tests/terraform/people_needs.py`` compares them with what Terraform and the commands really ask of AWS.
"""

from __future__ import annotations

from builder.policies.deployer import DEPLOYER, DEPLOYER_RESOURCES
from builder.policies.stack_arns import CODE, CONFIG, FAILURES, HERE, MACHINE, ROLES, ROUTER, TOPICS, allow
from orchestration.triggers.base import Allow

PUBLISHER: tuple[Allow, ...] = tuple(allow("${job_events_topic_arn}", "sns", "Publish"))
"""Permissions of a job that publishes its success. Approvals need the other topic, so no job may approve."""

APPROVER: tuple[Allow, ...] = tuple(allow("${job_approvals_topic_arn}", "sns", "Publish"))
"""Permissions of an approver."""

_READ: tuple[Allow, ...] = (
    *allow(ROUTER, "lambda", "GetAlias"),
    *allow(f"{ROUTER}:live", "lambda", "GetFunctionConfiguration"),
    *allow(CONFIG, "s3", "GetObject"),
    *allow(HERE % ("ssm", "parameter/${name}/downstream-orchestrator/workflow-config"), "ssm", "GetParameter"),
)
"""Permissions of every command with ``--function``: the router's settings, and its configuration."""

ON_CALL: tuple[Allow, ...] = (
    *_READ,
    # executions, inspect, console, plan --recorded
    *allow(MACHINE, "states", "DescribeStateMachine", "ListExecutions"),
    *allow(f"{MACHINE}:*", "states", "DescribeStateMachine"),
    *allow(
        HERE % ("states", "execution:${name}-downstream-orchestrator:*"),
        "states",
        *("DescribeExecution", "GetExecutionHistory"),
    ),
    *allow(HERE % ("logs", "log-group:/aws/lambda/${name}-downstream-orchestrator:*"), "logs", "FilterLogEvents"),
    *allow(HERE % ("dynamodb", "table/${name}-downstream-orchestrator-joins"), "dynamodb", "DescribeTable", "GetItem"),
    # replay, redrive-dlq, publish
    *allow(f"{ROUTER}:live", "lambda", "GetFunctionEventInvokeConfig", "InvokeFunction"),
    *allow(
        HERE % ("sqs", "${name}-downstream-orchestrator-delivery-dlq"),
        "sqs",
        *("ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage"),
    ),
    *allow(FAILURES, "s3", "ListBucket"),
    *allow(f"{FAILURES}/*", "s3", "DeleteObject", "GetObject"),
    *(one for topic in TOPICS for one in allow(topic, "sns", "Publish")),
    # doctor: targets, subscriptions, roles, alarms
    *allow(HERE % ("glue", "job/*"), "glue", "GetJob"),
    *allow(HERE % ("states", "stateMachine:*"), "states", "DescribeStateMachine"),
    *allow(HERE % ("events", "event-bus/*"), "events", "DescribeEventBus"),
    *allow(HERE % ("sqs", "*"), "sqs", "GetQueueAttributes"),
    *allow("arn:${partition}:airflow:*:${account}:role/*/${airflow_role}", "airflow", "InvokeRestApi"),
    *allow(ROUTER, "lambda", "GetFunctionConfiguration"),
    *allow(HERE % ("lambda", "function:${name}-glue-run*"), "lambda", "GetFunctionConfiguration"),
    *allow(HERE % ("lambda", "function:${name}-mwaa-dag*"), "lambda", "GetFunctionConfiguration"),
    *allow(HERE % ("sns", "*"), "sns", "ListSubscriptionsByTopic"),
    *allow("*", "sns", "GetSubscriptionAttributes", "ListSubscriptions"),
    *allow(ROLES, "iam", "GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListRolePolicies"),
    # Policies of the account, and those of AWS, whose ARNs have "aws" for the account.
    *allow("arn:${partition}:iam::${account}:policy/*", "iam", "GetPolicy", "GetPolicyVersion"),
    *allow("arn:${partition}:iam::aws:policy/*", "iam", "GetPolicy", "GetPolicyVersion"),
    *allow("*", "cloudwatch", "DescribeAlarms", "GetMetricStatistics"),
    *allow(HERE % ("events", "rule/${name}-downstream-orchestrator-*"), "events", "ListTargetsByRule"),
    *allow("*", "events", "ListRules"),
)
"""Permissions of every command that reads or repairs a stack."""

CONFIGURATION_OWNER: tuple[Allow, ...] = (
    # deploy.sh --config-only also looks at the release, and at the configurations of other releases.
    *allow(CODE, "s3", "ListBucket"),
    *allow(f"{CODE}/code/*", "s3", "GetObject"),
    *allow(CONFIG, "s3", "PutObject"),
    *_READ,
    # plan --recorded
    *allow(MACHINE, "states", "ListExecutions"),
    *allow(HERE % ("states", "execution:${name}-downstream-orchestrator:*"), "states", "DescribeExecution"),
)
"""Permissions of the people who change the configuration: upload, and comparison with past events."""

PEOPLE: dict[str, tuple[Allow, ...]] = {
    "deployer": DEPLOYER,
    "deployer_resources": DEPLOYER_RESOURCES,
    "publisher": PUBLISHER,
    "approver": APPROVER,
    "on_call": ON_CALL,
    "configuration_owner": CONFIGURATION_OWNER,
}
"""Permissions by policy; the name is that of the file and of the output. A person has one policy, the deployer two."""
