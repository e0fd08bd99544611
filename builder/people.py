"""Writes the IAM policies of people and of publishers: ``terraform/policies/*.json``.

``terraform/policies`` fills their ``${...}`` without an account, so a deployer's policy exists before the first deployment.
``tests/terraform/test_people.py`` compares them with what Terraform and the commands really ask of AWS.
"""

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

_HERE = "arn:${partition}:%s:${region}:${account}:%s"
_ROUTER = _HERE % ("lambda", "function:${name}-downstream-orchestrator")
_MACHINE = _HERE % ("states", "stateMachine:${name}-downstream-orchestrator")
_ROLES = "arn:${partition}:iam::${account}:role${role_path}${name}-orchestrator-*"
_FAILURES = "arn:${partition}:s3:::${name}-orchestrator-failures-${region}"
_CODE = "arn:${partition}:s3:::${code_bucket}"
_CONFIG = "arn:${partition}:s3:::${config_object}"
_TOPICS = ("${job_events_topic_arn}", "${job_approvals_topic_arn}")


def _allow(resource: str, service: str, *operations: str) -> Iterator[Allow]:
    for operation in operations:
        yield Allow(action=f"{service}:{operation}", resource=resource, doc_url=_REFERENCE.format(_PAGES[service]))


DEPLOYER: tuple[Allow, ...] = (
    *_allow("*", "sts", "GetCallerIdentity"),
    # deploy.sh: the release and the configuration.
    *_allow(_CODE, "s3", "ListBucket"),
    *_allow(f"{_CODE}/code/*", "s3", "GetObject", "GetObjectTagging", "PutObject"),
    # Terraform, and the services that read the package and the roles in the caller's name.
    *_allow(
        _ROLES,
        "iam",
        *("CreateRole", "DeleteRole", "DeleteRolePolicy", "GetRole", "GetRolePolicy", "ListAttachedRolePolicies"),
        *("ListInstanceProfilesForRole", "ListRolePolicies", "PassRole", "PutRolePermissionsBoundary", "PutRolePolicy"),
        *(
            "TagRole",
            "UntagRole",
            "UpdateAssumeRolePolicy",
            "DeleteRolePermissionsBoundary",
        ),
    ),
    *_allow(
        _HERE % ("lambda", "function:${name}-*"),
        "lambda",
        *(
            "AddPermission",
            "CreateAlias",
            "CreateFunction",
            "DeleteAlias",
            "DeleteFunction",
            "DeleteFunctionConcurrency",
        ),
        *(
            "DeleteFunctionEventInvokeConfig",
            "GetAlias",
            "GetFunction",
            "GetFunctionCodeSigningConfig",
            "GetFunctionConfiguration",
        ),
        *(
            "GetFunctionEventInvokeConfig",
            "GetPolicy",
            "ListVersionsByFunction",
        ),
        *(
            "PublishVersion",
            "PutFunctionConcurrency",
            "PutFunctionEventInvokeConfig",
            "RemovePermission",
            "TagResource",
        ),
        *(
            "UntagResource",
            "UpdateAlias",
            "UpdateFunctionCode",
            "UpdateFunctionConfiguration",
            "UpdateFunctionEventInvokeConfig",
        ),
    ),
    *_allow(
        _HERE % ("states", "stateMachine:${name}-downstream-orchestrator*"),
        "states",
        *("CreateStateMachine", "DeleteStateMachine", "DescribeStateMachine"),
        *(
            "ListStateMachineVersions",
            "ListTagsForResource",
            "PublishStateMachineVersion",
            "TagResource",
            "UntagResource",
        ),
        *("UpdateStateMachine",),
    ),
    *_allow("*", "states", "ValidateStateMachineDefinition"),
    *_allow(
        _HERE % ("sns", "${name}-job_*"),
        "sns",
        *(
            "CreateTopic",
            "DeleteTopic",
            "GetTopicAttributes",
            "ListTagsForResource",
            "SetTopicAttributes",
            "TagResource",
        ),
        *("UntagResource",),
    ),
    *(
        allow
        for topic in _TOPICS
        for allow in _allow(
            topic, "sns", "GetTopicAttributes", "ListSubscriptionsByTopic", "ListTagsForResource", "Subscribe"
        )
    ),
    # Of a subscription, IAM knows no resource.
    *_allow("*", "sns", "GetSubscriptionAttributes", "ListTopics", "SetSubscriptionAttributes", "Unsubscribe"),
    *_allow(
        _HERE % ("sqs", "${name}-downstream-orchestrator-*"),
        "sqs",
        *("CreateQueue", "DeleteQueue", "GetQueueAttributes", "ListQueueTags", "SetQueueAttributes"),
        *("TagQueue", "UntagQueue"),
    ),
    *_allow(
        _FAILURES,
        "s3",
        *(
            "CreateBucket",
            "DeleteBucket",
            "DeleteBucketPolicy",
            "GetAccelerateConfiguration",
            "GetBucketAcl",
            "GetBucketCORS",
        ),
        *("GetBucketLogging", "GetBucketObjectLockConfiguration", "GetBucketPolicy"),
        *("GetBucketPublicAccessBlock", "GetBucketRequestPayment", "GetBucketTagging", "GetBucketVersioning"),
        *("GetBucketWebsite", "GetEncryptionConfiguration", "GetLifecycleConfiguration", "GetReplicationConfiguration"),
        *(
            "ListBucket",
            "PutBucketPolicy",
            "PutBucketPublicAccessBlock",
            "PutBucketTagging",
            "PutEncryptionConfiguration",
        ),
    ),
    *(
        allow
        for group in ("/aws/lambda/${name}-*", "/aws/vendedlogs/states/${name}-downstream-orchestrator*")
        for allow in _allow(
            _HERE % ("logs", f"log-group:{group}"),
            "logs",
            *(
                "CreateLogGroup",
                "DeleteLogGroup",
                "DeleteMetricFilter",
                "DeleteRetentionPolicy",
                "DescribeMetricFilters",
            ),
            *("ListTagsForResource", "PutMetricFilter", "PutRetentionPolicy", "TagResource", "UntagResource"),
            *("AssociateKmsKey", "DisassociateKmsKey"),
        )
    ),
    *_allow("*", "logs", "DescribeLogGroups"),
    *_allow(
        _HERE % ("cloudwatch", "alarm:${name}-downstream-orchestrator-*"),
        "cloudwatch",
        *("DeleteAlarms", "ListTagsForResource", "PutMetricAlarm", "TagResource", "UntagResource"),
    ),
    *_allow("*", "cloudwatch", "DescribeAlarms"),
    *_allow(
        "arn:${partition}:cloudwatch::${account}:dashboard/${name}-downstream-orchestrator-${region}",
        "cloudwatch",
        *("DeleteDashboards", "GetDashboard", "PutDashboard"),
    ),
    *_allow(
        _HERE % ("events", "rule/${name}-downstream-orchestrator-*"),
        "events",
        *(
            "DeleteRule",
            "DescribeRule",
            "ListTagsForResource",
            "ListTargetsByRule",
            "PutRule",
            "PutTargets",
            "RemoveTargets",
        ),
        *("TagResource", "UntagResource"),
    ),
    *_allow(
        _HERE % ("ssm", "parameter/${name}/downstream-orchestrator/*"),
        "ssm",
        *(
            "AddTagsToResource",
            "DeleteParameter",
            "GetParameter",
            "ListTagsForResource",
            "PutParameter",
        ),
        *("RemoveTagsFromResource",),
    ),
    *_allow("*", "ssm", "DescribeParameters"),
    *_allow(
        _HERE % ("dynamodb", "table/${name}-downstream-orchestrator-joins"),
        "dynamodb",
        *("CreateTable", "DeleteTable", "DescribeContinuousBackups", "DescribeTable", "DescribeTimeToLive"),
        *(
            "ListTagsOfResource",
            "TagResource",
            "UntagResource",
            "UpdateContinuousBackups",
            "UpdateTable",
            "UpdateTimeToLive",
        ),
    ),
)
"""Permissions of ``deploy.sh`` and of Terraform, over the life of a stack."""

