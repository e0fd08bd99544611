"""The workflows, joins and triggers of a configuration, as the warnings look at them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.configuration.joins import Join
from orchestration.configuration.workflows import Workflow
from orchestration.event.kinds import EVENT_KINDS, JOIN_KINDS, EventKind
from orchestration.values.strictjson import Json, JsonObject, object_at

_SECTIONS: tuple[tuple[str, type[Workflow] | type[Join], tuple[EventKind, ...]], ...] = (
    ("workflows", Workflow, EVENT_KINDS),
    ("joins", Join, JOIN_KINDS),
)
_FIELDS = {cls: {field.name for field in dataclasses.fields(cls)} for _, cls, _ in _SECTIONS}


@dataclass(frozen=True, slots=True)
class TriggerList:
    """One list of triggers.

    Attributes:
        holder: name of the workflow or join.
        kind: kind of the events that start the triggers.
        path: place of the list.
        triggers: the entries; a wrong one may be any JSON.
    """

    holder: str
    kind: EventKind
    path: str
    triggers: list[Json]

    @property
    def of_join(self) -> bool:
        """True if a join has the list."""
        return self.kind in JOIN_KINDS

    def objects(self) -> Iterator[tuple[str, JsonObject]]:
        """Place and content of each trigger that is an object."""
        for index, entry in enumerate(self.triggers):
            if isinstance(entry, dict):
                yield f"{self.path}[{index}]", entry


@dataclass(frozen=True, slots=True)
class Holder:
    """One workflow or join.

    Attributes:
        name: of the upstream job or join.
        noun: ``workflow`` or ``join``.
        path: its place.
        content: its fields.
        lists: its lists of triggers, in the order of the event kinds.
        empty: it has no triggers, and no field that could be a misspelt list.
    """

    name: str
    noun: str
    path: str
    content: JsonObject
    lists: list[TriggerList]
    empty: bool


def holders(document: JsonObject) -> Iterator[Holder]:
    """Every workflow and join that is an object."""
    for section, cls, kinds in _SECTIONS:
        for name, content in object_at(document, section).items():
            if not isinstance(content, dict):
                continue
            path = f"{section}.{name}"
            lists = []
            for kind in kinds:
                triggers = content.get(kind)
                if isinstance(triggers, list):
                    lists.append(TriggerList(name, kind, f"{path}.{kind}", triggers))
            empty = content.keys() <= _FIELDS[cls] and not any(content.get(kind) for kind in kinds)
            yield Holder(name, cls.__name__.lower(), path, content, lists, empty)
