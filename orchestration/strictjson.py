"""JSON as its standard has it: no NaN, no infinities, no lone surrogates, and a repeated key is seen.

Python's parser accepts all four. A repeated key silently keeps the last value, which in a configuration loses a
workflow; the others are refused later by Step Functions, long after the publisher could have been told.
Source: RFC 8259, sections 4, 6 and 8.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 100
"""Levels of objects and lists; whoever reads JSON recursively has room for them."""


class StrictJSONError(ValueError):
    """The text is not JSON in the strict sense. The message says where and why."""


@dataclass(frozen=True, slots=True)
class InvalidValue:
    """Stands in the place of a value that nobody can use, so that only its own reader refuses it.

    Attributes:
        reason: what is wrong with the value.
    """

    reason: str


DUPLICATE_KEY = InvalidValue("a key that appears twice")
TOO_DEEP = InvalidValue(f"something nested deeper than {MAX_DEPTH} levels")


def loads(text: str | bytes) -> Any:
    """Parse ``text``; what is repeated or nested too deeply is ``DUPLICATE_KEY`` or ``TOO_DEEP`` in its place.

    Raises:
        StrictJSONError: the text is not UTF-8, is not JSON, holds a number that is not finite or an unpaired surrogate.
    """
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8-sig")
        decoded.encode()
        value = json.loads(decoded, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_object)
        value = _bounded(value)
        json.dumps(value, ensure_ascii=False, default=lambda _: None).encode()
    except StrictJSONError:
        raise
    except UnicodeEncodeError as error:
        raise StrictJSONError("it holds an unpaired surrogate, which is no Unicode text") from error
    except UnicodeDecodeError as error:
        raise StrictJSONError(f"it is not UTF-8 (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise StrictJSONError(f"it is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except ValueError as error:  # a whole number of more digits than Python converts
        raise StrictJSONError(f"it holds a number that cannot be read: {error}") from error
    except RecursionError as error:
        raise StrictJSONError("it is nested too deeply") from error
    return value


def dumps(value: Any) -> str:
    """Compact JSON text, as it travels to AWS; UTF-8 unescaped, so that its length in bytes is what AWS counts."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def size(value: Any) -> int:
    """Bytes of ``value`` as compact UTF-8 JSON, the unit of every Step Functions quota."""
    return len(dumps(value).encode())


def first_invalid(value: Any) -> InvalidValue | None:
    """The first thing within ``value`` that nobody can use, or None."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, InvalidValue):
            return item
        if isinstance(item, dict | list):
            waiting += item.values() if isinstance(item, dict) else item
    return None


def _bounded(value: Any) -> Any:
    """Put ``TOO_DEEP`` in the place of whatever is nested deeper than ``MAX_DEPTH``, without recursion."""
    level: list[Any] = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        items = (item for one in level for item in (one.values() if isinstance(one, dict) else one))
        level = [item for item in items if isinstance(item, dict | list)]
        if not level:
            return value
    for container in level:
        for key in list(container) if isinstance(container, dict) else range(len(container)):
            container[key] = TOO_DEEP
    return value


def _refuse_constant(name: str) -> Any:
    raise StrictJSONError(f"it holds {name}, which JSON does not have; use null or leave the field out")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise StrictJSONError(f"it holds the number {text}, which is too large for a double")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        result[key] = DUPLICATE_KEY if key in result else value
    return result
