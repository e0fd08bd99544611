"""Strict JSON: marks values that Python's parser accepts, and that Step Functions or a reader could not use.

These are duplicate keys, NaN and infinities, unpaired surrogates, integers with thousands of digits, and deep nesting. One
bad value does not spoil a document: an ``InvalidValue`` stands in its place, and only its reader refuses it.
Source: RFC 8259, sections 4, 6, 8 and 9.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

MAX_DEPTH = 100
"""Maximum nesting depth of objects and lists, low enough for recursive readers."""


class StrictJSONError(ValueError):
    """The text is not strict JSON. The message gives the place and the reason."""


@dataclass(frozen=True, slots=True)
class InvalidValue:
    """Placeholder for an unusable value, so that only the reader of that value refuses it.

    Attributes:
        reason: the problem of the value.
    """

    reason: str


Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | InvalidValue | None"
"""A JSON value as ``loads`` returns it."""

JsonObject: TypeAlias = "dict[str, Json]"

Writable: TypeAlias = "Mapping[str, Writable] | Sequence[Writable] | str | int | float | bool | InvalidValue | None"
"""A value for ``dumps``, which only reads it. ``Json`` is one; so is a ``list[str]``. An ``InvalidValue`` is a TypeError."""

DUPLICATE_KEY = InvalidValue("a key that appears twice")
TOO_DEEP = InvalidValue(f"a value nested deeper than {MAX_DEPTH} levels")
TOO_LARGE = InvalidValue("a number that is too large for a double")
SURROGATE = InvalidValue("an unpaired surrogate (invalid Unicode)")


def _constant(name: str) -> InvalidValue:
    return InvalidValue(f"{name}, which is not JSON")


def _finite(text: str) -> float | InvalidValue:
    number = float(text)
    return number if math.isfinite(number) else TOO_LARGE


def _integer(text: str) -> int | InvalidValue:
    try:
        return int(text)
    except ValueError:
        return InvalidValue(f"an integer with {len(text):,} digits")


def _marking_duplicates(pairs: list[tuple[str, Json]]) -> JsonObject:
    result = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                result[key] = DUPLICATE_KEY
            seen.add(key)
    return result


_decode = functools.partial(
    json.loads, parse_constant=_constant, parse_float=_finite, object_pairs_hook=_marking_duplicates
)


def loads(text: str | bytes) -> Json:
    """Parse ``text``, with an ``InvalidValue`` in place of every unusable value.

    The depth is not checked, because a configuration has thousands of values that one event does not need: see ``bounded``.

    Raises:
        StrictJSONError: the text is not UTF-8 or not JSON.
    """
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8-sig")
        value = _parse(decoded)
    except UnicodeDecodeError as error:
        raise StrictJSONError(f"it is not UTF-8 (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise StrictJSONError(f"it is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    suspicious = "\\ud" in decoded or "\\uD" in decoded or (isinstance(text, str) and not _encodable(text))
    return _mark_surrogates(value) if suspicious else value


def _parse(text: str) -> Json:
    try:
        value: Json = _decode(text)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        value = _parse(_flattened(text))
    except ValueError:  # an integer with more digits than Python converts; a hook for each integer is slower
        value = _decode(text, parse_int=_integer)
    return value


def dumps(value: Writable) -> str:
    """Compact JSON text for AWS. Non-ASCII characters are not escaped, so its length in bytes is what AWS counts."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def size(value: Writable) -> int:
    """Bytes of ``value`` as compact UTF-8 JSON, the unit of every Step Functions quota."""
    return len(dumps(value).encode())


def first_invalid(value: Json) -> InvalidValue | None:
    """The first invalid value within ``value``, or None."""
    waiting: list[Json] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, InvalidValue):
            return item
        if isinstance(item, dict | list):
            waiting += item.values() if isinstance(item, dict) else item
    return None


def object_at(document: JsonObject, key: str) -> JsonObject:
    """The object under ``key``. Empty if the key is absent, or has a value of another type."""
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def bounded(value: Json) -> Json:
    """Replace values that are nested deeper than ``MAX_DEPTH`` by ``TOO_DEEP``, without recursion."""
    level: list[JsonObject | list[Json]] = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        items = (item for outer in level for item in (outer.values() if isinstance(outer, dict) else outer))
        level = [item for item in items if isinstance(item, dict | list)]
        if not level:
            return value
    for container in level:
        if isinstance(container, dict):
            container.update(dict.fromkeys(container, TOO_DEEP))
        else:
            container[:] = [TOO_DEEP] * len(container)
    return value


def printable(value: Json) -> str:
    """Text of ``value`` for a log line, which must be valid Unicode. Strings stay as they are."""
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "(nested too deeply)"
    return text.encode(errors="backslashreplace").decode()


# Possessive, and an unterminated string is a token too: otherwise every quote after it would scan to the end again.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_CUT = MAX_DEPTH + 10
"""Depth at which ``_flattened`` cuts: below the bound of every reader, also of one that begins within a document."""


def _flattened(text: str) -> str:
    """The text with an empty list in place of every value that is nested too deeply for the parser.

    Raises:
        StrictJSONError: a bracket is not closed.
    """
    kept, depth, start = list[str](), 0, 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth == _CUT:
                kept.append(text[start : token.start()])
        elif token[0] in "]}":
            depth -= 1
            if depth == _CUT - 1:
                kept.append("[]")
                start = token.end()
    if depth:
        raise StrictJSONError("it is nested too deeply, and a bracket is not closed")
    return "".join([*kept, text[start:]])


def _mark_surrogates(value: Json) -> Json:
    """Put ``SURROGATE`` in place of strings, and of values whose key, have an unpaired surrogate; without recursion."""
    waiting: list[JsonObject | list[Json]] = []
    marked = _marked(value, waiting)
    while waiting:
        container = waiting.pop()
        if isinstance(container, list):
            container[:] = [_marked(item, waiting) for item in container]
            continue
        for key in [key for key in container if not _encodable(key)]:
            del container[key]
            container[printable(key)] = SURROGATE
        container.update({key: _marked(item, waiting) for key, item in container.items()})
    return marked


def _marked(item: Json, waiting: list[JsonObject | list[Json]]) -> Json:
    """``SURROGATE`` in place of such a string; objects and lists are put on ``waiting``."""
    if isinstance(item, str):
        return item if _encodable(item) else SURROGATE
    if isinstance(item, dict | list):
        waiting.append(item)
    return item


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
