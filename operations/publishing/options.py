"""Reads the fields of an event from texts NAME=VALUE.

A text is sent as JSON only if JSON prints the value as the same text. So the version 1.10 stays text, and a value never
changes on its way to a trigger.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence

from orchestration.errors import EventError
from orchestration.values import strictjson
from orchestration.values.strictjson import InvalidValue, Json, JsonObject


def named_values(option: str, texts: Sequence[str]) -> JsonObject:
    """The values of a repeatable option, by name.

    Args:
        option: name of the option, as ``--metric``.
        texts: its values, each as NAME=VALUE.

    Raises:
        EventError: a text has no name, a name has two values, or JSON in a value is ambiguous.
    """
    values: JsonObject = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise EventError(f"{option} {text!r}: expected NAME=VALUE.")
        read = value_of(value, f"{option} {name}")
        if name in values and not _same(values[name], read):
            raise EventError(f"{option} {name}: found two values. Name each field once.")
        values[name] = read
    return values


def value_of(text: str, name: str = "value") -> Json:
    """The value that a text means.

    Returns:
        A JSON value for ``true``, ``false``, ``null``, a number as JSON prints it, a string in double quotes, an object or a
        list. Otherwise the text itself.

    Raises:
        EventError: an object or a list has a number that JSON prints in another way.
    """
    try:
        value = strictjson.loads(text)
    except strictjson.StrictJSONError:
        return text
    if isinstance(value, dict | list):
        _refuse_other_numbers(text, value, name)
        return value
    # Quotes are the way to write a text such as "12", so their content counts.
    if isinstance(value, str) or text.lstrip().startswith('"'):
        return value
    return value if not isinstance(value, InvalidValue) and strictjson.dumps(value) == text else text


def conflict(first: tuple[str, Json], second: tuple[str, Json]) -> str:
    """An error for two options that give one field different values; empty if they agree.

    Args:
        first: option as a person writes it, and its value.
        second: another option and its value for the same field.
    """
    (option, value), (other, found) = first, second
    return (
        "" if _same(value, found) else f"{option} and {other} give the same field different values. Remove one of them."
    )


def _same(one: Json, other: Json) -> bool:
    """True if the two are one JSON value. Python's True equals 1, and 1 equals 1.0."""
    return one == other and json.dumps(one, default=repr) == json.dumps(other, default=repr)


def _refuse_other_numbers(text: str, value: Json, name: str) -> None:
    if strictjson.first_invalid(strictjson.bounded(value)) is not None:
        return  # The reader of the event refuses it.
    for token, printed in _other_numbers(text):
        raise EventError(
            f'{name}: found the number {token:.40}, which JSON prints as {printed:.40}. Write {printed:.40}, or "{token:.40}" '
            "with quotes to send it as text."
        )


def _other_numbers(text: str) -> Iterator[tuple[str, str]]:
    """The numbers in a JSON text that JSON prints in another way, each with that way."""
    found: list[tuple[str, str]] = []

    def read(convert: type[int | float], token: str) -> None:
        printed = strictjson.dumps(convert(token))
        if printed != token:
            found.append((token, printed))

    json.loads(text, parse_int=functools.partial(read, int), parse_float=functools.partial(read, float))
    yield from found
