from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.errors import EventError
from orchestration.event.job_event import Delivery, deliveries, read_event
from orchestration.event.replay_request import Replay
from tests.pasting import HOSTILE, pasted

TOPIC = "arn:aws:sns:us-west-1:123456789012:job_events"
APPROVALS = "arn:aws:sns:us-west-1:123456789012:job_approvals"
GOOD = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS"}


def sns(body: Any, topic: str = TOPIC) -> Delivery:
    return Delivery(source="SNS message 1", body=body if isinstance(body, str) else json.dumps(body), topic_arn=topic)


def direct(body: Any) -> Delivery:
    return Delivery(source="direct invocation", body=body)


@pytest.mark.parametrize(
    ("fields", "event_kind"),
    [
        ({"status": "SUCCESS"}, "on_success"),
        ({"decision": "APPROVED"}, "on_approval"),
        ({"status": "SUCCESS", "decision": "APPROVED"}, "on_approval"),
        ({"status": "SUCCESS", "decision": "REJECTED"}, "on_success"),
        ({"status": "FAILED"}, None),
        ({"status": "success"}, None),
        ({"status": ["SUCCESS"]}, None),
        ({}, None),
    ],
)
def test_event_kind(fields: dict[str, Any], event_kind: str | None) -> None:
    assert read_event(direct({"job_name": "j", "job_run_id": "r", **fields})).event_kind == event_kind


def test_decision_from_the_events_topic_is_ignored() -> None:
    both = {**GOOD, "decision": "APPROVED"}
    event = read_event(sns(both), APPROVALS)
    assert event.event_kind == "on_success"
    assert "decision APPROVED was ignored" in event.warnings[0]
    assert read_event(sns(both, APPROVALS), APPROVALS).event_kind == "on_approval"
    assert read_event(sns(both), "").event_kind == "on_approval"
    assert read_event(direct(both), APPROVALS).event_kind == "on_approval"


def test_unknown_fields_stay_and_reserved_ones_go() -> None:
    event = read_event(
        direct(
            {**GOOD, "x": {"y": 1}, "$wait_seconds": 5, "$replay": {"of": "e", "only": ["a", "b", "a"], "again": True}}
        )
    )
    assert event.fields == {**GOOD, "x": {"y": 1}}
    assert event.wait_seconds == 5
    assert event.replay == Replay(of="e", only=(("a", "a"), ("b", "b")), again=True)


