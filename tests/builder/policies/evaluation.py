"""Permissions of people, with the values of a small stack, evaluated as IAM does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from string import Template

from analysis.policy_evaluation import allows
from analysis.policy_evaluation import read_statements as read
from builder.policies.iam import policy
from orchestration.triggers.base import Allow

HERE = "us-west-1:123456789012"
VALUES = {
    "partition": "aws",
    "region": "us-west-1",
    "account": "123456789012",
    "name": "dwh",
    "role_path": "/etl/",
    "airflow_role": "Viewer",
    "code_bucket": "dwh-code",
    "config_object": "dwh-code/code/1/workflow_config.json",
    "job_events_topic_arn": f"arn:aws:sns:{HERE}:dwh-job_events",
    "job_approvals_topic_arn": f"arn:aws:sns:{HERE}:dwh-job_approvals",
}
"""Placeholders of ``terraform/policies/main.tf``."""


def filled(text: str) -> str:
    """A text with the values of the stack.

    Raises:
        KeyError: the text has a placeholder that Terraform does not fill.
    """
    return Template(text).substitute(VALUES)


def is_allowed(permissions: Iterable[Allow], action: str, resource: str) -> bool:
    """True if the permissions allow the action on the resource."""
    text = filled(json.dumps(policy(tuple(permissions))))
    return allows(read(json.loads(text)), action, resource)
