"""Fills ``${path}`` templates and dot paths from an event, keeping types.

A value that is exactly one template keeps the type of the field. A template within other text becomes text; objects
become compact JSON. ``${path:-default}`` gives a text for a missing path, and ``$${`` gives a literal ``${``. The text of
an event is never evaluated: a template in an event's field arrives unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from orchestration.errors import ResolutionError
from orchestration.values import strictjson
from orchestration.values.validation import ValidationProblem

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject, Writable

_TOKEN = re.compile(r"\$\$\{|\$\{(?P<path>[^${}:]*)(?::-(?P<default>[^{}]*))?\}")

_INDEX = re.compile(r"[0-9]{1,6}")
"""An index of a list within an event, which has at most 256 KiB."""


class Missing:
    """Marks a missing path; None is a JSON value."""


MISSING = Missing()


def lookup(fields: JsonObject, path: str) -> Json | Missing:
    """The value at dot path ``path`` (``artifacts.output_path``, ``artifacts.files.0``), or ``MISSING``."""
    node: Json = fields
    for segment in path.split("."):
        if isinstance(node, dict) and segment in node:
            node = node[segment]
        elif isinstance(node, list) and _INDEX.fullmatch(segment) and int(segment) < len(node):
            node = node[int(segment)]
        else:
            return MISSING
    return node


def problems(value: Writable, path: str) -> Iterator[ValidationProblem]:
    """Problems of the templates within ``value``, without an event."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from problems(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from problems(item, f"{path}[{index}]")
    elif isinstance(value, str):
        if "${" in _TOKEN.sub("", value):
            yield ValidationProblem(
                path,
                f"found {value!r:.80}: the template is empty or not closed. Expected "
                "${path} or ${path:-default}. Write '$${' for a literal '${'",
                code="path-syntax",
            )
        for token in _TOKEN.finditer(value):
            if token["path"] is not None and not all(token["path"].split(".")):
                yield ValidationProblem(
                    path,
                    f"found {token[0]!r:.80}, expected a dot path such as ${{artifacts.output_path}}",
                    code="path-syntax",
                )


def render(value: Json, fields: JsonObject, where: str) -> Json:
    """Fill every template within the JSON ``value``.

    Args:
        value: any JSON value; keys of objects stay unchanged.
        fields: the event.
        where: place of the value for an error, as ``glue_job load_images: arguments``.

    Raises:
        ResolutionError: the event has no such path, and the template has no default.
    """
    if isinstance(value, dict):
        return render_object(value, fields, where)
    if isinstance(value, list):
        return [render(item, fields, f"{where}[{index}]") for index, item in enumerate(value)]
    if not isinstance(value, str) or "${" not in value:
        return value
    whole = _TOKEN.fullmatch(value)
    if whole is not None and whole["path"] is not None:
        return _resolve(whole, fields, where)
    return _TOKEN.sub(lambda token: _text(token, fields, where), value)


def render_object(value: Mapping[str, Json], fields: JsonObject, where: str) -> JsonObject:
    """Fill every template within a JSON object, as ``render``."""
    return {key: render(item, fields, f"{where}.{key}") for key, item in value.items()}


def as_text(value: Json) -> str:
    """Render a JSON value as text: a string as it is, anything else as compact JSON."""
    return value if isinstance(value, str) else strictjson.dumps(value)


def _text(token: re.Match[str], fields: JsonObject, where: str) -> str:
    return "${" if token["path"] is None else as_text(_resolve(token, fields, where))


def _resolve(token: re.Match[str], fields: JsonObject, where: str) -> Json:
    value = lookup(fields, token["path"])
    if not isinstance(value, Missing):
        return value
    default: str | None = token["default"]
    if default is not None:
        return default
    raise ResolutionError(
        f"{where}: the event has no field {token['path']!r} for template {token[0]}; its top-level fields are "
        f"{', '.join(sorted(fields)[:20])}. Correct the path, publish the field, or give a default: ${{{token['path']}:-...}}"
    )
