"""Items of an execution's input: triggers and batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from orchestration.input.routing import Routing, text_of
from orchestration.values import strictjson
from orchestration.values.strictjson import Json, JsonObject

REJECTED = "rejected"
"""Type of an item that cannot start; its request is ``{Error, Cause}``."""

BATCH = "batch"
"""Type of an item that starts one more execution of the orchestrator. It is never in a configuration."""


class Target(NamedTuple):
    """Type and name of a target, as far as they are known; each may be empty."""

    type: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One trigger of an execution.

    Attributes:
        id: id of the trigger.
        type: its type, or ``rejected``.
        name: name of the target, for people.
        request: what the state machine sends to the service; ``{Error, Cause}`` of a rejected trigger.
        declared: of a rejected trigger, type and name as far as they are readable. A rejected item without it is a problem
            of the workflow, not a trigger.
    """

    id: str
    type: str
    name: str
    request: JsonObject
    declared: Target | None = None

    def to_json(self) -> JsonObject:
        """``{id, type, name, request}``, and ``declared`` of a rejected trigger."""
        item: JsonObject = {"id": self.id, "type": self.type, "name": self.name, "request": self.request}
        if self.declared is not None:
            item["declared"] = {"type": self.declared.type, "name": self.declared.name}
        return item

    @property
    def size(self) -> int:
        """Bytes in the input."""
        return strictjson.size(self.to_json())

    @property
    def rejected(self) -> bool:
        """True if the trigger cannot start."""
        return self.type == REJECTED

    @property
    def waits(self) -> bool:
        """True if the state machine waits for the end of the item's run."""
        return self.request.get("wait") is True

    @property
    def is_trigger(self) -> bool:
        """False for a problem of the configuration that names no trigger."""
        return not self.rejected or self.declared is not None

    @property
    def target(self) -> Target:
        """Type and name of the target, even of a rejected trigger; empty if they are unknown."""
        if not self.rejected:
            return Target(type=self.type, name=self.name)
        return self.declared or Target(type="", name="")

    def with_run_id(self, old: str, new: str) -> Item:
        """The item with another downstream run id in its request."""
        return replace(self, request={key: _replaced(value, old, new) for key, value in self.request.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """An item that starts one more execution of the orchestrator, for up to 40 triggers.

    Attributes:
        id: ``batch:`` and its number.
        name: title, for people.
        start_arn: ARN with which the execution is started.
        execution: name of the execution.
        items: the triggers.
        routing: ``routing`` of the execution.
    """

    id: str
    name: str
    start_arn: str
    execution: str
    items: tuple[Item, ...]
    routing: Routing

    def to_json(self) -> JsonObject:
        """``{id, type, name, request}``."""
        request: JsonObject = {
            "StateMachineArn": self.start_arn,
            "Name": self.execution,
            "triggers": [item.to_json() for item in self.items],
            "routing": self.routing.to_json(),
        }
        return {"id": self.id, "type": BATCH, "name": self.name, "request": request}


AnyItem: TypeAlias = "Item | Batch"


def triggers_of(item: AnyItem) -> tuple[Item, ...]:
    """The triggers of a batch, or the trigger itself."""
    return item.items if isinstance(item, Batch) else (item,)


def read_items(value: Json) -> tuple[AnyItem, ...]:
    """Read ``triggers``; empty if one entry is not an item, because a partial list would hide a trigger."""
    items = [_item(entry) for entry in value] if isinstance(value, list) else []
    readable = [item for item in items if item is not None]
    return tuple(readable) if len(readable) == len(items) else ()


def _item(value: Json) -> AnyItem | None:
    if not isinstance(value, dict):
        return None
    identity = {key: value.get(key) for key in ("id", "type", "name")}
    request, declared = value.get("request"), value.get("declared")
    texts = {key: text for key, text in identity.items() if isinstance(text, str)}
    if not isinstance(request, dict) or len(texts) < len(identity):
        return None
    if texts["type"] == BATCH:
        return _batch(texts, request)
    if isinstance(declared, dict):
        target = Target(type=str(declared.get("type", "")), name=str(declared.get("name", "")))
        return Item(id=texts["id"], type=texts["type"], name=texts["name"], request=request, declared=target)
    return Item(id=texts["id"], type=texts["type"], name=texts["name"], request=request)


def _batch(texts: Mapping[str, str], request: JsonObject) -> Batch | None:
    name, entries = request.get("Name"), request.get("triggers")
    items = [_item(entry) for entry in entries] if isinstance(entries, list) else [None]
    triggers = tuple(item for item in items if isinstance(item, Item))
    if not isinstance(name, str) or len(triggers) < len(items):
        return None
    return Batch(
        id=texts["id"],
        name=texts["name"],
        start_arn=text_of(request, "StateMachineArn"),
        execution=name,
        items=triggers,
        routing=Routing.read(request.get("routing")),
    )


def _replaced(value: Json, old: str, new: str) -> Json:
    if isinstance(value, dict):
        return {key: _replaced(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, old, new) for item in value]
    # The ARN of a nested execution ends with its name.
    if isinstance(value, str) and value.startswith("arn:") and value.endswith(f":{old}"):
        return value.removesuffix(old) + new
    return new if value == old else value
