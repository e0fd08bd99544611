"""Events within the envelopes of SNS, Lambda, SQS, EventBridge and Step Functions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analysis.plans.envelopes import Contained, contained_events
from orchestration.errors import EventError

EVENT = '{"job_name": "j", "job_run_id": "r", "version": 1.10}'
NOTIFICATION = {"Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:us-west-1:1:t", "Message": EVENT}
RECORD = {"EventSource": "aws:sns", "Sns": NOTIFICATION}
LAMBDA = {"Records": [RECORD]}
SQS_RECORD = {"eventSource": "aws:sqs", "body": json.dumps(NOTIFICATION)}
FAILED = {"version": "1.0", "requestContext": {"condition": "RetriesExhausted"}, "requestPayload": LAMBDA}
EVENTBRIDGE = {"version": "0", "id": "i", "detail-type": "t", "source": "s", "detail": json.loads(EVENT)}
SNS, RECORDS = "an SNS notification", "a Lambda event with records"


@pytest.mark.parametrize(
    ("document", "place", "envelopes"),
    [
        (NOTIFICATION, "Message", (SNS,)),
        (LAMBDA, "Records[0].Sns.Message", (RECORDS,)),
        ({"Records": [SQS_RECORD]}, "Records[0].body.Message", (RECORDS, SNS)),
        ({"Messages": [{"Body": EVENT}]}, "Messages[0].Body", ("an answer of SQS",)),
        (
            {"Messages": [{"Body": json.dumps(FAILED)}]},
            "Messages[0].Body.requestPayload.Records[0].Sns.Message",
            ("an answer of SQS", "a failed invocation of Lambda", RECORDS),
        ),
    ],
)
def test_published_text_is_kept_exactly(document: Any, place: str, envelopes: tuple[str, ...]) -> None:
    assert contained_events(json.dumps(document)) == [Contained(EVENT, place, envelopes)]


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (EVENTBRIDGE, "detail"),
        ({"event": json.loads(EVENT), "triggers": [], "routing": {}}, "event"),
        ({"requestPayload": json.loads(EVENT)}, "requestPayload"),
    ],
)
def test_object_in_an_envelope_is_printed_as_json(document: Any, place: str) -> None:
    (found,) = contained_events(json.dumps(document))
    assert (json.loads(found.text), found.place) == (json.loads(EVENT), place)


@pytest.mark.parametrize(
    "text",
    [
        EVENT,
        json.dumps(EVENTBRIDGE | {"job_name": "j"}),
        json.dumps(LAMBDA | {"job_name": "j"}),
        '{"Message": 7, "Type": "Notification"}',
        '{"detail": "text", "detail-type": "t"}',
        '{"event": {}, "routing": {}}',
        "[]",
        '{"Records": ',
        '"Records"',
    ],
)
def test_other_document_is_one_event_unchanged(text: str) -> None:
    assert contained_events(text) == [Contained(text)]


def test_each_record_is_an_event() -> None:
    found = contained_events(json.dumps({"Records": [RECORD, SQS_RECORD]}))
    assert [event.place for event in found] == ["Records[0].Sns.Message", "Records[1].body.Message"]


def test_message_that_is_not_json_is_left_for_the_reader() -> None:
    assert contained_events(json.dumps(NOTIFICATION | {"Message": "hello"})) == [Contained("hello", "Message", (SNS,))]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"Records": []}, "a Lambda event with records without events"),
        ({"Messages": []}, "an answer of SQS without events"),
        (
            {"Records": [RECORD, {"eventSource": "aws:s3", "s3": {}}]},
            r"Records\[1\]: found a record of 'aws:s3', expected",
        ),
        ({"Records": [7]}, r"Records\[0\]: found a record of 'nothing'"),
        ({"requestPayload": {"Records": []}}, "requestPayload: a Lambda event with records without events"),
    ],
)
def test_envelope_without_an_event_is_refused_with_its_place(document: Any, words: str) -> None:
    with pytest.raises(EventError, match=words):
        contained_events(json.dumps(document))


def test_invalid_value_in_an_object_is_refused() -> None:
    with pytest.raises(EventError, match="detail: found a key that appears twice, expected plain JSON"):
        contained_events('{"detail-type": "t", "detail": {"a": 1, "a": 2}}')


def test_endless_envelopes_are_opened_four_times() -> None:
    text = EVENT
    for _ in range(8):
        text = json.dumps({"Type": "Notification", "Message": text})
    (found,) = contained_events(text)
    assert found.place == "Message.Message.Message.Message"
