"""Permissions of the deployer, who runs ``deploy.sh`` and Terraform. ``builder/policies/people.py`` has the other people.

They are two policies, because IAM accepts at most 6,144 characters in one
(docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). The deployer needs both.
"""

from __future__ import annotations

from builder.policies.stack_arns import CODE, FAILURES, HERE, ROLES, TOPICS, allow
from orchestration.triggers.base import Allow

DEPLOYER: tuple[Allow, ...] = (
    *allow("*", "sts", "GetCallerIdentity"),
    # deploy.sh: the release and the configuration.
    *allow(CODE, "s3", "ListBucket"),
    *allow(f"{CODE}/code/*", "s3", "GetObject", "GetObjectTagging", "PutObject"),
    # Terraform, and the services that read the package and the roles in the caller's name.
    *allow(
        ROLES,
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
    *allow(
        HERE % ("lambda", "function:${name}-*"),
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
    *allow(
        HERE % ("states", "stateMachine:${name}-downstream-orchestrator*"),
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
    *allow("*", "states", "ValidateStateMachineDefinition"),
)
"""Permissions for the release, roles, functions and state machines."""

DEPLOYER_RESOURCES: tuple[Allow, ...] = (
    *allow(
        HERE % ("sns", "${name}-job_*"),
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
        one
        for topic in TOPICS
        for one in allow(
            topic, "sns", "GetTopicAttributes", "ListSubscriptionsByTopic", "ListTagsForResource", "Subscribe"
        )
    ),
    # Of a subscription, IAM knows no resource.
    *allow("*", "sns", "GetSubscriptionAttributes", "ListTopics", "SetSubscriptionAttributes", "Unsubscribe"),
    *allow(
        HERE % ("sqs", "${name}-downstream-orchestrator-*"),
        "sqs",
        *("CreateQueue", "DeleteQueue", "GetQueueAttributes", "ListQueueTags", "SetQueueAttributes"),
        *("TagQueue", "UntagQueue"),
    ),
    *allow(
        FAILURES,
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
        one
        for group in ("/aws/lambda/${name}-*", "/aws/vendedlogs/states/${name}-downstream-orchestrator*")
        for one in allow(
            HERE % ("logs", f"log-group:{group}"),
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
    *allow("*", "logs", "DescribeLogGroups"),
    *allow(
        HERE % ("cloudwatch", "alarm:${name}-downstream-orchestrator-*"),
        "cloudwatch",
        *("DeleteAlarms", "ListTagsForResource", "PutMetricAlarm", "TagResource", "UntagResource"),
    ),
    *allow("*", "cloudwatch", "DescribeAlarms"),
    *allow(
        "arn:${partition}:cloudwatch::${account}:dashboard/${name}-downstream-orchestrator-${region}",
        "cloudwatch",
        *("DeleteDashboards", "GetDashboard", "PutDashboard"),
    ),
    *allow(
        HERE % ("events", "rule/${name}-downstream-orchestrator-*"),
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
    *allow(
        HERE % ("ssm", "parameter/${name}/downstream-orchestrator/*"),
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
    *allow("*", "ssm", "DescribeParameters"),
    *allow(
        HERE % ("dynamodb", "table/${name}-downstream-orchestrator-joins"),
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
"""Permissions for topics, queues, buckets, logs, alarms, rules, parameter and table."""
