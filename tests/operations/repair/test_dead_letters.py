"""The formats of a dead letter, the payload that the router would receive, and which approvals count."""

from __future__ import annotations

import json
from typing import Any

import pytest

from operations.repair.dead_letters import UNKNOWN_TOPIC, DeadLetter, ParsedPayload, parse_payload
from orchestration.errors import EventError
from orchestration.event.job_event import deliveries, read_event

ROUTER = "p-downstream-orchestrator"
EVENTS = "arn:aws:sns:us-west-1:123456789012:job_events"
APPROVALS = "arn:aws:sns:us-west-1:123456789012:job_approvals"
GOOD = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS"}
APPROVED = {"job_name": "j", "job_run_id": "r", "decision": "APPROVED"}


def parsed(body: Any, topic: str = "", error: str = "") -> ParsedPayload:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return parse_payload(
        DeadLetter(store="s", id="m-1", stored_at=0.0, body=text, handle="h", error=error), ROUTER, topic
    )


def envelope(message: Any, topic: str = EVENTS) -> dict[str, Any]:
    return {"Type": "Notification", "MessageId": "sns-1", "TopicArn": topic, "Message": json.dumps(message)}


def lambda_event(message: Any, topic: str = EVENTS) -> dict[str, Any]:
    return {"Records": [{"EventSource": "aws:sns", "Sns": envelope(message, topic)}]}


def record(payload: Any, function: str = ROUTER, **changed: Any) -> dict[str, Any]:
    return {
        "version": "1.0",
        "timestamp": "2026-11-23T00:00:00.000Z",
        "requestContext": {
            "functionArn": f"arn:aws:lambda:us-west-1:123456789012:function:{function}:live",
            "condition": "RetriesExhausted",
        },
        "requestPayload": payload,
        "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
        "responsePayload": {"errorMessage": "no configuration", "errorType": "RoutingError"},
    } | changed


def event_kinds(found: ParsedPayload) -> list[str | None]:
    return [read_event(one, APPROVALS).event_kind for one in deliveries(found.payload, "")]


@pytest.mark.parametrize(
    ("body", "format_", "topic"),
    [
        (GOOD, "raw message", UNKNOWN_TOPIC),
        (envelope(GOOD), "SNS envelope", EVENTS),
        (lambda_event(GOOD), "Lambda event", EVENTS),
        (record(lambda_event(GOOD)), "invocation record", EVENTS),
        (json.dumps(record(lambda_event(GOOD))).encode(), "invocation record", EVENTS),
    ],
    ids=["raw", "envelope", "event", "record", "bytes"],
)
def test_every_format_keeps_its_topic_and_body(body: Any, format_: str, topic: str) -> None:
    found = parsed(body)
    assert (found.format, found.refusal) == (format_, "")
    (delivery,) = deliveries(found.payload, "")
    assert (delivery.topic_arn, json.loads(str(delivery.body))) == (topic, GOOD)


def test_raw_message_keeps_its_text_and_message_id() -> None:
    text = '{"job_run_id":"r",  "job_name": "j", "status": "SUCCESS", "x": 1.0e2}'
    (one,) = parsed(text, EVENTS).payload["Records"]
    assert (one["Sns"]["Message"], one["Sns"]["MessageId"], one["Sns"]["TopicArn"]) == (text, "m-1", EVENTS)


def test_request_payload_is_sent_unchanged() -> None:
    payload = APPROVED | {"$replay": {"of": "e"}}
    assert parsed(record(payload)).payload == payload


@pytest.mark.parametrize("decision", ["APPROVED", "REJECTED", None])
def test_raw_decision_needs_its_topic(decision: Any) -> None:
    body = APPROVED | {"decision": decision}
    assert (parsed(body).refusal, "--topic ARN" in parsed(body).reason) == ("TOPIC_UNKNOWN", True)
    assert parsed(body, APPROVALS).refusal == ""
    assert event_kinds(parsed(APPROVED, APPROVALS)) == ["on_approval"]
    assert event_kinds(parsed(APPROVED, EVENTS)) == [None]


def test_escaped_key_does_not_hide_a_decision() -> None:
    body = '{"job_name": "j", "job_run_id": "r", "status": "SUCCESS", "\\u0064ecision": "APPROVED"}'
    assert parsed(body).refusal == "TOPIC_UNKNOWN"


@pytest.mark.parametrize("passes", [{"status": "SUCCESS"}, {"decision": "APPROVED"}])
@pytest.mark.parametrize(
    "forged",
    [envelope(APPROVED, APPROVALS), lambda_event(APPROVED, APPROVALS), record(APPROVED), GOOD | record(APPROVED)],
    ids=["envelope", "event", "record", "record-and-event"],
)
def test_publisher_cannot_forge_another_format(forged: dict[str, Any], passes: dict[str, Any]) -> None:
    """The subscription filters pass only bodies with a status or a decision, and such a body is a raw message."""
    found = parsed(forged | passes)
    assert found.format == "raw message"
    assert found.refusal == ("TOPIC_UNKNOWN" if "decision" in passes else "")
    (delivery,) = deliveries(found.payload, "")
    assert delivery.topic_arn == UNKNOWN_TOPIC
    try:
        assert read_event(delivery, APPROVALS).event_kind != "on_approval"
    except EventError as error:
        assert "job_name" in str(error)  # noqa: PT017 - either is a refusal


def test_raw_message_with_a_replay_is_refused() -> None:
    found = parsed(GOOD | {"$replay": {"of": "e"}})
    with pytest.raises(EventError, match="must be a direct invocation"):
        event_kinds(found)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "is not JSON"),
        ("", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('{"x": ' + "9" * 5000 + "}", "is not JSON"),
        ("[]", "found list as JSON, expected an object"),
        ("7", "found int as JSON"),
        (record(None), "the payload did not fit into the destination"),
        ({"requestContext": {}, "responseContext": {}}, "the payload did not fit into the destination"),
        (record(GOOD, function="p-mwaa-dag"), "a failed invocation of function p-mwaa-dag, not of p-downstream"),
    ],
)
def test_unreadable_body_has_a_reason(body: Any, words: str) -> None:
    found = parsed(body)
    assert (found.format, found.refusal, found.payload) == ("unreadable", "UNREADABLE", None)
    assert words in found.reason


@pytest.mark.parametrize(
    "body", [envelope(GOOD) | {"TopicArn": ""}, envelope(GOOD) | {"Message": GOOD}, {"Type": "Notification"}, {}]
)
def test_incomplete_envelope_is_a_raw_message(body: dict[str, Any]) -> None:
    assert parsed(body).format == "raw message"


def test_error_comes_from_the_record_or_the_message() -> None:
    assert parsed(record(GOOD)).error == "RoutingError: no configuration"
    assert parsed(record(GOOD, responsePayload=None)).error == "RetriesExhausted"
    assert parsed(GOOD, error="throttled").error == "throttled"
