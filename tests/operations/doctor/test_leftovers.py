"""The doctor counts the messages of the delivery DLQ and the objects of the failure bucket."""

from __future__ import annotations

from dataclasses import replace

from local.engine.engine import Engine
from local.simulation.simulator import Simulator
from operations.doctor import ExaminedStack, leftovers
from tests.operations.doctor.conftest import ROUTER, Examined

QUEUE = f"{ROUTER}-delivery-dlq"


def found(stack: ExaminedStack) -> dict[str, tuple[str, str]]:
    return {finding.subject: (finding.status, finding.message) for finding in leftovers.check(stack)}


def test_empty_stores_are_well(simulator: Simulator, examined: Examined) -> None:
    empty = ("ok", "is empty")
    assert found(examined()) == {f"queue {QUEUE}": empty, f"bucket {simulator.stack.failure_bucket}": empty}


def test_visible_and_received_messages_are_counted(simulator: Simulator, examined: Examined) -> None:
    sqs, url = simulator.engine.client("sqs"), simulator.stack.delivery_dlq_url
    for body in ("1", "2"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    try:
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1, VisibilityTimeout=600)
        assert found(examined())[f"queue {QUEUE}"] == ("problem", "has 2 events that SNS could not deliver")
    finally:
        sqs.purge_queue(QueueUrl=url)


def test_missing_queue_is_a_problem(examined: Examined) -> None:
    stack = examined()
    stack.router = replace(stack.router, name="other")
    message = "does not exist, so an event that SNS cannot deliver is lost"
    assert found(stack) == {"queue other-delivery-dlq": ("problem", message)}


def test_failures_of_other_functions_are_not_counted(engine: Engine, simulator: Simulator, examined: Examined) -> None:
    """Functions may share the bucket, and redrive-dlq reads only the router's failures."""
    bucket, s3, stack = simulator.stack.failure_bucket, engine.client("s3"), examined()
    s3.put_object(Bucket=bucket, Key="aws/lambda/async/other/1", Body=b"{}")
    assert found(stack)[f"bucket {bucket}"] == ("ok", "is empty")
    s3.put_object(Bucket=bucket, Key=f"aws/lambda/async/{ROUTER}/1", Body=b"{}")
    try:
        message = "has 1 events on which the router failed three times"
        assert found(stack)[f"bucket {bucket}"] == ("problem", message)
    finally:
        s3.delete_object(Bucket=bucket, Key=f"aws/lambda/async/{ROUTER}/1")
