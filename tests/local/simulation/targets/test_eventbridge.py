"""The target of an EventBridge trigger is a bus, whose rule keeps each event in a queue."""

from __future__ import annotations

import pytest

from local.engine.engine import Engine
from local.simulation.targets import eventbridge
from orchestration.errors import ConfigError
from orchestration.triggers.eventbridge import EventBridge

BUS = "arn:aws:events:us-west-1:123456789012:event-bus/orders.v1"


def put(engine: Engine, bus: str, detail: str) -> str:
    entry = {"EventBusName": bus, "Source": "s", "DetailType": "d", "Detail": detail}
    (answer,) = engine.client("events").put_events(Entries=[entry])["Entries"]
    event_id: str = answer["EventId"]
    return event_id


def test_event_is_read_back_from_its_bus(engine: Engine) -> None:
    trigger = EventBridge(detail_type="d", source="s", event_bus=BUS)
    for _ in range(2):
        eventbridge.create(engine, trigger)
    first, second = put(engine, BUS, '{"a": 1}'), put(engine, BUS, '{"a": 2}')
    assert eventbridge.received(engine, trigger, second) == {
        "event_bus": "orders.v1",
        "source": "s",
        "detail-type": "d",
        "detail": {"a": 2},
    }
    assert eventbridge.received(engine, trigger, first)["detail"] == {"a": 1}
    assert eventbridge.received(engine, trigger, "other") is None


def test_removed_bus_receives_nothing(engine: Engine) -> None:
    trigger = EventBridge(detail_type="d", source="s", event_bus="gone")
    eventbridge.create(engine, trigger)
    eventbridge.remove(engine, trigger)
    assert eventbridge.received(engine, trigger, put(engine, "gone", "{}")) is None


def test_default_bus_cannot_be_removed(engine: Engine) -> None:
    with pytest.raises(ConfigError, match="the default event bus always exists"):
        eventbridge.remove(engine, EventBridge(detail_type="d", source="s"))


def test_triggers_of_one_bus_share_a_target() -> None:
    by_arn, by_name = (EventBridge(detail_type="d", source="s", event_bus=bus) for bus in (BUS, "orders.v1"))
    assert eventbridge.address(by_arn) == eventbridge.address(by_name) == "orders.v1"