PUBLISHER: tuple[Allow, ...] = tuple(_allow("${job_events_topic_arn}", "sns", "Publish"))
"""Permissions of a job that publishes its success. Approvals need the other topic, so no job may approve."""

APPROVER: tuple[Allow, ...] = tuple(_allow("${job_approvals_topic_arn}", "sns", "Publish"))
"""Permissions of an approver."""

_READ: tuple[Allow, ...] = (
    *_allow(_ROUTER, "lambda", "GetAlias"),
    *_allow(f"{_ROUTER}:live", "lambda", "GetFunctionConfiguration"),
    *_allow(_CONFIG, "s3", "GetObject"),
    *_allow(_HERE % ("ssm", "parameter/${name}/downstream-orchestrator/workflow-config"), "ssm", "GetParameter"),
)
"""Permissions of every command with ``--function``: the router's settings, and its configuration."""

ON_CALL: tuple[Allow, ...] = (
    *_READ,
    # executions, inspect, console, plan --recorded
    *_allow(_MACHINE, "states", "DescribeStateMachine", "ListExecutions"),
    *_allow(f"{_MACHINE}:*", "states", "DescribeStateMachine"),
    *_allow(
        _HERE % ("states", "execution:${name}-downstream-orchestrator:*"),
        "states",
        *("DescribeExecution", "GetExecutionHistory"),
    ),
    *_allow(_HERE % ("logs", "log-group:/aws/lambda/${name}-downstream-orchestrator:*"), "logs", "FilterLogEvents"),
    *_allow(
        _HERE % ("dynamodb", "table/${name}-downstream-orchestrator-joins"), "dynamodb", "DescribeTable", "GetItem"
    ),
    # replay, redrive-dlq, publish
    *_allow(f"{_ROUTER}:live", "lambda", "GetFunctionEventInvokeConfig", "InvokeFunction"),
    *_allow(
        _HERE % ("sqs", "${name}-downstream-orchestrator-delivery-dlq"),
        "sqs",
        *("ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage"),
    ),
    *_allow(_FAILURES, "s3", "ListBucket"),
    *_allow(f"{_FAILURES}/*", "s3", "DeleteObject", "GetObject"),
    *(allow for topic in _TOPICS for allow in _allow(topic, "sns", "Publish")),
    # doctor: targets, subscriptions, roles, alarms
    *_allow(_HERE % ("glue", "job/*"), "glue", "GetJob"),
    *_allow(_HERE % ("states", "stateMachine:*"), "states", "DescribeStateMachine"),
    *_allow(_HERE % ("events", "event-bus/*"), "events", "DescribeEventBus"),
    *_allow(_HERE % ("sqs", "*"), "sqs", "GetQueueAttributes"),
    *_allow("arn:${partition}:airflow:*:${account}:role/*/${airflow_role}", "airflow", "InvokeRestApi"),
    *_allow(_ROUTER, "lambda", "GetFunctionConfiguration"),
    *_allow(_HERE % ("lambda", "function:${name}-mwaa-dag*"), "lambda", "GetFunctionConfiguration"),
    *_allow(_HERE % ("sns", "*"), "sns", "ListSubscriptionsByTopic"),
    *_allow("*", "sns", "GetSubscriptionAttributes", "ListSubscriptions"),
    *_allow(_ROLES, "iam", "GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListRolePolicies"),
    *_allow("arn:${partition}:iam::${account}:policy/*", "iam", "GetPolicy", "GetPolicyVersion"),
    *_allow("*", "cloudwatch", "DescribeAlarms", "GetMetricStatistics"),
    *_allow(_HERE % ("events", "rule/${name}-downstream-orchestrator-*"), "events", "ListTargetsByRule"),
    *_allow("*", "events", "ListRules"),
)
"""Permissions of every command that reads or repairs a stack."""

CONFIGURATION_OWNER: tuple[Allow, ...] = (
    # deploy.sh --config-only also looks at the release, and at the configurations of other releases.
    *_allow(_CODE, "s3", "ListBucket"),
    *_allow(f"{_CODE}/code/*", "s3", "GetObject"),
    *_allow(_CONFIG, "s3", "PutObject"),
    *_READ,
    # plan --recorded
    *_allow(_MACHINE, "states", "ListExecutions"),
    *_allow(_HERE % ("states", "execution:${name}-downstream-orchestrator:*"), "states", "DescribeExecution"),
)
"""Permissions of the people who change the configuration: upload, and comparison with past events."""

PEOPLE: dict[str, tuple[Allow, ...]] = {
    "deployer": DEPLOYER,
    "publisher": PUBLISHER,
    "approver": APPROVER,
    "on_call": ON_CALL,
    "configuration_owner": CONFIGURATION_OWNER,
}
"""Permissions by person; the name is that of the file and of the output."""
