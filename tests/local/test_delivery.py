"""Delivery from SNS to the router: subscription filters, records, and the dead-letter queue."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.engine.engine import Engine
from local.simulation.simulator import Simulator
from local.simulation.targets.queues import messages

CONFIG = {"workflows": {"upstream": {"on_success": [{"type": "sqs_mwaa", "dag_id": "d"}]}}}
Event = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def simulator(engine: Engine) -> Simulator:
    return Simulator.deploy(engine, CONFIG)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"status": "FAILED"}, "FILTERED"),
        ({"status": ...}, "FILTERED"),
        ({"decision": "REJECTED", "status": "DONE"}, "FILTERED"),
        ({"decision": None, "job_run_id": "decision-null"}, "STARTED"),
        ({"decision": "APPROVED"}, "IGNORED"),
        ({"job_run_id": "passes"}, "STARTED"),
    ],
)
def test_subscription_filter(simulator: Simulator, event: Event, change: dict[str, Any], status: str) -> None:
    simulation = simulator.publish(json.dumps(event(**change)))
    assert simulation.status == status
    assert simulation.topic == ("job_approvals" if change.get("decision") == "APPROVED" else "job_events")


def test_filtered_event_does_not_reach_the_router(simulator: Simulator, event: Event) -> None:
    before = len(simulator.engine.runtime.invocations)
    simulator.publish(json.dumps(event(status="FAILED")))
    assert len(simulator.engine.runtime.invocations) == before


def test_record_has_message_id_and_attributes(simulator: Simulator, event: Event) -> None:
    engine, topic = simulator.engine, simulator.stack.topics["job_events"]
    attributes = {"tenant": {"DataType": "String", "StringValue": "dwh"}}
    message = json.dumps(event(job_run_id="with-attributes"))
    answer = engine.client("sns").publish(TopicArn=topic, Message=message, MessageAttributes=attributes)
    engine.runtime.drain()
    sns = engine.runtime.invocations[-1].event["Records"][0]["Sns"]
    assert (sns["MessageId"], sns["TopicArn"], sns["Message"]) == (answer["MessageId"], topic, message)
    assert sns["MessageAttributes"] == {"tenant": {"Type": "String", "Value": "dwh"}}


def test_message_with_a_text_for_each_protocol_is_delivered(simulator: Simulator, event: Event) -> None:
    """Airflow's SnsPublishOperator sends messages this way."""
    engine, topic = simulator.engine, simulator.stack.topics["job_events"]
    message = json.dumps(event(job_run_id="structured"))
    texts = json.dumps({"default": "a text", "lambda": message})
    engine.client("sns").publish(TopicArn=topic, Message=texts, MessageStructure="json")
    engine.runtime.drain()
    assert engine.runtime.invocations[-1].event["Records"][0]["Sns"]["Message"] == message


def test_delivery_to_deleted_function_goes_to_dlq(simulator: Simulator, event: Event) -> None:
    engine, stack = simulator.engine, simulator.stack
    engine.client("lambda").delete_function(FunctionName=stack.function)
    body = event(job_run_id="undeliverable")
    engine.client("sns").publish(TopicArn=stack.topics["job_events"], Message=json.dumps(body))
    (envelope,) = messages(engine, stack.delivery_dlq_url.rsplit("/", 1)[-1]).values()
    assert (envelope["Type"], envelope["TopicArn"]) == ("Notification", stack.topics["job_events"])
    assert json.loads(envelope["Message"]) == body
