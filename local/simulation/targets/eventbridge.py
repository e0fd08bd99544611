"""An event bus with a rule that sends every event to a queue."""

from __future__ import annotations

import json
import re
from typing import Any

from local.defaults import ACCOUNT
from local.engine.engine import Engine
from local.simulation.targets.queues import messages
from orchestration.errors import ConfigError
from orchestration.triggers.eventbridge import EventBridge


def create(engine: Engine, trigger: EventBridge) -> None:
    """Create the bus, and a rule that sends its events to a queue."""
    events, bus = engine.client("events"), _bus(trigger)
    if bus not in {known["Name"] for known in events.list_event_buses()["EventBuses"]}:
        events.create_event_bus(Name=bus)
    url = engine.client("sqs").create_queue(QueueName=_queue(bus))["QueueUrl"]
    queue = engine.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    pattern = json.dumps({"account": [ACCOUNT]})
    events.put_rule(Name="catch-everything", EventBusName=bus, EventPattern=pattern)
    target = {"Id": "queue", "Arn": queue["Attributes"]["QueueArn"]}
    events.put_targets(Rule="catch-everything", EventBusName=bus, Targets=[target])


def received(engine: Engine, trigger: EventBridge, run_id: str) -> Any:
    """Return bus, source, detail type and detail, as a rule's target receives them; None if the bus does not exist."""
    for event in messages(engine, _queue(_bus(trigger))).values():
        if event["id"] == run_id:
            return {
                "event_bus": _bus(trigger),
                "source": event["source"],
                "detail-type": event["detail-type"],
                "detail": event["detail"],
            }
    return None


def _bus(trigger: EventBridge) -> str:
    return trigger.event_bus.rsplit(":event-bus/", 1)[-1]


def _queue(bus: str) -> str:
    return f"events-of-{re.sub('[^A-Za-z0-9_-]', '-', bus)}"[:80]


def address(trigger: EventBridge) -> str:
    """Return the name of the bus."""
    return _bus(trigger)


def remove(engine: Engine, trigger: EventBridge) -> None:
    """Delete the bus; AWS accounts always have the default bus."""
    if _bus(trigger) == "default":
        raise ConfigError(
            f"eventbridge {trigger.target_name()}: the default event bus always exists. Choose another target."
        )
    engine.client("events").delete_event_bus(Name=_bus(trigger))
