"""Messages of a queue are read without receiving them."""

from __future__ import annotations

from local.engine.engine import Engine
from local.simulation.simulator import Simulator
from local.simulation.targets.queues import default_queue, messages


def test_read_messages_stay_visible(engine: Engine) -> None:
    sqs = engine.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    message_id = sqs.send_message(QueueUrl=url, MessageBody='{"a": 1}')["MessageId"]
    for _ in range(2):
        assert messages(engine, "q") == {message_id: {"a": 1}}
    (received,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert received["MessageId"] == message_id


def test_missing_queue_has_no_messages(engine: Engine) -> None:
    assert messages(engine, "nowhere") == {}


def test_default_queue_is_the_routers(engine: Engine, stack: Simulator) -> None:
    assert stack.stack.queue_url.endswith(f"/{default_queue(engine)}")
