"""Reads JSON strictly into frozen dataclasses, by their annotations.

``builder/schemas`` generates the JSON Schema from the same annotations, so reader and schema agree. The reader does not
convert types: ``"1"`` is not a number and ``true`` is not an integer. It reports every problem with its path.
Supported annotations: ``str``, ``bool``, ``int``, ``Any`` (JSON), ``object`` (checked by another reader), ``list[…]``,
``dict[str, …]``, ``… | None`` (the field may be absent, but not null) and ``Annotated[…, CONSTRAINT]``. A constraint has a
method ``problems(value, path)``, as ``StringPattern``.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import re
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    NamedTuple,
    TypeAlias,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from orchestration.values.strictjson import InvalidValue, first_invalid

if TYPE_CHECKING:
    from types import GenericAlias

    from _typeshed import DataclassInstance

    from orchestration.values.strictjson import Json, JsonObject

    Annotation: TypeAlias = type | GenericAlias
    """An evaluated annotation of a field."""

    JsonSchema: TypeAlias = dict[str, Json]
    SchemaOf: TypeAlias = Callable[[JsonSchema], JsonSchema]
    """The handler that pydantic passes to ``__get_pydantic_json_schema__``."""

T = TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class ValidationProblem:
    """One problem of a document.

    Attributes:
        path: place in the document, as ``workflows.load_promos.on_success[1].arguments.--x``.
        message: the value found, the values accepted, and what to do.
        found: the text found, if the accepted texts are a short list; a reader can suggest the nearest one.
        options: the accepted texts, or empty.
        at: part of the field that is wrong, for its place in the file.
        code: stable name of the kind of problem (``analysis/codes`` defines each).
    """

    path: str
    message: str
    found: str = field(default="", compare=False)
    options: tuple[str, ...] = field(default=(), compare=False)
    at: Literal["key", "value"] = field(default="value", compare=False)
    code: str = field(default="invalid-value", compare=False)

    def __str__(self) -> str:
        """``path: message``."""
        return f"{self.path}: {self.message}"


class StringPattern(NamedTuple):
    """Constrains a string field.

    Attributes:
        pattern: regular expression that the whole value must match, in syntax that ECMA 262 (JSON Schema) and Python
            read alike.
        expected: the accepted values, for the error message.
    """

    pattern: str
    expected: str

    def problems(self, value: str, path: str) -> Iterator[ValidationProblem]:
        """The problem of a value that does not match."""
        if re.fullmatch(self.pattern, value) is None:
            yield ValidationProblem(path, f"found {describe(value)}{_blank(value, self)}")

    def __get_pydantic_json_schema__(self, core_schema: JsonSchema, handler: SchemaOf) -> JsonSchema:
        """Return the schema with the pattern. Pydantic calls this method at build time; the run time does not import it.

        ``patternErrorMessage`` is an extension of VS Code's JSON service, which otherwise shows the regular expression.
        """
        return {**handler(core_schema), "pattern": self.pattern, "patternErrorMessage": f"Expected {self.expected}."}


def read(cls: type[T], value: Json, path: str) -> tuple[T | None, list[ValidationProblem]]:
    """Read the JSON object ``value`` into the dataclass ``cls``.

    Returns:
        The instance and no problems, or None and every problem found.
    """
    if not isinstance(value, dict):
        return None, [_wrong_type(value, path, "an object")]
    annotations, required = _fields(cls)
    problems = [unknown_field(f"{path}.{key}", key, sorted(annotations)) for key in value if key not in annotations]
    problems += [
        ValidationProblem(f"{path}.{key}", "missing field", code="missing-field")
        for key in required
        if key not in value
    ]
    for key, annotation in annotations.items():
        if key in value:
            problems += _check(value[key], annotation, f"{path}.{key}")
    return (None, problems) if problems else (cls(**value), [])


def valid_fields(cls: type[DataclassInstance], value: JsonObject) -> JsonObject:
    """The fields of ``value`` that ``read`` accepts; of an object, the keys that it accepts."""
    valid: JsonObject = {}
    for key, annotation in _fields(cls)[0].items():
        if key not in value:
            continue
        field_value = value[key]
        if get_origin(annotation) is dict and isinstance(field_value, dict):
            element = get_args(annotation)[1]
            valid[key] = {name: item for name, item in field_value.items() if not any(_check(item, element, ""))}
        elif not any(_check(field_value, annotation, "")):
            valid[key] = field_value
    return valid


def new_problems(problems: Iterable[ValidationProblem], known: list[ValidationProblem]) -> list[ValidationProblem]:
    """Problems of values that have no problem yet: a wrong placeholder may leave a value that is wrong too."""
    paths = {problem.path for problem in known}
    return [problem for problem in problems if problem.path not in paths]


def unknown_field(path: str, key: str, options: Iterable[str]) -> ValidationProblem:
    """The problem of a field that does not exist."""
    accepted = tuple(options)
    return ValidationProblem(
        path,
        f"unknown field, expected one of: {', '.join(accepted)}",
        found=key,
        options=accepted,
        at="key",
        code="unknown-field",
    )


def describe(value: Json) -> str:
    """Describe ``value`` in an error message: a scalar's text, else the JSON type."""
    if isinstance(value, str | bool | int | float):
        return f"{value!r}"[:80]
    if isinstance(value, InvalidValue):
        return value.reason
    return "an object" if isinstance(value, dict) else "a list" if isinstance(value, list) else "null"


