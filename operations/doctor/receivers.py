"""The topics that are told of alarms and failures exist, have a subscriber, and can receive EventBridge's messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NotRequired, TypedDict

from analysis.policy_evaluation import allows
from operations.doctor.finding import Finding
from operations.doctor.stack import ExaminedStack
from operations.publishing.publish import topic_arn
from operations.stack.role_policies import RoleNotFoundError, role_statements

_CHECK = "alarms"


class RuleTarget(TypedDict):
    """Target of an EventBridge rule, as far as it is read."""

    Arn: str
    RoleArn: NotRequired[str]


def check(stack: ExaminedStack, alarm_actions: Iterable[str]) -> Iterator[Finding]:
    """Problems of the receivers; none if all is well.

    Args:
        stack: the stack.
        alarm_actions: ARNs that the alarms notify.
    """
    for arn in sorted(one for one in alarm_actions if ":sns:" in one):
        # SNS lets only the owner of a topic list its subscriptions.
        if not _foreign(stack, arn):
            yield from _deaf(stack, arn)
    targets = list(_targets(stack, "failed"))
    yield from _unheard(stack, {one["Arn"] for one in targets})
    if _foreign(stack, topic_arn(stack.router, "job_events")):
        targets += [*_targets(stack, "glue-jobs"), *_targets(stack, "ended-")]
    for target in targets:
        if _foreign(stack, target["Arn"]):
            yield from _powerless(stack, target)


def _foreign(stack: ExaminedStack, arn: str) -> bool:
    return arn.split(":")[4] != stack.settings.account


def _deaf(stack: ExaminedStack, arn: str) -> Iterator[Finding]:
    """Finding about an alarm topic without a confirmed subscriber."""
    sns = stack.client("sns", arn.split(":")[3])
    try:
        pages = list(sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn))
    except sns.exceptions.NotFoundException:
        yield _problem(arn, "the alarm topic does not exist", "Create it, or correct alarm_topic_arn in Terraform")
        return
    if not any(one["SubscriptionArn"].startswith("arn:") for page in pages for one in page["Subscriptions"]):
        yield _problem(arn, "the alarm topic has no confirmed subscriber", "Subscribe on-call, and confirm the mail")


def _targets(stack: ExaminedStack, rules: str) -> Iterator[RuleTarget]:
    """Targets of the stack's enabled rules whose names continue with ``rules`` (terraform/notifications.tf)."""
    events = stack.client("events")
    pages = events.get_paginator("list_rules").paginate(NamePrefix=f"{stack.name}-{rules}")
    for rule in (one for page in pages for one in page["Rules"] if one["State"] == "ENABLED"):
        yield from events.list_targets_by_rule(Rule=rule["Name"])["Targets"]


def _unheard(stack: ExaminedStack, told: set[str]) -> Iterator[Finding]:
    """Finding about each topic that a workflow names, and that no rule tells of failures."""
    for topic in sorted(set(stack.topics.values()) - told):
        jobs = ", ".join(job for job, named in stack.topics.items() if named == topic)
        message = f"the workflows {jobs:.200} name the topic, but no rule tells it of failures"
        yield _problem(topic, message, "Add the topic to notify_topics in Terraform, and apply")


def _powerless(stack: ExaminedStack, target: RuleTarget) -> Iterator[Finding]:
    """Finding about a topic of another account to which EventBridge may not publish.

    The topic's own policy cannot be read from this account.

    Source: docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html.
    """
    topic, role = target["Arn"], target.get("RoleArn", "").rpartition("/")[2]
    if not role:
        message = "is in another account, and the rule's target has no role, so EventBridge drops the messages"
        yield _problem(topic, message, "Apply Terraform")
        return
    try:
        allowed = allows(role_statements(role, stack.settings.region), "sns:Publish", topic)
    except RoleNotFoundError:
        yield _problem(topic, f"role {role} of the rule's target does not exist", "Apply Terraform")
        return
    if not allowed:
        yield _problem(topic, f"role {role} does not allow sns:Publish on the topic", "Apply Terraform")


def _problem(topic: str, message: str, advice: str) -> Finding:
    return Finding(check=_CHECK, subject=topic, status="problem", message=message, advice=advice)
