"""The doctor examines the topics that receive alarms and failures: they exist, are read, and EventBridge may publish."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.engine.engine import Engine
from operations.doctor import ExaminedStack, receivers
from tests.operations.doctor.conftest import ROUTER, Examined

OWN = "arn:aws:sns:us-west-1:123456789012:alarms"
PARTNERS = "arn:aws:sns:us-west-1:210987654321"


def found(stack: ExaminedStack, *actions: str) -> list[tuple[str, str]]:
    findings = list(receivers.check(stack, actions))
    assert {finding.status for finding in findings} <= {"problem"}
    return [(finding.subject, finding.message) for finding in findings]


@contextmanager
def rule(engine: Engine, name: str, *targets: dict[str, str], state: str = "ENABLED") -> Iterator[None]:
    """A rule of the stack with targets."""
    events, full = engine.client("events"), f"{ROUTER}-{name}"
    events.put_rule(Name=full, EventPattern='{"source": ["aws.states"]}', State=state)
    numbered = [{"Id": str(number), **target} for number, target in enumerate(targets)]
    events.put_targets(Rule=full, Targets=numbered)
    try:
        yield
    finally:
        events.remove_targets(Rule=full, Ids=[target["Id"] for target in numbered])
        events.delete_rule(Name=full)


def test_alarm_topic_needs_a_confirmed_subscriber(engine: Engine, examined: Examined) -> None:
    sns, stack = engine.client("sns"), examined()
    assert found(stack, OWN) == [(OWN, "the alarm topic does not exist")]
    sns.create_topic(Name="alarms")
    assert found(stack, OWN) == [(OWN, "the alarm topic has no confirmed subscriber")]
    queue = "arn:aws:sqs:us-west-1:123456789012:mails"
    subscription = sns.subscribe(TopicArn=OWN, Protocol="sqs", Endpoint=queue)["SubscriptionArn"]
    assert found(stack, OWN) == []
    sns.unsubscribe(SubscriptionArn=subscription)
    sns.delete_topic(TopicArn=OWN)


def test_unconfirmed_subscriber_does_not_count(engine: Engine, examined: Examined) -> None:
    sns, stack = engine.client("sns"), examined()
    sns.create_topic(Name="alarms")
    sns.subscribe(TopicArn=OWN, Protocol="sqs", Endpoint="arn:aws:sqs:us-west-1:123456789012:mails")

    def unconfirmed(parsed: dict[str, list[dict[str, str]]], **_: object) -> None:
        for subscription in parsed["Subscriptions"]:
            subscription["SubscriptionArn"] = "PendingConfirmation"

    stack.client("sns").meta.events.register("after-call.sns.ListSubscriptionsByTopic", unconfirmed)
    assert found(stack, OWN) == [(OWN, "the alarm topic has no confirmed subscriber")]
    sns.delete_topic(TopicArn=OWN)


def test_other_actions_and_accounts_are_not_asked(examined: Examined) -> None:
    """SNS lets only the owner of a topic list its subscriptions."""
    assert found(examined(), f"{PARTNERS}:alarms", "arn:aws:ssm:us-west-1:123456789012:opsitem:1") == []


def test_topic_of_a_workflow_needs_a_rule(engine: Engine, examined: Examined) -> None:
    stack = examined()
    stack.topics = {"a": OWN, "b": OWN}
    message = "the workflows a, b name the topic, but no rule tells it of failures"
    assert found(stack) == [(OWN, message)]
    with rule(engine, "failed", {"Arn": OWN}, state="DISABLED"):
        assert found(stack) == [(OWN, message)]
    with rule(engine, "ended-12345678", {"Arn": OWN}):
        assert found(stack) == [(OWN, message)]
    with rule(engine, "failed", {"Arn": OWN}):
        assert found(stack) == []


@pytest.mark.parametrize("name", ["failed", "failed-12345678", "glue-jobs", "ended-12345678"])
def test_role_for_another_accounts_topic_is_examined(engine: Engine, examined: Examined, name: str) -> None:
    """Rules for failed executions, and for completion events into a topic job_events of another account."""
    topic, role, iam = f"{PARTNERS}:{name}", f"{name}-role", engine.client("iam")
    stack = examined(events_topic_arn=f"{PARTNERS}:e")
    with rule(engine, name, {"Arn": topic}):
        message = "is in another account, and the rule's target has no role, so EventBridge drops the messages"
        assert found(stack) == [(topic, message)]
    with rule(engine, name, {"Arn": topic, "RoleArn": f"arn:aws:iam::123456789012:role/path/{role}"}):
        assert found(stack) == [(topic, f"role {role} of the rule's target does not exist")]
        iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
        assert found(stack) == [(topic, f"role {role} does not allow sns:Publish on the topic")]
        allow = {"Effect": "Allow", "Action": "sns:Pub*", "Resource": f"{PARTNERS}:*"}
        deny = {"Effect": "Deny", "Action": "sns:Publish", "Resource": topic}
        place = {"RoleName": role, "PolicyName": "publish"}
        iam.put_role_policy(**place, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
        assert found(stack) == []
        iam.put_role_policy(**place, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow, deny]}))
        assert found(stack) == [(topic, f"role {role} does not allow sns:Publish on the topic")]


def test_completion_events_into_the_stacks_topic_need_no_role(engine: Engine, examined: Examined) -> None:
    """Then a rule named ended is of an earlier configuration, and the topic's own policy allows EventBridge."""
    with rule(engine, "ended-12345678", {"Arn": f"{PARTNERS}:e"}):
        assert found(examined()) == []
    with rule(engine, "failed", {"Arn": OWN}):
        assert found(examined()) == []
