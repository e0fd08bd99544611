"""The queue that event_dispatcher polls."""

from __future__ import annotations

import contextlib
from typing import Any

from local.engine import Engine
from local.targets.queues import default_queue, messages
from orchestration.triggers.sqs_mwaa import SqsMwaa


def create(engine: Engine, trigger: SqsMwaa) -> None:
    """Make the queue; the engine finds it by the last part of any URL."""
    engine.client("sqs").create_queue(QueueName=_queue(engine, trigger))


def received(engine: Engine, trigger: SqsMwaa, run_id: str) -> Any:
    """The message, as event_dispatcher reads it."""
    return messages(engine, _queue(engine, trigger)).get(run_id)


def _queue(engine: Engine, trigger: SqsMwaa) -> str:
    return trigger.queue_url.rsplit("/", 1)[-1] or default_queue(engine)


def address(trigger: SqsMwaa) -> str:
    """The queue's name; empty for the router's own."""
    return trigger.queue_url.rsplit("/", 1)[-1]


def remove(engine: Engine, trigger: SqsMwaa) -> None:
    """Delete the queue, if it is there."""
    sqs = engine.client("sqs")
    with contextlib.suppress(sqs.exceptions.QueueDoesNotExist):
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=_queue(engine, trigger))["QueueUrl"])