@pytest.mark.parametrize("value", [None, {}, {"a": 1}])
def test_artifacts_and_metrics_are_objects_or_absent(value: Any) -> None:
    event = read_event(direct({**GOOD, "artifacts": value, "metrics": value}))
    assert event.artifacts == event.metrics == (value or {})
    assert read_event(direct(GOOD)).artifacts == {}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "it is not JSON"),
        ("[]", "found a list, expected a JSON object"),
        ('"x"', "found a string"),
        ("null", "found null"),
        ("{}", "'job_name': found nothing, expected a non-empty string"),
        ('{"job_name": "j"}', "'job_run_id': found nothing"),
        ('{"job_name": 7, "job_run_id": "r"}', "'job_name': found 7"),
        ('{"job_name": " ", "job_run_id": "r"}', "'job_name': found ' '"),
        ('{"job_name": "j", "job_run_id": "r", "x": NaN}', "found NaN, which is not JSON, expected plain JSON"),
        ('{"job_name": "j", "job_run_id": "r", "x": -Infinity}', "found -Infinity"),
        ('{"job_name": "j", "job_run_id": "r", "x": 1e999}', "found a number that is too large for a double, expected"),
        ('{"job_name": "j", "job_run_id": "r", "x": "\\ud800"}', "unpaired surrogate"),
        ('{"job_name": "j", "job_run_id": "r", "x": 1, "x": 2}', "found a key that appears twice"),
        ('{"job_name": "j", "job_run_id": "r", "x": ' + "[" * 600 + "]" * 600 + "}", "nested deeper than 100 levels"),
        ('{"job_name": "j", "job_run_id": "r", "x": ' + "9" * 5000 + "}", "found an integer with 5,000 digits"),
        ('{"job_name": "j", "job_run_id": "r", "artifacts": []}', "'artifacts': found a list, expected an object"),
        ('{"job_name": "j", "job_run_id": "r", "metrics": "x"}', "'metrics': found a string, expected an object"),
        ('{"job_name": "j", "job_run_id": "r", "$replay": {"of": "e"}}', "must be a direct invocation"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_malformed_messages(body: str, words: str) -> None:
    with pytest.raises(EventError) as caught:
        read_event(sns(body))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"x": float("nan")}, "found NaN"),
        ({"$replay": "e"}, "'$replay': found 'e'"),
        ({"$replay": {}}, "'$replay.of': found None"),
        ({"$replay": {"of": "e", "all": True}}, "expected {"),
        ({"$replay": {"of": "e", "only": []}}, "'$replay.only': found []"),
        ({"$replay": {"of": "e", "only": [1]}}, "'$replay.only': found [1], expected trigger ids"),
        ({"$replay": {"of": "e", "only": {"a": 1}}}, "expected trigger ids"),
        ({"$replay": {"of": "e", "again": 1, "only": ["a"]}}, "'$replay.again': found 1, expected true or false"),
        ({"$replay": {"of": "e", "again": True}}, "'$replay.again': found true without 'only'"),
        ({"job_name": "j" * 257}, "'job_name': found 257 characters ('jjjj"),
        ({"job_run_id": "r" * 40_000}, "'job_run_id': found 40,000 characters"),
        ({"$wait_seconds": 61}, "expected a number from 0 to 60"),
        ({"$wait_seconds": "5"}, "expected a number from 0 to 60"),
        ({"$wait_seconds": True}, "expected a number from 0 to 60"),
    ],
)
def test_malformed_direct_payloads(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(EventError) as caught:
        read_event(direct({**GOOD, **fields}))
    assert words in str(caught.value)


def test_wait_through_sns_is_ignored_with_a_warning() -> None:
    event = read_event(sns({**GOOD, "$wait_seconds": 5}))
    assert event.wait_seconds == 0
    assert "$wait_seconds" in event.warnings[0]


def test_deliveries_of_an_sns_invocation() -> None:
    def record(message: str) -> dict[str, Any]:
        return {"Sns": {"Message": message, "MessageId": "m", "TopicArn": TOPIC}}

    one, two, alien = deliveries({"Records": [record("a"), record("b"), {"s3": {}}]}, "req")
    assert (one.body, one.delivery_id, one.from_sns) == ("a", "req#0", True)
    assert (two.body, two.delivery_id) == ("b", "req#1")
    assert next(iter(deliveries({"Records": [record("a")]}, "req"))).delivery_id == "req"
    with pytest.raises(EventError, match=r"^not an SNS record"):
        read_event(alien)


@pytest.mark.slow
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_any_payload_is_read_or_refused(payload: Any) -> None:
    for delivery in deliveries(payload, "req"):
        try:
            event = read_event(delivery)
        except EventError:
            continue
        assert event.job_name.strip()


def test_hops_of_other_types_are_ignored() -> None:
    for value in (None, "21", 21.5, True, -3, [21]):
        assert read_event(sns({**GOOD, "hops": value})).hops == 0


def test_more_than_20_hops_are_refused() -> None:
    assert read_event(sns({**GOOD, "hops": 20})).hops == 20
    with pytest.raises(EventError, match=r"event field 'hops': found 21, expected at most 20"):
        read_event(sns({**GOOD, "hops": 21}))


@pytest.mark.parametrize("job", HOSTILE)
def test_refused_chain_has_a_command_to_paste(job: str, tmp_path: Path) -> None:
    with pytest.raises(EventError) as caught:
        read_event(sns({**GOOD, "job_name": job, "hops": 21}))
    (call,) = pasted(str(caught.value).partition(" in it: ")[2], tmp_path)
    assert call == (["graph", f"--job={job}"] if job.startswith("-") else ["graph", "--job", job])


@pytest.mark.parametrize("payload", [None, "Records", [1], 7, GOOD, {**GOOD, "Records": []}])
def test_direct_payload_is_one_delivery(payload: Any) -> None:
    (delivery,) = deliveries(payload, "req")
    assert (delivery.source, delivery.body, delivery.delivery_id) == ("direct invocation", payload, "req")
    assert not delivery.from_sns


def test_source_of_a_message_is_its_id() -> None:
    sns_fields: dict[str, Any] = {"Message": "a", "MessageId": "m-1", "TopicArn": TOPIC}
    assert [one.source for one in deliveries({"Records": [{"Sns": sns_fields}]}, "req")] == ["SNS message m-1"]
    del sns_fields["MessageId"]
    assert [one.source for one in deliveries({"Records": [{"Sns": sns_fields}]}, "req")] == ["SNS message (no id)"]
