"""Strict JSON: refuses NaN, infinities and lone surrogates, and marks duplicate keys.

Python's parser accepts all four. It keeps the last value of a duplicate key, so a configuration would lose a workflow.
Step Functions refuses the other three, but too late to tell the publisher.
Source: RFC 8259, sections 4, 6 and 8.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

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


DUPLICATE_KEY = InvalidValue("a key that appears twice")
TOO_DEEP = InvalidValue(f"a value nested deeper than {MAX_DEPTH} levels")


def loads(text: str | bytes) -> Any:
    """Parse ``text``, with ``DUPLICATE_KEY`` and ``TOO_DEEP`` in place of duplicate or too deeply nested values.

    Raises:
        StrictJSONError: the text is not UTF-8 or not JSON, or it contains a number that is not finite or an unpaired
            surrogate.
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
        raise StrictJSONError("it contains an unpaired surrogate (invalid Unicode)") from error
    except UnicodeDecodeError as error:
        raise StrictJSONError(f"it is not UTF-8 (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise StrictJSONError(f"it is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except ValueError as error:  # an integer with more digits than Python converts
        raise StrictJSONError(f"it contains a number that cannot be read: {error}") from error
    except RecursionError as error:
        raise StrictJSONError("it is nested too deeply") from error
    return value


def dumps(value: Any) -> str:
    """Compact JSON text for AWS. Non-ASCII characters are not escaped, so its length in bytes is what AWS counts."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def size(value: Any) -> int:
    """Bytes of ``value`` as compact UTF-8 JSON, the unit of every Step Functions quota."""
    return len(dumps(value).encode())


def first_invalid(value: Any) -> InvalidValue | None:
    """The first invalid value within ``value``, or None."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, InvalidValue):
            return item
        if isinstance(item, dict | list):
            waiting += item.values() if isinstance(item, dict) else item
    return None


def _bounded(value: Any) -> Any:
    """Replace values that are nested deeper than ``MAX_DEPTH`` by ``TOO_DEEP``, without recursion."""
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
    raise StrictJSONError(f"it contains {name}, which is not JSON. Use null or leave the field out")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise StrictJSONError(f"it contains the number {text}, which is too large for a double")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        result[key] = DUPLICATE_KEY if key in result else value
    return result
