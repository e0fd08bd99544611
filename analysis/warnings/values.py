"""Warnings of paths and defaults: values that the router accepts, and that probably mean something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestration.values import paths, strictjson, templating
from orchestration.values.conditions import OR
from orchestration.values.validation import ValidationProblem

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject

_PATH_SYNTAX = re.compile(r'^[$@]|\$\{|[\[\]"]|^\s|\s$')
"""Syntax of a path in another language, or of a template. No event has such names of fields."""


def warnings(entry: JsonObject, path: str) -> Iterator[ValidationProblem]:
    """Warnings about the defaults and the condition of a trigger.

    Args:
        entry: the trigger as written.
        path: its place.
    """
    conf, when = entry.get("conf"), entry.get("when")
    for key, value in conf.items() if isinstance(conf, dict) else ():
        for place, text in texts(value, f"{path}.conf.{key}"):
            yield from _default(key, text, place, nested=not isinstance(value, str))
    if isinstance(when, dict):
        yield from _names(when, f"{path}.when")


def members(jobs: Json, entry: JsonObject, path: str) -> Iterator[ValidationProblem]:
    """Warning of each path that has the dotted name of a join's job without quotes, and reads nothing.

    Args:
        jobs: ``all_of`` of the join as written.
        entry: one of its triggers as written.
        path: place of the trigger.
    """
    names = [job for job in jobs if isinstance(job, str)] if isinstance(jobs, list) else []
    for place, text in _paths(entry, path):
        keys = [step.key for step in paths.parse(text)]
        for end in range(3, len(keys) + 1) if keys[0] in ("upstream", "artifacts") else ():
            job = ".".join(keys[1:end])
            if job in names and keys[1] not in names:
                written = ".".join(map(paths.segment_of, (keys[0], job, *keys[end:])))
                message = (
                    f"found the path {text!r:.80}, whose segments end at each dot. Write {paths.in_json(written):.120}"
                )
                yield ValidationProblem(place, message, code="path-in-name")


def _paths(entry: JsonObject, path: str) -> Iterator[tuple[str, str]]:
    """Place and text of each path that a trigger reads."""
    for name in ("arguments", "conf"):
        for place, text in texts(entry.get(name), f"{path}.{name}"):
            yield from ((place, template.path) for template in templating.templates(text))
    mapping = entry.get("parameter_mapping")
    for key, source in mapping.items() if isinstance(mapping, dict) else ():
        mapped = source.get("path") if isinstance(source, dict) else source
        if isinstance(mapped, str) and not paths.reason(mapped):
            yield f"{path}.parameter_mapping.{key}{'.path' if isinstance(source, dict) else ''}", mapped


def _default(key: str, text: str, place: str, *, nested: bool) -> Iterator[ValidationProblem]:
    """A default that looks like JSON, and is text in the conf."""
    for template in templating.templates(text):
        if template.text == text and template.default and _looks_like_json(template.default):
            mapping = f'"{key}": {{"path": "{paths.in_json(template.path)}", "default": {template.default}}}'
            where = "a default keeps its type" if nested else f"write {mapping:.120}"
            message = (
                f"found {text!r:.80}, whose default is the text {template.default!r:.40}. In parameter_mapping, {where}"
            )
            yield ValidationProblem(place, message, code="default-type")


def _looks_like_json(text: str) -> bool:
    """True for the text of a number, boolean, null, list or object."""
    try:
        return not isinstance(strictjson.loads(text), str)
    except strictjson.StrictJSONError:
        return False


def _names(pattern: JsonObject, place: str) -> Iterator[ValidationProblem]:
    """Names of fields in a condition that have the syntax of a path."""
    for key, value in pattern.items():
        where = f"{place}.{key}"
        if key == OR:
            for index, option in enumerate(value if isinstance(value, list) else ()):
                yield from _names(option, f"{where}[{index}]") if isinstance(option, dict) else ()
            continue
        if _PATH_SYNTAX.search(key):
            # A name in a condition has no quotes, and no index: a list matches if one of its elements does.
            meant = ".".join(step.key for step in _steps(key) if step.position is None)
            advice = f"Write {meant!r:.80}" if meant else "Write the names of the field"
            message = f"found the field {key!r:.80}, and a condition has names of fields, without path syntax. {advice}"
            yield ValidationProblem(where, message, at="key", code="path-in-name")
        if isinstance(value, dict):
            yield from _names(value, where)


def _steps(key: str) -> tuple[paths.Step, ...]:
    spelling = key if not paths.reason(key) else paths.meant(key)
    return paths.parse(spelling) if spelling else ()


def texts(value: Json, path: str) -> Iterator[tuple[str, str]]:
    """Path and text of every string in a value."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts(item, f"{path}[{index}]")
