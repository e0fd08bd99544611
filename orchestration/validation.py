"""Reads JSON strictly into frozen dataclasses, by their annotations.

``builder/schema.py`` generates the JSON Schema from the same annotations, so reader and schema agree. The reader does not
convert types: ``"1"`` is not a number and ``true`` is not an integer. It reports every problem with its path.
Supported annotations: ``str``, ``bool``, ``int``, ``Any`` (JSON), ``object`` (checked by another reader), ``list[…]``,
``dict[str, …]`` and ``Annotated[str, StringPattern(…)]``.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin, get_type_hints

from orchestration.strictjson import InvalidValue, first_invalid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ValidationProblem:
    """One problem of a document.

    Attributes:
        path: place in the document, as ``workflows.load_promos.on_success[1].arguments.--x``.
        message: the value found, the values accepted, and what to do.
    """

    path: str
    message: str

    def __str__(self) -> str:
        """``path: message``."""
        return f"{self.path}: {self.message}"


@dataclass(frozen=True, slots=True)
class StringPattern:
    """Constrains a string field.

    Attributes:
        pattern: regular expression that the whole value must match, in syntax that ECMA 262 (JSON Schema) and Python
            read alike.
        expected: the accepted values, for the error message.
    """

    pattern: str
    expected: str

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        """Return the schema with the pattern. Pydantic calls this method at build time; the run time does not import it."""
        return {**handler(core_schema), "pattern": self.pattern}


def read(cls: type[T], value: Any, path: str) -> tuple[T | None, list[ValidationProblem]]:
    """Read the JSON object ``value`` into the dataclass ``cls``.

    Returns:
        The instance and no problems, or None and every problem found.
    """
    if not isinstance(value, dict):
        return None, [ValidationProblem(path, f"found {describe(value)}, expected an object")]
    annotations, required = _fields(cast(Any, cls))
    problems = [
        ValidationProblem(f"{path}.{key}", f"unknown field, expected one of: {', '.join(sorted(annotations))}")
        for key in value
        if key not in annotations
    ]
    problems += [ValidationProblem(f"{path}.{key}", "missing field") for key in required if key not in value]
    for key, annotation in annotations.items():
        if key in value:
            problems += _check(value[key], annotation, f"{path}.{key}")
    return (None, problems) if problems else (cls(**value), [])


def describe(value: Any) -> str:
    """Describe ``value`` in an error message: a scalar's text, else the JSON type."""
    if isinstance(value, str | bool | int | float):
        return f"{value!r}"[:80]
    if isinstance(value, InvalidValue):
        return value.reason
    return "an object" if isinstance(value, dict) else "a list" if isinstance(value, list) else "null"


@functools.cache
def _fields(cls: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    hints = get_type_hints(cls, include_extras=True)
    fields = dataclasses.fields(cls)
    required = tuple(
        field.name
        for field in fields
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    )
    return {field.name: hints[field.name] for field in fields}, required


def _check(value: Any, annotation: Any, path: str) -> Iterator[ValidationProblem]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is Any:
        wrong = first_invalid(value)
        if wrong is not None:
            yield ValidationProblem(path, f"found {wrong.reason}, expected plain JSON")
    elif annotation is object:
        return
    elif origin is Annotated:
        base, *constraints = arguments
        problems = list(_check(value, base, path))
        yield from problems
        for constraint in constraints if not problems else ():
            if isinstance(constraint, StringPattern) and re.fullmatch(constraint.pattern, value) is None:
                yield ValidationProblem(path, f"found {describe(value)}, expected {constraint.expected}")
    elif origin is dict:
        yield from _check_dict(value, arguments[1], path)
    elif origin is list:
        yield from _check_list(value, arguments[0], path)
    elif type(value) is not annotation:
        yield ValidationProblem(path, f"found {describe(value)}, expected {_EXPECTED[annotation]}")


def _check_dict(value: Any, item: Any, path: str) -> Iterator[ValidationProblem]:
    if not isinstance(value, dict):
        yield ValidationProblem(path, f"found {describe(value)}, expected an object")
        return
    for key, element in value.items():
        yield from _check(element, item, f"{path}.{key}")


def _check_list(value: Any, item: Any, path: str) -> Iterator[ValidationProblem]:
    if not isinstance(value, list):
        yield ValidationProblem(path, f"found {describe(value)}, expected a list")
        return
    for index, element in enumerate(value):
        yield from _check(element, item, f"{path}[{index}]")


_EXPECTED: dict[Any, str] = {str: "a string", bool: "true or false", int: "a whole number"}
