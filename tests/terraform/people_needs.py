"""Permissions that a request needs, by the reference of each service: operation → IAM action, parameters → ARNs.

Source: docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from analysis.policy_evaluation import allows, read_statements
from local.defaults import ACCOUNT
from local.engine.call_recorder import Call
from tests.terraform.api_requests import Request
from tests.terraform.policies import Need

PREFIXES = {"stepfunctions": "states", "mwaa": "airflow"}
"""Service to its prefix in IAM, where the names differ."""

ACTIONS = {
    "lambda.Invoke": "lambda:InvokeFunction",
    "s3.DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3.DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3.GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "s3.GetBucketCors": "s3:GetBucketCORS",
    "s3.GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3.GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3.GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3.GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3.GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3.HeadBucket": "s3:ListBucket",
    "s3.HeadObject": "s3:GetObject",
    "s3.ListObjectsV2": "s3:ListBucket",
    "s3.PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3.PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "sqs.ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
"""Operation to its action, where the names differ."""

WITHOUT_RESOURCE = {
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricStatistics",
    "events:ListRules",
    "logs:DescribeLogGroups",
    "sns:GetSubscriptionAttributes",
    "sns:ListSubscriptions",
    "sns:ListTopics",
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
    "ssm:DescribeParameters",
    "states:ValidateStateMachineDefinition",
    "sts:GetCallerIdentity",
}
"""Actions that a policy can only allow on "*"."""

TAGS = {
    "cloudwatch": "cloudwatch:TagResource",
    "dynamodb": "dynamodb:TagResource",
    "events": "events:TagResource",
    "iam": "iam:TagRole",
    "lambda": "lambda:TagResource",
    "logs": "logs:TagResource",
    "sns": "sns:TagResource",
    "sqs": "sqs:TagQueue",
    "ssm": "ssm:AddTagsToResource",
    "stepfunctions": "states:TagResource",
}
"""Service to the action that a creation with tags needs, too."""


def needs(call: Call, role_paths: dict[str, str]) -> Iterator[Need]:
    """Yield the permissions of one request.

    Args:
        call: the request.
        role_paths: path of each role, which requests do not repeat.
    """
    name = f"{call.service}.{call.operation}"
    action = ACTIONS.get(name, f"{PREFIXES.get(call.service, call.service)}:{call.operation}")
    given = call.parameters
    resources = ["*"] if action in WITHOUT_RESOURCE else list(_resources(call, role_paths))
    assert resources, (name, given)
    yield from ((action, resource) for resource in resources)
    if (
        any(key.lower().partition(".")[0] in ("tags", "tag") and value for key, value in given.items())
        and call.service in TAGS
    ):
        yield from ((TAGS[call.service], resource) for resource in resources)
    role = given.get("Role") or given.get("roleArn")
    if role:
        yield "iam:PassRole", str(role)
    # PutTargets passes the role with which EventBridge publishes to another account.
    yield from (("iam:PassRole", one["RoleArn"]) for one in given.get("Targets", ()) if one.get("RoleArn"))
    if given.get("publish") and call.service == "stepfunctions":
        yield from (("states:PublishStateMachineVersion", resource) for resource in resources)
    code = given.get("Code", given) if call.service == "lambda" else {}
    if isinstance(code, dict) and "S3Bucket" in code:
        # Lambda reads the package in the caller's name.
        yield "s3:GetObject", f"arn:aws:s3:::{code['S3Bucket']}/{code['S3Key']}"


def _resources(call: Call, role_paths: dict[str, str]) -> Iterator[str]:
    given, service = call.parameters, PREFIXES.get(call.service, call.service)
    here = f"{call.region}:{ACCOUNT}"
    arns = [str(value) for key, value in given.items() if key.lower() in _ARNS and str(value).startswith("arn:")]
    if arns:
        yield from arns
    elif service == "s3":
        yield f"arn:aws:s3:::{given['Bucket']}" + (f"/{given['Key']}" if "Key" in given else "")
    elif service == "iam":
        role = given.get("RoleName", "")
        yield f"arn:aws:iam::{ACCOUNT}:role{given.get('Path') or role_paths.get(role, '/')}{role}"
    elif service == "cloudwatch":
        yield from (
            f"arn:aws:cloudwatch:{here}:alarm:{value}" for key, value in given.items() if key.startswith("AlarmName")
        )
        yield from (
            f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{value}"
            for key, value in given.items()
            if key.startswith("DashboardName")
        )
    elif call.operation == "DescribeEventBus":
        yield f"arn:aws:events:{here}:event-bus/{given['Name']}"
    elif service == "lambda":
        function = str(given["FunctionName"]).rpartition(":function:")[2]
        qualifier = f":{given['Qualifier']}" if given.get("Qualifier") else ""
        yield f"arn:aws:lambda:{here}:function:{function}{qualifier}"
    else:
        yield f"arn:aws:{service}:{here}:{_NAMES[service](given)}"


_ARNS = {"resource", "topicarn", "resourcearn", "statemachinearn", "executionarn", "policyarn"}

_NAMES: dict[str, Any] = {
    "dynamodb": lambda given: f"table/{given['TableName']}",
    "events": lambda given: f"rule/{given.get('Rule') or given['Name']}",
    "glue": lambda given: f"job/{given['JobName']}",
    "logs": lambda given: f"log-group:{given['logGroupName']}:*",
    "sns": lambda given: given["Name"],
    "sqs": lambda given: given.get("QueueName") or given["QueueUrl"].rpartition("/")[2],
    "ssm": lambda given: f"parameter{given.get('Name') or given.get('ResourceId') or given['Names'][0]}",
    "states": lambda given: f"stateMachine:{given['name']}",
}
"""Prefix to the last part of the ARN, from a request's parameters."""


def asked(requests: Iterable[Request], access_key: str, prefix: str = "") -> set[Need]:
    """Permissions that the requests of an access key needed; with a prefix, those on resources with it in their name."""
    made = [one.call for one in requests if one.access_key == access_key]
    paths = {one.parameters["RoleName"]: one.parameters["Path"] for one in made if one.operation == "CreateRole"}
    found = {need for call in made for need in needs(call, paths)}
    return {need for need in found if prefix in need[1] or need[1] == "*"} if prefix else found


def by_person(printed: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The printed policies by person; the deployer's two policies as one."""
    policies: dict[str, dict[str, Any]] = {name: json.loads(text) for name, text in printed.items()}
    policies["deployer"]["Statement"] += policies.pop("deployer_resources")["Statement"]
    return policies


def granted(policy: dict[str, Any]) -> set[Need]:
    """Every action and resource pattern that the policy allows; a condition must be the permissions boundary's."""
    found: set[Need] = set()
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        assert set(statement.get("Condition", {}).get("StringEquals", {"iam:PermissionsBoundary": ""})) == {
            "iam:PermissionsBoundary"
        }
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        found |= {(action, resource) for action in statement["Action"] for resource in resources}
    return found


def denied(policy: dict[str, Any], asked_for: set[Need]) -> list[Need]:
    """Permissions that the policy does not have."""
    assert granted(policy)
    statements = read_statements(policy)
    return sorted(need for need in asked_for if not allows(statements, *need))


def unused(policy: dict[str, Any], asked_for: set[Need]) -> set[str]:
    """Actions that the policy allows and nobody asked for, on any of the resources."""
    return {grant[0] for grant in granted(policy)} - {need[0] for need in asked_for}
