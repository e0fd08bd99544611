"""What a parked body is, told by its content, and what the router is invoked with for it.

A body is one of four things:

* the *invocation record* that Lambda writes to a failure destination: its ``requestPayload`` goes to the router as it
  was, for whoever could invoke the router then decided what it says;
* a *Lambda event*, ``{"Records": [...]}``: sent as it is;
* SNS's JSON *envelope*: its own TopicArn is used as it is, for the queue's policy lets only SNS write there;
* a *raw message*, the text that was published and nothing else. It is wrapped into an SNS record and never sent as a
  direct invocation, in which a ``decision`` and ``$replay`` count: whoever may publish job events could approve.

**A publisher writes the whole of a raw message, and must not be able to forge one of the other three.** Both of the
router's subscriptions filter on a top-level ``status`` or ``decision`` of the body, so every message that SNS tried to
deliver has one of these, and what Lambda and SNS write never has. A body with such a field is therefore a raw message,
whatever else it looks like.

Sources: docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html,
docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html and
docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, Literal

Format = Literal["invocation record", "Lambda event", "SNS envelope", "raw message", "unreadable"]
Refusal = Literal["", "UNREADABLE", "TOPIC_UNKNOWN"]

UNKNOWN_TOPIC = "unknown: the message was held without its topic"
"""TopicArn of a raw message without ``--topic``: not empty, or the record would be none of SNS's, and no topic's ARN."""

_PUBLISHED = frozenset({"status", "decision", "job_name"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One thing that a store holds.

    Attributes:
        store: name of the queue, or ``s3://`` and the bucket.
        id: of the message, or the object's key.
        since: when it was put there, in seconds since 1970.
        body: as it is held; bytes from S3.
        error: why it was not delivered, where the message's attributes say so.
        handle: what its store deletes it by.
    """

    store: str
    id: str
    since: float
    body: str | bytes
    handle: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPayload:
    """What a parked body holds.

    Attributes:
        payload: what the router is invoked with; None where the body cannot be read.
        error: why it is held, as the body or the message's attributes tell, or empty.
        refusal: why it must not be sent, or empty.
        reason: the same in words, with what to do.
    """

    format: Format
    payload: Any = None
    error: str = ""
    refusal: Refusal = ""
    reason: str = ""


def parse_payload(dead_letter: DeadLetter, function: str, topic: str = "") -> ParsedPayload:
    """Tell what the body is.

    Args:
        dead_letter: what a store holds.
        function: the router's name; a record of another function's failure is not sent to it.
        topic: ARN of the topic that raw messages were published to, where a person knows it.
    """
    try:
        text = dead_letter.body if isinstance(dead_letter.body, str) else dead_letter.body.decode()
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return _unreadable(f"found no JSON: {error or type(error).__name__}")
    if not isinstance(value, dict):
        return _unreadable(f"found {type(value).__name__} as JSON, expected an object")
    if not value.keys() & _PUBLISHED:
        if isinstance(value.get("requestContext"), dict) and ("requestPayload" in value or "responseContext" in value):
            return _invocation_record(value, function)
        if isinstance(value.get("Records"), list):
            return ParsedPayload(format="Lambda event", payload=value, error=dead_letter.error)
        if _is_envelope(value):
            return ParsedPayload(format="SNS envelope", payload=_event(value), error=dead_letter.error)
    return _raw_message(text, value, dead_letter, topic)


def _invocation_record(record: dict[str, Any], function: str) -> ParsedPayload:
    arn = str(record["requestContext"].get("functionArn", "")).split(":")
    if len(arn) > 6 and arn[6] != function:
        return _unreadable(f"it is a failed invocation of function {arn[6]}, not of {function}")
    if record.get("requestPayload") is None:
        return _unreadable("the invocation record holds no requestPayload: it did not fit its destination")
    response, condition = record.get("responsePayload"), record["requestContext"].get("condition", "")
    error = f"{response.get('errorType')}: {response.get('errorMessage')}" if isinstance(response, dict) else condition
    return ParsedPayload(format="invocation record", payload=record["requestPayload"], error=str(error))


def _is_envelope(value: dict[str, Any]) -> bool:
    texts = all(isinstance(value.get(name), str) and value[name] for name in ("TopicArn", "MessageId"))
    return texts and value.get("Type") == "Notification" and isinstance(value.get("Message"), str)


def _raw_message(text: str, value: dict[str, Any], dead_letter: DeadLetter, topic: str) -> ParsedPayload:
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(dead_letter.since))
    sns: dict[str, Any] = {
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
        reason="it has a decision, which counts from the approvals topic only, and the message does not say where it was "
        "published: find that out, then --topic ARN"
        if unknown
        else "",
    )


def _event(sns: dict[str, Any]) -> dict[str, Any]:
    """The Lambda event of one SNS message: docs.aws.amazon.com/lambda/latest/dg/with-sns.html."""
    return {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": "", "Sns": sns}]}


def _unreadable(reason: str) -> ParsedPayload:
    return ParsedPayload(format="unreadable", refusal="UNREADABLE", reason=reason)
