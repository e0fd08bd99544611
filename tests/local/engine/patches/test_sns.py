"""The patches of ``local/engine/patches/sns.py`` work, and moto still needs them."""

from __future__ import annotations

import json

import pytest
from botocore.parsers import ResponseParserError

from local.engine.engine import Engine
from tests.local.engine.patches.probing import (
    Probe,
    check_with_the_patch,
    check_without_the_patch,
    function,
)


def sns_to_lambda(engine: Engine) -> bool:
    sns = engine.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function(engine))
    message_id = sns.publish(TopicArn=topic, Message="hello")["MessageId"]
    engine.runtime.drain()
    return any(message_id in json.dumps(invocation.event) for invocation in engine.runtime.invocations)


def sns_body_filter(engine: Engine) -> bool:
    try:
        return [body for body in BODIES if delivered(engine, body)] == MATCHING
    except AssertionError:  # the local endpoint answered with an HTML page
        return False


MATCHING = [
    '{"status": "SUCCESS"}',
    '{"status": ["FAILED", "SUCCESS"]}',
    ' {"status": "SUCCESS", "x": [[[{}]]]}\n',
]
BODIES = [
    *MATCHING,
    "[1]",
    '["status"]',
    "[null]",
    "[]",
    "1",
    "null",
    '"status"',
    '"Regular string message"',
    "Regular string message",
    '[{"status": "SUCCESS"}]',
    '{"status": "SUCCESS", "x": NaN}',
    '{"status": "SUCCESS", "x": -Infinity}',
    '{"status": "[\\"SUCCESS\\"]"}',
    '{"status": "\\"SUCCESS\\""}',
    '{"status": {"SUCCESS": 1}}',
    '{"status": "FAILED"}',
    '{"x": {"status": "SUCCESS"}}',
    f'{{"status": {"[" * 5_000}{"]" * 5_000}}}',
    "{}",
]
"""Bodies of messages. The filter is ``{"status": ["SUCCESS"]}``, that of the deployed stack."""


def delivered(engine: Engine, body: str, policy: str = '{"status": ["SUCCESS"]}') -> bool:
    """True if a subscribed queue receives the message, which goes through the local HTTP endpoint."""
    sns, sqs = engine.client("sns"), engine.client("sqs")
    topic = sns.create_topic(Name="filtered")["TopicArn"]
    queue = sqs.create_queue(QueueName="filtered")["QueueUrl"]
    attributes = {"FilterPolicy": policy, "FilterPolicyScope": "MessageBody", "RawMessageDelivery": "true"}
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
    try:
        sns.publish(TopicArn=topic, Message=body)
    except ResponseParserError as error:
        raise AssertionError(body) from error
    messages = sqs.receive_message(QueueUrl=queue).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return bool(messages)


PROBES = (sns_to_lambda, sns_body_filter)


@pytest.mark.parametrize("body", BODIES)
def test_body_filter_answers_as_aws(patched_engine: Engine, body: str) -> None:
    assert delivered(patched_engine, body) == (body in MATCHING)


@pytest.mark.parametrize("body", BODIES)
def test_publishing_any_body_is_no_error(patched_engine: Engine, body: str) -> None:
    topic = patched_engine.client("sns").create_topic(Name="filtered")["TopicArn"]
    attributes = {"FilterPolicy": '{"status": ["SUCCESS"]}', "FilterPolicyScope": "MessageBody"}
    endpoint = function(patched_engine)
    patched_engine.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=endpoint, Attributes=attributes)
    try:
        answer = patched_engine.client("sns").publish(TopicArn=topic, Message=body)
    except ResponseParserError as error:
        raise AssertionError(body) from error
    patched_engine.runtime.drain()
    invocations = [json.dumps(invocation.event) for invocation in patched_engine.runtime.invocations]
    assert any(answer["MessageId"] in event for event in invocations) == (body in MATCHING)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"object": {"key": "auto-test"}}, True),
        ({"object": {"key": "hardcodedvalue"}}, True),
        ({"object": {"key": "test-auto"}}, False),
        ({"object": {"key": "auto-test"}, "test": "just-exists"}, False),
        ({"object": {"key": "auto-test", "nested_key": "just-exists"}}, False),
        ({"object": {"test": "auto-test"}}, False),
        ({"test": "auto-test"}, False),
    ],
)
def test_recorded_answers_of_the_body_filter(patched_engine: Engine, body: object, expected: bool) -> None:
    """The messages of LocalStack's test_filter_policy_on_message_body, which ran on AWS."""
    nested = {"key": [{"prefix": "auto-"}, "hardcodedvalue"], "nested_key": [{"exists": False}]}
    policy = json.dumps({"object": nested, "test": [{"exists": False}]})
    assert delivered(patched_engine, json.dumps(body), policy) is expected


@pytest.mark.parametrize("probe", PROBES)
def test_probe_passes_with_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_with_the_patch(empty_engine, probe)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_fails_without_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_without_the_patch(empty_engine, probe)
