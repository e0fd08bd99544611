"""Permissions that a policy grants and the tests' stacks do not use, each with the reason."""

from __future__ import annotations

IMPLICIT = {
    "logs:CreateLogStream": "the Lambda service, in the function's name",
    "logs:PutLogEvents": "the Lambda service, in the function's name",
    "xray:PutTraceSegments": "the services themselves, while tracing",
    "xray:PutTelemetryRecords": "the services themselves, while tracing",
    "xray:GetSamplingRules": "Step Functions, while tracing",
    "xray:GetSamplingTargets": "Step Functions, while tracing",
    "s3:PutObject": "the Lambda service, into the failure destination",
    "s3:GetObjectVersion": "the router, to finish an event of several executions: starting/test_crash_points.py",
    "glue:GetJobRuns": "Step Functions, while it waits for a job run",
    "glue:BatchStopJobRun": "Step Functions, if an execution that waits is stopped",
    "states:StopExecution": "Step Functions, if an execution that waits is stopped",
    "events:PutTargets": "Step Functions, for the rule by which it learns that a nested execution has ended",
    "events:PutRule": "Step Functions, for the rule by which it learns that a nested execution has ended",
    "events:DescribeRule": "Step Functions, for the rule by which it learns that a nested execution has ended",
    "dynamodb:GetItem": "the router, if DynamoDB does not return the item of a refused write",
    "s3:ListBucket": "the Lambda service checks it when the failure destination is set",
}
"""What is granted and called by no code of ours: AWS's services do it in the role's name. The log delivery actions of the
state machine are added below."""

FAILING_PATHS = {
    ("downstream_orchestrator", "states:DescribeExecution", ":execution:publish_*:*"): (
        "a replay of a nested execution: tests/operations/repair/test_nested_replays.py"
    ),
    ("state_machine", "lambda:InvokeFunction", "-glue-run:*"): (
        "a StartJobRun whose answer was lost: tests/state_machine/test_glue_once.py"
    ),
}
"""Role, action and end of the resource of a permission that only failing paths use, with the reason."""

TAGS_CHANGE, FALLBACK, KEY = "a tag is removed", "workflow_config_fallback", "kms_key_arn changes"
CHANGES: dict[str, str] = {
    **dict.fromkeys(
        [f"{one}:UntagResource" for one in ("cloudwatch", "dynamodb", "events", "lambda", "logs")], TAGS_CHANGE
    ),
    **dict.fromkeys(["sns:UntagResource", "states:UntagResource", "sqs:UntagQueue", "iam:UntagRole"], TAGS_CHANGE),
    **dict.fromkeys([f"ssm:{one}" for one in ("AddTagsToResource", "DeleteParameter", "DescribeParameters")], FALLBACK),
    **dict.fromkeys([f"ssm:{one}" for one in ("GetParameter", "ListTagsForResource", "PutParameter")], FALLBACK),
    "ssm:RemoveTagsFromResource": FALLBACK,
    **dict.fromkeys(["logs:AssociateKmsKey", "logs:DisassociateKmsKey", "sqs:SetQueueAttributes"], KEY),
    "dynamodb:UpdateTable": KEY,
    "iam:PutRolePermissionsBoundary": "permissions_boundary_arn changes",
    "iam:DeleteRolePermissionsBoundary": "permissions_boundary_arn is removed",
    "iam:UpdateAssumeRolePolicy": "a release changes a role's trust",
    "lambda:PutFunctionConcurrency": "router_reserved_concurrency",
    "lambda:DeleteFunctionConcurrency": "router_reserved_concurrency is removed",
    "lambda:UpdateFunctionEventInvokeConfig": "a release changes retries or destination",
    "logs:DeleteRetentionPolicy": "log_retention_days = 0",
    "sns:ListTopics": "examples/existing-topics finds the topics by their names",
    "sns:SetSubscriptionAttributes": "filter_policy_scope changes",
}
"""Permissions of the deployer that the cycle does not use, each with the change that does."""

RARE = {
    "airflow:InvokeRestApi": "the doctor; the recorder does not see the engine's MWAA",
    "dynamodb:DescribeTable": "the doctor, of a stack with joins: tests/terraform/test_cycle.py",
    "dynamodb:GetItem": "inspect, of a stack with joins: tests/terraform/test_cycle.py",
    "events:ListTargetsByRule": "the doctor, of a stack with alarm_topic_arn or notify_topics: tests/terraform/test_cycle.py",
    "iam:GetPolicy": "the doctor, if someone attached a policy to a role",
    "iam:GetPolicyVersion": "the doctor, if someone attached a policy to a role",
    "sns:ListSubscriptions": "the doctor, of a topic of another account",
    "ssm:GetParameter": "the configuration, if S3 is unavailable",
}
"""Permissions of on-call and of the configuration's owner that this stack's life does not use."""
