"""Patches for moto's EventBridge."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.events.models import EventsBackend

from local.engine.patches.context import PatchContext
from local.engine.patches.replace import replaced


@contextmanager
def missing_event_bus(context: PatchContext) -> Iterator[None]:
    """Accept and drop an event for a bus that does not exist.

    Source: docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html (EventBusName).
    """
    put = EventsBackend.put_events

    def put_events(backend: EventsBackend, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        for event in events:
            bus = backend._normalize_event_bus_arn(event.get("EventBusName"))
            known = bus is None or bus in backend.event_buses
            entries += put(backend, [event]) if known else [{"EventId": str(uuid.uuid4())}]
        return entries

    with replaced(EventsBackend, "put_events", put_events):
        yield
