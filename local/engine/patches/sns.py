"""Patches for moto's SNS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.utils import get_backend
from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.sns.models import Subscription
from moto.sns.utils import FilterPolicyMatcher
from moto.sqs.models import sqs_backends

from local.engine.patches.context import PatchContext
from local.engine.patches.replace import replaced
from orchestration.errors import ConditionError
from orchestration.values.conditions import matches

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject


@contextmanager
def sns_to_lambda(context: PatchContext) -> Iterator[None]:
    """Deliver messages to functions as SNS does.

    SNS invokes the function asynchronously, with the id and the attributes of the message. If the function does not exist,
    SNS sends the message to the subscription's dead-letter queue.

    Source: docs.aws.amazon.com/lambda/latest/dg/with-sns.html (format of the record).
    """
    publish = Subscription.publish

    def deliver(subscription: Subscription, message: str, message_id: str, **details: Any) -> None:
        if subscription.protocol != "lambda":
            publish(subscription, message, message_id, **details)
            return
        if details.get("message_structure") == "json":  # one text a protocol, as Airflow's SnsPublishOperator sends
            message = subscription._parse_message_structure(message, subscription.protocol)
        attributes = details.get("message_attributes")
        matcher = subscription._filter_policy_matcher
        matched = matcher is None or matcher.matches(attributes, message)
        context.runtime.record_subscription_match(message_id, subscription.topic.arn, matched=matched)
        if not matched:
            return
        record = _record(subscription, message, message_id, details.get("subject"), attributes)
        _, _, _, region, _, _, name, *qualifier = subscription.endpoint.split(":")
        try:
            function = get_backend(subscription.account_id, region).get_function(name, *(qualifier or (None,)))
        except UnknownFunctionException:
            _dead_letter(subscription, record["Sns"])
            return
        for _ in range(context.deliveries):
            context.runtime.invoke_async(function, {"Records": [record]})

    with replaced(Subscription, "publish", deliver):
        yield


@contextmanager
def sns_body_filter(_: PatchContext) -> Iterator[None]:
    """Filter by the body as SNS does: a body that is not a JSON object does not match.

    moto fails on lists of other values than objects, looks into a list at the top level, and reads texts within the message as
    JSON again. SNS has the operators of EventBridge.

    Sources: docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html, and the answers of AWS that LocalStack
    recorded (tests/aws/services/sns/test_sns_filter_policy.py, test_filter_policy_on_message_body: a JSON string does not
    match). That a list does not match follows from Event Ruler: "Event must be a JSON object".
    """
    by_attributes = FilterPolicyMatcher.matches

    def matches_policy(matcher: FilterPolicyMatcher, attributes: JsonObject | None, message: str) -> bool:
        if matcher.filter_policy_scope != "MessageBody" or not matcher.filter_policy:
            return by_attributes(matcher, attributes, message)
        try:
            body: Json = json.loads(message, parse_constant=_refuse)
            return isinstance(body, dict) and matches(matcher.filter_policy, body)
        except (ValueError, RecursionError, ConditionError):
            return False

    with replaced(FilterPolicyMatcher, "matches", matches_policy):
        yield


def _refuse(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


def _record(
    subscription: Subscription, message: str, message_id: str, subject: str | None, attributes: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription.arn,
        "Sns": {
            "Type": "Notification",
            "MessageId": message_id,
            "TopicArn": subscription.topic.arn,
            "Subject": subject,
            "Message": message,
            "Timestamp": iso_8601_datetime_with_milliseconds(),
            "SignatureVersion": "1",
            "Signature": "",
            "SigningCertUrl": "",
            "UnsubscribeUrl": "",
            "MessageAttributes": attributes or {},
        },
    }


def _dead_letter(subscription: Subscription, sns: dict[str, Any]) -> None:
    """Send an undeliverable message to the subscription's dead-letter queue, in the envelope of a notification.

    AWS does so for a Lambda subscription, as recorded in LocalStack's snapshots of SNS that AWS answered.
    """
    policy = json.loads(subscription.attributes.get("RedrivePolicy") or "{}")
    if "deadLetterTargetArn" in policy:
        renamed = {"SigningCertUrl": "SigningCertURL", "UnsubscribeUrl": "UnsubscribeURL"}
        envelope = {renamed.get(name, name): value for name, value in sns.items() if value not in (None, {})}
        _, _, _, region, account, queue = policy["deadLetterTargetArn"].split(":")
        sqs_backends[account][region].send_message(queue, json.dumps(envelope, ensure_ascii=False))
