"""Paths that a trigger, or the key of a join, reads from its event, with their places."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from orchestration.triggers import Trigger
from orchestration.values import templating
from orchestration.values.conditions import OR
from orchestration.values.strictjson import Json

_WITHOUT_PATHS = ("id", "description", "when", "parameter_mapping")

Need = Literal["required", "default", "mapped", "condition", "alternative"]
"""Kind of a read. Without the path, a trigger fails (``required``), a default replaces it, or a parameter is left out
(``mapped``). Without the field of a condition, the trigger never starts; ``alternative`` is a field of ``$or``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One path that is read.

    Attributes:
        place: of the text in the configuration.
        path: of a template or mapping; of a condition, the flat name of the field.
        shown: the text that has the path, for people.
        at: part of the field that has the path.
        as_text: the value is written into a text, in which null is missing.
    """

    place: str
    path: str
    shown: str
    need: Need
    at: Literal["key", "value"] = "value"
    as_text: bool = False


def reads_of(trigger: Trigger, place: str) -> Iterator[Read]:
    """Every path that a trigger reads: templates in any field, mappings, and fields of its condition.

    Args:
        trigger: a valid trigger.
        place: of the trigger in the configuration.
    """
    for field in dataclasses.fields(trigger):
        if field.name not in _WITHOUT_PATHS:
            yield from templates(
                getattr(trigger, field.name), f"{place}.{field.name}", as_text=field.name == "arguments"
            )
    mapping: Mapping[str, Json] = getattr(trigger, "parameter_mapping", {})
    for key, value in mapping.items():
        path = value.get("path") if isinstance(value, dict) else value
        if isinstance(path, str):
            where = f"{place}.parameter_mapping.{key}" + (".path" if isinstance(value, dict) else "")
            need: Need = "default" if isinstance(value, dict) and "default" in value else "mapped"
            yield Read(place=where, path=path, shown=path, need=need)
    yield from _conditions(trigger.when, f"{place}.when", "", "condition")


def templates(value: Any, place: str, *, as_text: bool = False) -> Iterator[Read]:
    """The templates within a value.

    Args:
        value: a text, list or object.
        place: of the value.
        as_text: the target receives text, also of a value that is one template.
    """
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from templates(item, f"{place}.{key}", as_text=as_text)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from templates(item, f"{place}[{index}]", as_text=as_text)
    elif isinstance(value, str):
        for template in templating.templates(value):
            need: Need = "required" if template.default is None else "default"
            text = as_text or template.text != value
            yield Read(place=place, path=template.path, shown=template.text, need=need, as_text=text)


def _conditions(pattern: Mapping[str, Any], place: str, before: str, need: Need) -> Iterator[Read]:
    for key, value in pattern.items():
        name, where = f"{before}{key}", f"{place}.{key}"
        if key == OR and isinstance(value, list):
            for index, option in enumerate(value):
                yield from _conditions(option, f"{where}[{index}]", before, "alternative")
        elif isinstance(value, Mapping):
            yield from _conditions(value, where, f"{name}.", need)
        elif not any(isinstance(matcher, dict) and matcher.get("exists") is False for matcher in value):
            yield Read(place=where, path=name, shown=name, need=need, at="key")
