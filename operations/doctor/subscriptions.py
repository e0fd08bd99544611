"""The router's subscriptions exist, are confirmed, and have the filters that keep other events out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from operations.doctor.finding import Finding
from operations.doctor.stack import ExaminedStack
from operations.publishing.publish import topic_arn
from operations.stack.topics import FILTERS

_CHECK = "subscriptions"
_APPLY = "Apply Terraform"


def check(stack: ExaminedStack) -> Iterator[Finding]:
    """Compare the subscription of each topic with the filter that Terraform gives it."""
    sns = stack.client("sns")
    for topic, expected in FILTERS.items():
        arn = topic_arn(stack.router, topic)
        try:
            listed = _subscriptions(sns, arn, stack.settings.account)
        except sns.exceptions.NotFoundException:
            yield _finding(arn, "the topic does not exist")
            continue
        ours = [one for one in listed if one["Protocol"] == "lambda" and f":function:{stack.name}" in one["Endpoint"]]
        if not ours:
            yield _finding(arn, "the router is not subscribed to the topic, so its events start nothing")
        for one in ours:
            if not one["SubscriptionArn"].startswith("arn:"):
                yield _finding(arn, f"the subscription is not confirmed: {one['SubscriptionArn']}")
                continue
            attributes = sns.get_subscription_attributes(SubscriptionArn=one["SubscriptionArn"])["Attributes"]
            yield from _compared(arn, one["Endpoint"], attributes, expected)


def _subscriptions(sns: Any, arn: str, account: str) -> list[dict[str, str]]:
    """Subscriptions to a topic; of another account's topic, those of this account.

    Source: docs.aws.amazon.com/sns/latest/api/API_ListSubscriptions.html (the requester's subscriptions).
    """
    if arn.split(":")[4] == account:
        pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
    else:
        pages = sns.get_paginator("list_subscriptions").paginate()
    return [one for page in pages for one in page["Subscriptions"] if one["TopicArn"] == arn]


def _compared(arn: str, endpoint: str, attributes: dict[str, str], expected: dict[str, list[str]]) -> Iterator[Finding]:
    wrong = []
    if not endpoint.endswith(":live"):
        wrong.append(f"its endpoint is {endpoint}, expected the alias live")
    found = json.loads(attributes.get("FilterPolicy") or "null")
    if found != expected:
        wrong.append(f"its filter is {json.dumps(found)}, expected {json.dumps(expected)}")
    if not json.loads(attributes.get("RedrivePolicy") or "{}").get("deadLetterTargetArn"):
        wrong.append("it has no dead-letter queue, so an event that SNS cannot deliver is lost")
    for one in wrong:
        yield _finding(arn, f"the router's subscription: {one}")
    if not wrong:
        yield Finding(check=_CHECK, subject=arn, status="ok", message="the router is subscribed, with filter and DLQ")


def _finding(arn: str, message: str) -> Finding:
    return Finding(check=_CHECK, subject=arn, status="problem", message=message, advice=_APPLY)
