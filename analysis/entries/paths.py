"""Finds the paths into the event that a trigger reads: in templates, in mappings and in conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from orchestration.values import templating
from orchestration.values.conditions import OR
from orchestration.values.placeholders import RESERVED_ROOTS
from orchestration.values.strictjson import Json, JsonObject

_FIELDS = ("arguments", "conf")
"""Fields of triggers whose texts may have templates."""


@dataclass(frozen=True, slots=True)
class PathUse:
    """One path that a trigger reads.

    Attributes:
        place: place of the value in the configuration.
        text: the template, path or condition, as the person wrote it.
        path: the path into the event.
        optional: the trigger starts without the value.
        at: part of the field that has the path.
    """

    place: str
    text: str
    path: str
    optional: bool = False
    at: Literal["key", "value"] = "value"

    @property
    def root(self) -> str:
        """The field of the event."""
        return self.path.partition(".")[0]

    def with_path(self, path: str) -> str:
        """The text with another path."""
        return self.text.replace(self.path, path, 1)


def path_uses(entry: JsonObject, place: str) -> Iterator[PathUse]:
    """Every path of one trigger; without the placeholders of the deployment."""
    for name in _FIELDS:
        if name in entry:
            yield from templates(entry[name], f"{place}.{name}")
    mapping = entry.get("parameter_mapping")
    for key, path in mapping.items() if isinstance(mapping, dict) else ():
        # The form with a default is an object: {"path": ..., "default": ...}.
        text = path.get("path") if isinstance(path, dict) else path
        if isinstance(text, str) and "${" not in text:
            yield PathUse(f"{place}.parameter_mapping.{key}", text, text, optional=isinstance(path, dict))
    when = entry.get("when")
    if isinstance(when, dict):
        yield from _conditions(when, f"{place}.when", "")


def templates(value: Json, place: str) -> Iterator[PathUse]:
    """The paths of the templates within a value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from templates(item, f"{place}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from templates(item, f"{place}[{index}]")
    elif isinstance(value, str) and "${" in value:
        for template in templating.templates(value):
            if template.path.partition(".")[0] not in RESERVED_ROOTS:
                yield PathUse(place, template.text, template.path, optional=template.default is not None)


def _conditions(pattern: JsonObject, place: str, outer: str) -> Iterator[PathUse]:
    """The fields of a condition; the last key of each stands for the whole path."""
    for key, value in pattern.items():
        if key == OR:
            for index, option in enumerate(value) if isinstance(value, list) else ():
                if isinstance(option, dict):
                    yield from _conditions(option, f"{place}.{key}[{index}]", outer)
            continue
        path = f"{outer}{key}"
        if isinstance(value, dict):
            yield from _conditions(value, f"{place}.{key}", f"{path}.")
        else:
            absent = isinstance(value, list) and {"exists": False} in value
            yield PathUse(f"{place}.{key}", path, path, optional=absent, at="key")
