"""The doctor compares the router's subscription to each topic with the filter that Terraform gives it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from moto.sns.models import sns_backends

from local.engine.engine import Engine
from local.simulation.simulator import Simulator
from operations.doctor import ExaminedStack, subscriptions
from operations.stack.topics import APPROVALS, EVENTS, FILTERS
from tests.operations.doctor.conftest import Examined

WELL = "the router is subscribed, with filter and DLQ"


def found(stack: ExaminedStack, topic: str) -> list[tuple[str, str]]:
    return [(one.status, one.message) for one in subscriptions.check(stack) if one.subject.endswith(topic)]


@contextmanager
def attribute(engine: Engine, topic: str, name: str, value: str) -> Iterator[None]:
    """Another attribute of the router's subscription."""
    sns = engine.client("sns")
    (subscription,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    place = {"SubscriptionArn": subscription["SubscriptionArn"]}
    before = sns.get_subscription_attributes(**place)["Attributes"][name]
    sns.set_subscription_attributes(**place, AttributeName=name, AttributeValue=value)
    try:
        yield
    finally:
        sns.set_subscription_attributes(**place, AttributeName=name, AttributeValue=before)


def test_subscriptions_of_the_stack_are_well(examined: Examined) -> None:
    assert found(examined(), EVENTS) == found(examined(), APPROVALS) == [("ok", WELL)]


def test_other_filter_is_a_problem(simulator: Simulator, examined: Examined) -> None:
    other = json.dumps({"status": ["SUCCESS", "FAILED"]})
    with attribute(simulator.engine, simulator.stack.topics[EVENTS], "FilterPolicy", other):
        ((status, message),) = found(examined(), EVENTS)
        assert found(examined(), APPROVALS) == [("ok", WELL)]
    assert status == "problem"
    assert message == f"the router's subscription: its filter is {other}, expected {json.dumps(FILTERS[EVENTS])}"


def test_missing_dead_letter_queue_is_a_problem(simulator: Simulator, examined: Examined) -> None:
    with attribute(simulator.engine, simulator.stack.topics[APPROVALS], "RedrivePolicy", "{}"):
        ((status, message),) = found(examined(), APPROVALS)
    assert (status, "it has no dead-letter queue" in message) == ("problem", True)


def test_endpoint_must_be_the_alias(simulator: Simulator, examined: Examined) -> None:
    sns, topic = simulator.engine.client("sns"), simulator.stack.topics[EVENTS]
    endpoint = simulator.stack.router.removesuffix(":live")
    arn = sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=endpoint)["SubscriptionArn"]
    try:
        messages = [message for status, message in found(examined(), EVENTS) if status == "problem"]
    finally:
        sns.unsubscribe(SubscriptionArn=arn)
    assert messages[0] == f"the router's subscription: its endpoint is {endpoint}, expected the alias live"
    assert len(messages) == 3  # neither has it a filter, nor a dead-letter queue


@pytest.mark.parametrize(("protocol", "endpoint"), [("sqs", "queue"), ("lambda", "other-function")])
def test_subscriptions_of_others_are_not_examined(
    simulator: Simulator, examined: Examined, protocol: str, endpoint: str
) -> None:
    sns, topic = simulator.engine.client("sns"), simulator.stack.topics[EVENTS]
    others = {
        "queue": "arn:aws:sqs:us-west-1:123456789012:function:local-downstream-orchestrator",
        "other-function": "arn:aws:lambda:us-west-1:123456789012:function:other",
    }
    arn = sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=others[endpoint])["SubscriptionArn"]
    try:
        assert found(examined(), EVENTS) == [("ok", WELL)]
    finally:
        sns.unsubscribe(SubscriptionArn=arn)


def test_unconfirmed_subscription_is_a_problem(examined: Examined) -> None:
    stack = examined()

    def unconfirmed(parsed: dict[str, list[dict[str, str]]], **_: object) -> None:
        for subscription in parsed["Subscriptions"]:
            subscription["SubscriptionArn"] = "PendingConfirmation"

    stack.client("sns").meta.events.register("after-call.sns.ListSubscriptionsByTopic", unconfirmed)
    assert found(stack, EVENTS) == [("problem", "the subscription is not confirmed: PendingConfirmation")]


def test_missing_topic_is_a_problem(examined: Examined) -> None:
    topic = "arn:aws:sns:us-west-1:123456789012:nowhere"
    assert found(examined(events_topic_arn=topic), "nowhere") == [("problem", "the topic does not exist")]


def test_subscription_to_another_accounts_topic_is_found(simulator: Simulator, examined: Examined) -> None:
    """SNS lets only the owner of a topic list its subscriptions; a subscriber lists its own."""
    engine = simulator.engine
    topic = sns_backends["210987654321"][engine.region].create_topic("theirs").arn
    stack = examined(events_topic_arn=topic)
    message = "the router is not subscribed to the topic, so its events start nothing"
    assert found(stack, "theirs") == [("problem", message)]
    attributes = {
        "FilterPolicy": json.dumps(FILTERS[EVENTS]),
        "FilterPolicyScope": "MessageBody",
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": "arn:aws:sqs:us-west-1:123456789012:dlq"}),
    }
    router = simulator.stack.router
    engine.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=router, Attributes=attributes)
    assert found(stack, "theirs") == [("ok", WELL)]
