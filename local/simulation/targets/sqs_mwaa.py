"""The queue that the event_dispatcher DAG polls."""

from __future__ import annotations

import contextlib
from typing import Any

from local.engine.engine import Engine
from local.simulation.targets.queues import default_queue, messages
from orchestration.triggers.sqs_mwaa import SqsMwaa


def create(engine: Engine, trigger: SqsMwaa) -> None:
    """Create the queue; the engine finds a queue by the last part of its URL."""
    engine.client("sqs").create_queue(QueueName=_queue(engine, trigger))


def received(engine: Engine, trigger: SqsMwaa, run_id: str) -> Any:
    """Return the message as event_dispatcher reads it."""
    return messages(engine, _queue(engine, trigger)).get(run_id)


def _queue(engine: Engine, trigger: SqsMwaa) -> str:
    return trigger.queue_url.rsplit("/", 1)[-1] or default_queue(engine)


def address(trigger: SqsMwaa) -> str:
    """Return the name of the queue; empty for the router's default queue."""
    return trigger.queue_url.rsplit("/", 1)[-1]


def remove(engine: Engine, trigger: SqsMwaa) -> None:
    """Delete the queue, if it exists."""
    sqs = engine.client("sqs")
    with contextlib.suppress(sqs.exceptions.QueueDoesNotExist):
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=_queue(engine, trigger))["QueueUrl"])
