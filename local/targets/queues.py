"""Reads queues without taking anything from them, so that what is asked once can be asked again."""

from __future__ import annotations

import json
from typing import Any

from moto.sqs.models import sqs_backends

from local.defaults import ACCOUNT
from local.engine import Engine


def default_queue(engine: Engine) -> str:
    """The queue behind the deployed router's ``MWAA_TRIGGER_QUEUE_URL``, whatever the stack's prefix."""
    return next(name for name in sqs_backends[ACCOUNT][engine.region].queues if name.endswith("-mwaa-triggers"))


def messages(engine: Engine, queue: str) -> dict[str, Any]:
    """Every message of the queue, parsed, by its id; none where there is no such queue."""
    queues = sqs_backends[ACCOUNT][engine.region].queues
    held = list(queues[queue]._messages) if queue in queues else []  # receiving would hide them for a while
    return {message.id: json.loads(message.body) for message in held}
