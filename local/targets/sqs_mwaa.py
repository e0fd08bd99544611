"""The queue that event_dispatcher polls."""

from __future__ import annotations

import contextlib
from typing import Any

from local.engine import Engine
from local.targets.queues import messages
from orchestration.triggers.sqs_mwaa import SqsMwaa

DEFAULT_QUEUE = "local-mwaa-triggers"
"""The queue behind ``MWAA_TRIGGER_QUEUE_URL`` of the local stack."""


def create(engine: Engine, trigger: SqsMwaa) -> None:
    """Make the queue; the engine finds it by the last part of any URL."""
    engine.client("sqs").create_queue(QueueName=_queue(trigger))


def received(engine: Engine, trigger: SqsMwaa, run_id: str) -> Any:
    """The message, as event_dispatcher reads it."""
    return messages(engine, _queue(trigger)).get(run_id)


def _queue(trigger: SqsMwaa) -> str:
    return trigger.queue_url.rsplit("/", 1)[-1] or DEFAULT_QUEUE


def address(trigger: SqsMwaa) -> str:
    """The queue's name."""
    return _queue(trigger)


def remove(engine: Engine, trigger: SqsMwaa) -> None:
    """Delete the queue, if it is there."""
    sqs = engine.client("sqs")
    with contextlib.suppress(sqs.exceptions.QueueDoesNotExist):
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=_queue(trigger))["QueueUrl"])
