"""Reads the body of a dead letter, and builds the payload with which the router is invoked.

A body has one of four formats:

* the *invocation record* that Lambda writes to a failure destination. Its ``requestPayload`` goes to the router unchanged,
  because its sender was allowed to invoke the router;
* a *Lambda event*, ``{"Records": [...]}``, which goes to the router unchanged;
* the JSON *envelope* of SNS. Its TopicArn is trusted, because the queue's policy lets only SNS write there;
* a *raw message*, which is the published text and nothing else. It is wrapped into an SNS record. It is never sent as a direct
  invocation, which accepts ``decision`` and ``$replay``: a publisher of job events could approve.

**A publisher controls a raw message completely, and must not be able to forge another format.** Both subscriptions of the
router filter on a top-level ``status`` or ``decision`` of the body. So each message that SNS tried to deliver has one of these
fields, and the formats of Lambda and SNS never have one. A body with such a field is therefore a raw message.

Sources: docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html,
docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html and
docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, Literal

from orchestration.values.strictjson import JsonObject

Format = Literal["invocation record", "Lambda event", "SNS envelope", "raw message", "unreadable"]
Refusal = Literal["", "UNREADABLE", "TOPIC_UNKNOWN"]

UNKNOWN_TOPIC = "unknown: the message does not record its topic"
"""TopicArn of a raw message without ``--topic``. It must not be empty, and must not equal the ARN of a topic."""

_PUBLISHED = frozenset({"status", "decision", "job_name"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message of a queue, or one object of a failure bucket.

    Attributes:
        store: name of the queue, or ``s3://`` and the bucket.
        id: id of the message, or the object's key.
        stored_at: time at which it was stored, in seconds since 1970.
        body: content; bytes from S3.
        error: reason of the failed delivery, if the message's attributes name it.
        handle: receipt handle or key for its deletion.
    """

    store: str
    id: str
    stored_at: float
    body: str | bytes
    handle: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPayload:
    """Content of a dead letter's body.

    Attributes:
        payload: payload for the router, or None if the body cannot be read.
        error: error that made it a dead letter, from the body or the message's attributes, or empty.
        refusal: code of the reason why it must not be sent, or empty.
        reason: the reason in words, and what to do.
    """

    format: Format
    payload: Any = None
    error: str = ""
    refusal: Refusal = ""
    reason: str = ""


def parse_payload(dead_letter: DeadLetter, function: str, topic: str = "") -> ParsedPayload:
    """Parse the body of a dead letter.

    Args:
        dead_letter: message or object of a store.
        function: name of the router; it does not receive failed invocations of other functions.
        topic: source topic ARN of raw messages, or empty if unknown.
    """
    try:
        text = dead_letter.body if isinstance(dead_letter.body, str) else dead_letter.body.decode()
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return _unreadable(f"is not JSON: {error or type(error).__name__}")
    if not isinstance(value, dict):
        return _unreadable(f"found {type(value).__name__} as JSON, expected an object")
    if not value.keys() & _PUBLISHED:
        if isinstance(value.get("requestContext"), dict) and ("requestPayload" in value or "responseContext" in value):
            return _invocation_record(value, value["requestContext"], function)
        if isinstance(value.get("Records"), list):
            return ParsedPayload(format="Lambda event", payload=value, error=dead_letter.error)
        if _is_envelope(value):
            return ParsedPayload(format="SNS envelope", payload=_event(value), error=dead_letter.error)
    return _raw_message(text, value, dead_letter, topic)


def _invocation_record(record: JsonObject, context: JsonObject, function: str) -> ParsedPayload:
    arn = str(context.get("functionArn", "")).split(":")
    if len(arn) > 6 and arn[6] != function:
        return _unreadable(f"is a failed invocation of function {arn[6]}, not of {function}")
    if record.get("requestPayload") is None:
        return _unreadable("has no requestPayload: the payload did not fit into the destination")
    response, condition = record.get("responsePayload"), context.get("condition", "")
    error = f"{response.get('errorType')}: {response.get('errorMessage')}" if isinstance(response, dict) else condition
    return ParsedPayload(format="invocation record", payload=record["requestPayload"], error=str(error))


def _is_envelope(value: JsonObject) -> bool:
    texts = all(isinstance(value.get(name), str) and value[name] for name in ("TopicArn", "MessageId"))
    return texts and value.get("Type") == "Notification" and isinstance(value.get("Message"), str)


def _raw_message(text: str, value: JsonObject, dead_letter: DeadLetter, topic: str) -> ParsedPayload:
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(dead_letter.stored_at))
    sns: JsonObject = {
        "Type": "Notification",
        "MessageId": dead_letter.id,
        "TopicArn": topic or UNKNOWN_TOPIC,
        "Subject": None,
        "Message": text,
        "Timestamp": stamp,
        "MessageAttributes": {},
    }
    unknown = not topic and "decision" in value
    return ParsedPayload(
        format="raw message",
        payload=_event(sns),
        error=dead_letter.error,
        refusal="TOPIC_UNKNOWN" if unknown else "",
        reason="has a decision, which counts from the approvals topic only, and the message does not record its topic. Find the "
        "topic, then pass --topic ARN"
        if unknown
        else "",
    )


def _event(sns: JsonObject) -> JsonObject:
    """The Lambda event of one SNS message: docs.aws.amazon.com/lambda/latest/dg/with-sns.html."""
    return {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": "", "Sns": sns}]}


def _unreadable(reason: str) -> ParsedPayload:
    return ParsedPayload(format="unreadable", refusal="UNREADABLE", reason=reason)
