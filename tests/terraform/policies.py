"""The permissions that recorded API calls need, and the grants of a policy (evaluated by analysis/policy_evaluation.py).

Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html; actions and resources of each
service: docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from analysis.policy_evaluation import allows, matches, read_statements
from local.defaults import ACCOUNT
from local.engine.call_recorder import Call
from tests.trigger_types import TYPE_CASES

Need = tuple[str, str]
"""An action and the ARN of what it is done to."""


def needs(call: Call, airflow_role: str = "User") -> list[Need]:
    """Return the permissions that a call needs."""
    given, here = call.parameters, f"{call.region}:{ACCOUNT}"
    resources: dict[str, Callable[[], list[str]]] = {
        "s3.GetObject": lambda: [f"arn:aws:s3:::{given['Bucket']}/{given['Key']}"],
        "ssm.GetParameter": lambda: [f"arn:aws:ssm:{here}:parameter{given['Name']}"],
        "stepfunctions.DescribeExecution": lambda: [given["executionArn"]],
        "stepfunctions.GetExecutionHistory": lambda: [given["executionArn"]],
        "dynamodb.UpdateItem": lambda: [f"arn:aws:dynamodb:{here}:table/{given['TableName']}"],
        "glue.GetJobRun": lambda: [f"arn:aws:glue:{here}:job/{given['JobName']}"],
        "sns.Publish": lambda: [given["TopicArn"]],
        "mwaa.InvokeRestApi": lambda: [f"arn:aws:airflow:{here}:role/{given['Name']}/{airflow_role}"],
    }
    name = f"{call.service}.{call.operation}"
    of_types = {cases.authorized_call: cases.authorized_on for cases in TYPE_CASES.values()}
    on = of_types[name](given, here) if name in of_types else resources[name]()
    prefixes = {"stepfunctions": "states", "mwaa": "airflow"}
    operation = {"Invoke": "InvokeFunction"}.get(call.operation, call.operation)
    action = f"{prefixes.get(call.service, call.service)}:{operation}"
    if action == "s3:GetObject" and "VersionId" in given:
        action = "s3:GetObjectVersion"
    return [(action, resource) for resource in on]


def grants(policy: dict[str, Any]) -> Iterator[Need]:
    """Every action and resource pattern that the policy allows."""
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        assert "Condition" not in statement
        for action in _listed(statement["Action"]):
            for resource in _listed(statement["Resource"]):
                yield action, resource


def covers(grant: Need, need: Need) -> bool:
    """Return True if the grant allows the call."""
    return matches(grant[0], need[0]) and matches(grant[1], need[1])


def allowed(policy: dict[str, Any], need: Need) -> bool:
    """Return True if the policy, which has neither conditions nor a Deny, allows the call."""
    statements = read_statements(policy)
    assert all(statement.effect == "Allow" and not statement.conditional for statement in statements)
    return allows(statements, *need)


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
