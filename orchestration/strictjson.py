"""JSON as its standard has it: no NaN, no infinities, no lone surrogates, and a repeated key is seen.

Python's parser accepts all four. A repeated key silently keeps the last value, which in a configuration loses a
workflow; the others are refused later by Step Functions, long after the publisher could have been told.
Source: RFC 8259, sections 4, 6 and 8.
"""

from __future__ import annotations

import json
import math
from typing import Any


class StrictJSONError(ValueError):
    """The text is not JSON in the strict sense. The message says where and why."""


class RepeatedKey:
    """Stands in the place of a value whose key appears twice in one object, so that only its reader refuses it."""

    __slots__ = ()


REPEATED = RepeatedKey()


def loads(text: str | bytes) -> Any:
    """Parse ``text``; a key that appears twice has the value ``REPEATED``.

    Raises:
        StrictJSONError: the text is not UTF-8, is not JSON, holds a non-finite number or an unpaired surrogate.
    """
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8-sig")
        value = json.loads(decoded, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_object)
        json.dumps(value, ensure_ascii=False, default=lambda _: None).encode()
    except UnicodeEncodeError as error:
        raise StrictJSONError("it holds an unpaired surrogate, which is no Unicode text") from error
    except UnicodeDecodeError as error:
        raise StrictJSONError(f"it is not UTF-8 (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise StrictJSONError(f"it is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise StrictJSONError("it is nested too deeply") from error
    return value


def dumps(value: Any) -> str:
    """Compact JSON text, as it travels to AWS; UTF-8 unescaped, so that its length in bytes is what AWS counts."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def size(value: Any) -> int:
    """Bytes of ``value`` as compact UTF-8 JSON, the unit of every Step Functions quota."""
    return len(dumps(value).encode())


def contains_repeated_key(value: Any) -> bool:
    """Whether any object within ``value`` has a key twice."""
    if isinstance(value, RepeatedKey):
        return True
    if isinstance(value, dict):
        return any(contains_repeated_key(item) for item in value.values())
    return isinstance(value, list) and any(contains_repeated_key(item) for item in value)


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
        result[key] = REPEATED if key in result else value
    return result
