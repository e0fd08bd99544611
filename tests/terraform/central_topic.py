"""A topic of another account, and EventBridge's publication to it: moto's Step Functions sends EventBridge no status changes.

``publish`` does what EventBridge does with such an event: it matches the rule's pattern, assumes the target's role, transforms
the event and publishes. It refuses what AWS refuses: a missing role, a role that another rule may assume, and a missing
permission in the role's policy or in the topic's.

Source: docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html.
"""

from __future__ import annotations

import json
from typing import Any

import boto3
from moto.events.models import EventPattern
from moto.sns.models import sns_backends

from local.defaults import ACCOUNT
from local.engine.engine import Engine
from tests.terraform.lifecycle_record import transformed
from tests.terraform.policies import allowed

OWNER = "210987654321"
"""The account that owns the topic."""
TOPIC = f"arn:aws:sns:us-west-1:{OWNER}:central-on-call"


def create(engine: Engine) -> None:
    """Create the topic in the other account; its policy allows nothing to others."""
    topic = sns_backends[OWNER][engine.region].create_topic(TOPIC.rpartition(":")[2])
    topic.policy = json.dumps({"Version": "2012-10-17", "Statement": []})


def allow(engine: Engine, statements: str) -> None:
    """Set the topic's policy, as its owner does.

    Args:
        engine: the engine.
        statements: of the output ``receiver_policy_statements``, as JSON.
    """
    topic = sns_backends[OWNER][engine.region].topics[TOPIC]
    topic.policy = json.dumps({"Version": "2012-10-17", "Statement": json.loads(statements)})


def received(engine: Engine) -> list[str]:
    """Texts of the topic's messages."""
    return [one[1] for one in sns_backends[OWNER][engine.region].topics[TOPIC].sent_notifications]


def publish(engine: Engine, rule: str, event: Any) -> str:
    """Publish an event through a rule of the default bus; return why EventBridge drops it, or empty."""
    events, iam = engine.client("events"), engine.client("iam")
    described = events.describe_rule(Name=rule)
    (target,) = events.list_targets_by_rule(Rule=rule)["Targets"]
    if not EventPattern.load(described["EventPattern"]).matches_event(event):
        return "the pattern does not match"
    if "RoleArn" not in target:
        return "the target has no role"
    name = target["RoleArn"].rpartition("/")[2]
    (trust,) = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"]
    if trust["Principal"] != {"Service": "events.amazonaws.com"} or not _meets(
        trust, {"aws:SourceArn": described["Arn"], "aws:SourceAccount": ACCOUNT}
    ):
        return "EventBridge may not assume the role"
    policies = [
        iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"]
        for one in iam.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    if not any(allowed(one, ("sns:Publish", target["Arn"])) for one in policies):
        return "the role's policy does not allow it"
    # The role's account may act through its root; the condition narrows it to the role.
    principals = [{"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, {"AWS": target["RoleArn"]}]
    statements = json.loads(sns_backends[OWNER][engine.region].topics[target["Arn"]].policy)["Statement"]
    if not any(
        one["Principal"] in principals
        and (one["Action"], one["Resource"]) == ("sns:Publish", target["Arn"])
        and _meets(one, {"aws:PrincipalArn": target["RoleArn"]})
        for one in statements
    ):
        return "the topic's policy does not allow it"
    role = engine.client("sts").assume_role(RoleArn=target["RoleArn"], RoleSessionName="eventbridge")["Credentials"]
    sns = boto3.client(
        "sns",
        region_name=engine.region,
        endpoint_url=engine.endpoint,
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
    )
    sns.publish(TopicArn=target["Arn"], Message=json.loads(transformed(target, event)))
    return ""


def _meets(statement: dict[str, Any], context: dict[str, str]) -> bool:
    """True if the request's context meets every condition, each an equality."""
    conditions = statement.get("Condition", {})
    assert set(conditions) <= {"ArnEquals", "StringEquals"}
    return all(
        context.get(key) in (values if isinstance(values, list) else [values])
        for given in conditions.values()
        for key, values in given.items()
    )
