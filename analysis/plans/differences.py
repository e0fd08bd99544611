"""Compares two plans of one event: triggers added, removed and changed, with the fields of their requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from analysis.plans.event_plan import EventPlan
from orchestration.event.identity import downstream_run_id
from orchestration.input.item import Item
from orchestration.values.strictjson import Json, JsonObject

Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerChange:
    """One trigger that differs.

    Attributes:
        id: id of the trigger.
        fields: dot path within the request to the value before and after; a missing one is ``MISSING``.
    """

    id: str
    type: str
    name: str
    change: Change
    fields: dict[str, tuple[Json, Json]]


MISSING = "(missing)"


def changes(before: EventPlan, after: EventPlan) -> list[TriggerChange]:
    """Triggers that differ between two plans of one event, in the order of the new plan, then the removed ones.

    A trigger without an explicit ``id`` has another id after every edit. So a removed and an added trigger of one type and
    target are one changed trigger.
    """
    old, new = (_comparable(plan) for plan in (before, after))
    gone = {key: item for key, item in old.items() if key not in new}
    found = []
    for key, item in new.items():
        partner = old.get(key) or _taken(gone, item)
        if partner is None:
            found.append(_change(item, "added", {}, item.request))
        elif partner.request != item.request or partner.type != item.type:
            found.append(_change(item, "changed", partner.request, item.request))
    return found + [_change(item, "removed", item.request, {}) for item in gone.values()]


def _comparable(plan: EventPlan) -> dict[str, Item]:
    """The items by id. Their run ids contain the trigger id, so every edit would change them too."""
    name = next(iter(plan.executions), "")
    return {item.id: item.with_run_id(downstream_run_id(name, item.id), "(run id)") for item in plan.triggers}


def _taken(gone: dict[str, Item], item: Item) -> Item | None:
    """Remove and return the removed trigger that ``item`` replaces."""
    for key, removed in gone.items():
        if (removed.type, removed.name) == (item.type, item.name):
            return gone.pop(key)
    return None


def _change(item: Item, change: Change, before: JsonObject, after: JsonObject) -> TriggerChange:
    old, new = dict(_leaves(before)), dict(_leaves(after))
    paths = [path for path in {**old, **new} if old.get(path, MISSING) != new.get(path, MISSING)]
    fields = {path: (old.get(path, MISSING), new.get(path, MISSING)) for path in paths}
    return TriggerChange(id=item.id, type=item.type, name=item.name, change=change, fields=fields)


def _leaves(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Dot path and value of everything in a request that is not a non-empty object."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else key)
    elif path:
        yield path, value
