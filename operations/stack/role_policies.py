"""Reads the policies of a deployed role."""

from __future__ import annotations

import json
import os
from urllib.parse import unquote

import boto3

from analysis.policy_evaluation import Statement, read_statements
from orchestration.errors import OrchestrationError
from orchestration.values.strictjson import Json


class RoleNotFoundError(OrchestrationError):
    """The role does not exist. The person who named it acts."""


def role_statements(role: str, region: str = "") -> list[Statement]:
    """IAM statements of a role's inline and attached policies.

    Source: docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html (documents may be URL-encoded).

    Args:
        role: name of the role.
        region: region of the stack, whose partition IAM serves; by default boto3's region.

    Raises:
        RoleNotFoundError: the role does not exist.
        ClientError: the caller may not read the role.
    """
    # The AWS CLI and Terraform read AWS_REGION, boto3 does not.
    iam = boto3.client("iam", region_name=region or os.environ.get("AWS_REGION") or None)
    try:
        iam.get_role(RoleName=role)
    except iam.exceptions.NoSuchEntityException as error:
        raise RoleNotFoundError(
            f"role {role!r}: does not exist. Name the state machine's role, PREFIX-orchestrator-machine-REGION."
        ) from error
    documents: list[Json] = []
    for page in iam.get_paginator("list_role_policies").paginate(RoleName=role):
        documents += [
            iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in page["PolicyNames"]
        ]
    for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=role):
        for attached in page["AttachedPolicies"]:
            arn = attached["PolicyArn"]
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            documents.append(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
    return [statement for document in documents for statement in read_statements(_parsed(document))]


def _parsed(document: Json) -> Json:
    parsed: Json = json.loads(unquote(document)) if isinstance(document, str) else document
    return parsed
