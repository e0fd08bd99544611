"""The patches of ``local/engine/patches/sqs.py`` work, and moto still needs them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from moto.sqs.models import Message

from local.engine.engine import Engine
from local.engine.patches.replace import replaced
from local.simulation.targets.queues import messages
from tests.local.engine.patches.probing import (
    Probe,
    check_with_the_patch,
    check_without_the_patch,
)


def parallel_deletions(engine: Engine) -> bool:
    """Two requests delete one message each, and a third message arrives before the second deletion ends.

    A pause after moto's look at each message lets the requests overlap.
    """
    client = engine.client("sqs")
    url = client.create_queue(QueueName="q")["QueueUrl"]
    for body in ('"a"', '"b"'):
        client.send_message(QueueUrl=url, MessageBody=body)
    received = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    look = Message.had_receipt_handle

    def look_and_pause(message: Message, receipt_handle: str) -> bool:
        found = look(message, receipt_handle)
        time.sleep(0.3)  # A busy machine may start the other thread late.
        return found

    def delete(message: dict[str, Any]) -> None:
        client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    with replaced(Message, "had_receipt_handle", look_and_pause), ThreadPoolExecutor(2) as pool:
        first, second = (pool.submit(delete, message) for message in received)
        first.result()
        client.send_message(QueueUrl=url, MessageBody='"c"')
        second.result()
    return list(messages(engine, "q").values()) == ["c"]


PROBES = (parallel_deletions,)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_passes_with_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_with_the_patch(empty_engine, probe)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_fails_without_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_without_the_patch(empty_engine, probe)
