"""Patches for moto's SQS."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager

from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Queue

from local.engine.patches.context import PatchContext
from local.engine.patches.replace import replaced


@contextmanager
def parallel_deletions(context: PatchContext) -> Iterator[None]:
    """Remove a deleted message from the queue's list, which other requests use at the same time.

    moto makes a new list without the message. A message that arrives, or a deletion that ends, in the meantime can be in the
    old list only. Source: docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html.
    """

    def delete_message(queue: Queue, receipt_handle: str) -> None:
        if receipt_handle in queue.deleted_messages:
            return
        for message in list(queue._messages):
            if message.had_receipt_handle(receipt_handle):
                queue.pending_messages.discard(message)
                queue.deleted_messages.update(handle for handle in message.all_receipt_handles if handle)
                with contextlib.suppress(ValueError):  # another request deletes it
                    queue._messages.remove(message)
                return
        raise ReceiptHandleIsInvalid

    with replaced(Queue, "delete_message", delete_message):
        yield
