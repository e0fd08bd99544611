"""Patches for moto's SNS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.utils import get_backend
from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.sns.models import Subscription
from moto.sqs.models import sqs_backends

from local.engine.patches.context import PatchContext
from local.engine.patches.replace import replaced


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
