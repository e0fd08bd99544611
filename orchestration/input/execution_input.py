"""The input of an execution: ``{event, triggers, routing}``. Only this folder knows its keys.

The router writes it, the state machine reads it, and replays, ``inspect`` and the console read it again. An execution that a
person started by hand may have any input, so the reader accepts every JSON value: what it cannot read is empty.
Quota: 262,144 bytes (docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from orchestration.input.item import AnyItem, Batch, Item, read_items, triggers_of
from orchestration.input.routing import Routing
from orchestration.values import strictjson
from orchestration.values.strictjson import Json, JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionInput:
    """The whole input.

    Attributes:
        event: the job event, once; empty if a person started the execution with another input.
        items: the execution's items; empty if a person started it with items that the router does not write.
        routing: how the router came to it.
    """

    event: JsonObject
    items: tuple[AnyItem, ...] = ()
    routing: Routing

    def to_json(self) -> JsonObject:
        """``{event, triggers, routing}``."""
        return {
            "event": self.event,
            "triggers": [item.to_json() for item in self.items],
            "routing": self.routing.to_json(),
        }

    def text(self) -> str:
        """The input as Step Functions receives it."""
        return strictjson.dumps(self.to_json())

    @classmethod
    def read(cls, text: str) -> ExecutionInput:
        """Read the input of any execution."""
        return cls.from_json(json.loads(text or "{}"))

    @classmethod
    def from_json(cls, value: Json) -> ExecutionInput:
        """Read a parsed input."""
        fields = value if isinstance(value, dict) else {}
        event = fields.get("event")
        return cls(
            event=event if isinstance(event, dict) else {},
            items=read_items(fields.get("triggers")),
            routing=Routing.read(fields.get("routing")),
        )

    @property
    def triggers(self) -> tuple[Item, ...]:
        """The triggers, including those of batches."""
        return tuple(trigger for item in self.items for trigger in triggers_of(item))

    @property
    def batches(self) -> tuple[Batch, ...]:
        """The batches that the execution starts."""
        return tuple(item for item in self.items if isinstance(item, Batch))


def input_of(batch: Batch, event: JsonObject, delivery_id: str = "") -> ExecutionInput:
    """Input of a batch's execution, as the state machine builds it; with a delivery, as the router restarts it."""
    return ExecutionInput(event=event, items=batch.items, routing=replace(batch.routing, delivery_id=delivery_id))
