"""Reads the messages of a queue without receiving them, so that they stay visible."""

from __future__ import annotations

import json
from typing import Any

from moto.sqs.models import sqs_backends

from local.defaults import ACCOUNT
from local.engine.engine import Engine


def default_queue(engine: Engine) -> str:
    """Return the name of the queue in the router's ``MWAA_TRIGGER_QUEUE_URL``, for any prefix of the stack."""
    return next(name for name in sqs_backends[ACCOUNT][engine.region].queues if name.endswith("-mwaa-triggers"))


def messages(engine: Engine, queue: str) -> dict[str, Any]:
    """Return the parsed body of every message by message id; empty if the queue does not exist."""
    queues = sqs_backends[ACCOUNT][engine.region].queues
    # ReceiveMessage would hide the messages for the visibility timeout.
    found = list(queues[queue]._messages) if queue in queues else []
    return {message.id: json.loads(message.body) for message in found}
