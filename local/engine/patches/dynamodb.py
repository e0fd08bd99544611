"""Patches for moto's DynamoDB."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.dynamodb.models import DynamoDBBackend

from local.engine.patches.context import PatchContext
from local.engine.patches.replace import replaced


@contextmanager
def atomic_updates(context: PatchContext) -> Iterator[None]:
    """Update one item at a time, so that a condition and its update are one step.

    Source: docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html (conditional writes).
    """
    lock = threading.Lock()
    update = DynamoDBBackend.update_item

    def update_item(backend: DynamoDBBackend, *args: Any, **kwargs: Any) -> Any:
        with lock:
            return update(backend, *args, **kwargs)

    with replaced(DynamoDBBackend, "update_item", update_item):
        yield