@functools.cache
def _fields(cls: type[DataclassInstance]) -> tuple[dict[str, Annotation], tuple[str, ...]]:
    hints, fields = field_annotations(cls), dataclasses.fields(cls)
    required = tuple(
        each.name
        for each in fields
        if each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
    )
    return {each.name: hints[each.name] for each in fields}, required


def field_annotations(cls: type) -> dict[str, Annotation]:
    """Annotation of each field of a dataclass, with those of its bases.

    Class attributes are not evaluated: a trigger type has many, and each cold start would pay for them.
    """
    hints: dict[str, Annotation] = {}
    for base in reversed(cls.__mro__):
        own = {name: text for name, text in inspect.get_annotations(base).items() if "ClassVar[" not in str(text)}
        holder = type(base.__name__, (), {"__annotations__": own, "__module__": base.__module__})
        hints |= get_type_hints(holder, include_extras=True)
    return hints


def _check(value: Json, annotation: Annotation, path: str) -> Iterator[ValidationProblem]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is Any:
        wrong = first_invalid(value)
        if wrong is not None:
            yield _wrong_type(wrong, path, "plain JSON")
    elif annotation is object:
        return
    elif origin is types.UnionType:  # None is the default of an absent field
        yield from _check(value, arguments[0], path)
    elif origin is Annotated:
        base, *constraints = arguments
        problems = list(_check(value, base, path))
        yield from problems
        for constraint in constraints if not problems else ():
            yield from constraint.problems(value, path)
    elif origin is dict:
        yield from _check_dict(value, arguments[1], path)
    elif origin is list:
        yield from _check_list(value, arguments[0], path)
    elif type(value) is not annotation:
        yield _wrong_type(value, path, _EXPECTED[annotation])


def _wrong_type(value: Json, path: str, expected: str) -> ValidationProblem:
    code = "json-value" if isinstance(value, InvalidValue) else "wrong-type"
    return ValidationProblem(path, f"found {describe(value)}, expected {expected}", code=code)


def _blank(value: str, constraint: StringPattern) -> str:
    """The accepted values, or the blanks around a value that is otherwise accepted: they are hard to see."""
    if value != value.strip() and re.fullmatch(constraint.pattern, value.strip()):
        where = "start" if value[0].isspace() else "end"
        return f", which has a blank at its {where}. Remove the blank"
    return f", expected {constraint.expected}"


def _check_dict(value: Json, item: Annotation, path: str) -> Iterator[ValidationProblem]:
    if not isinstance(value, dict):
        yield _wrong_type(value, path, "an object")
        return
    for key, element in value.items():
        yield from _check(element, item, f"{path}.{key}")


def _check_list(value: Json, item: Annotation, path: str) -> Iterator[ValidationProblem]:
    if not isinstance(value, list):
        yield _wrong_type(value, path, "a list")
        return
    for index, element in enumerate(value):
        yield from _check(element, item, f"{path}[{index}]")


_EXPECTED: dict[Annotation, str] = {str: "a string", bool: "true or false", int: "a whole number"}
