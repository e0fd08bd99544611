"""The target of an sqs_mwaa trigger is its queue, or the router's default queue."""

from __future__ import annotations

import pytest

from local.engine.engine import Engine
from local.simulation.simulator import Simulator
from local.simulation.targets import sqs_mwaa
from orchestration.triggers.sqs_mwaa import SqsMwaa

URL = "https://sqs.us-west-1.amazonaws.com/123456789012/named"


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize(("queue_url", "name"), [(URL, "named"), ("", "local-mwaa-triggers")])
def test_message_is_read_back_from_the_queue(engine: Engine, queue_url: str, name: str) -> None:
    trigger = SqsMwaa(dag_id="d", queue_url=queue_url)
    sqs_mwaa.create(engine, trigger)
    url = engine.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
    sent = engine.client("sqs").send_message(QueueUrl=url, MessageBody='{"dag_id": "d"}')["MessageId"]
    assert sqs_mwaa.received(engine, trigger, sent) == {"dag_id": "d"}
    assert sqs_mwaa.received(engine, trigger, "other") is None
    assert sqs_mwaa.address(trigger) == ("named" if queue_url else "")


def test_removed_queue_is_missing_and_may_be_removed_again(engine: Engine, stack: Simulator) -> None:
    trigger = SqsMwaa(dag_id="d", queue_url=URL.replace("named", "gone"))
    sqs_mwaa.create(stack.engine, trigger)
    for _ in range(2):
        sqs_mwaa.remove(engine, trigger)
    sqs = engine.client("sqs")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="gone")
