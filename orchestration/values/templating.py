"""Fills ``${path}`` templates from an event.

``${path:-default}`` gives a text if the value is missing, null or empty text, and ``$${`` gives a literal ``${``. Null is
missing wherever text is wanted, so the text "null" never stands for it. The text of an event is never evaluated: a template
in an event's field arrives unchanged.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from orchestration.errors import ResolutionError
from orchestration.values import paths, strictjson
from orchestration.values.paths import Missing
from orchestration.values.validation import ValidationProblem

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject, Writable
    from orchestration.values.validation import JsonSchema, SchemaOf

_ESCAPE, _DEFAULT = r"\$\$\{", r"(?::-[^{}]*)?"
_TOKEN = re.compile(rf"{_ESCAPE}|\$\{{(?P<path>{paths.PATH})(?::-(?P<default>[^{{}}]*))?\}}")
_LITERAL = rf"[^$]|\$(?!\$?\{{)|{_ESCAPE}"
_FIELD = rf"\$\{{{paths.PATH}{_DEFAULT}\}}"

TEXT = rf"^(?:{_LITERAL}|{_FIELD})*$"
"""Regular expression of a text whose templates are all valid, for the JSON Schema."""

_QUOTED = r'"[^"]*"' + r"|'[^']*'"
_WITH_FIELD = rf"^(?:{_LITERAL})*{_FIELD}(?:{_LITERAL}|{_FIELD})*$"
_ESCAPE_HINT = "Write '$${' for a literal '${'"


class Template(NamedTuple):
    """One template of a text.

    Attributes:
        path: of the event.
        default: text that replaces a missing value, null and empty text; None if there is none.
        text: the whole template.
    """

    path: str
    default: str | None
    text: str


class KeyText:
    """Constrains a field to a text with at least one template, all of them valid."""

    def problems(self, value: str, path: str) -> Iterator[ValidationProblem]:
        """The problems of the templates, or of a text without one."""
        wrong = list(problems(value, path))
        yield from wrong
        if not wrong and not templates(value):
            message = f"found {value!r:.80}, expected a text with a template, such as ${{start_date}}"
            yield ValidationProblem(path, message)

    def __get_pydantic_json_schema__(self, core_schema: JsonSchema, handler: SchemaOf) -> JsonSchema:
        """Return the schema with the pattern. Pydantic calls this at build time."""
        expected = "Expected a text with a template, such as ${start_date}."
        return {**handler(core_schema), "pattern": _WITH_FIELD, "patternErrorMessage": expected}


class ArgumentValue:
    """Constrains a value that its target receives as text: any JSON but null, with valid templates."""

    def problems(self, value: Json, path: str) -> Iterator[ValidationProblem]:
        """The problem of null, or of the templates."""
        if value is None:
            message = "found null, which is not a text. Remove the argument, or write a value"
            yield ValidationProblem(path, message, code="wrong-type")
        yield from problems(value, path)

    def __get_pydantic_json_schema__(self, core_schema: JsonSchema, handler: SchemaOf) -> JsonSchema:
        """Return the schema of the accepted types. Pydantic calls this at build time."""
        return {
            "type": ["string", "number", "boolean", "array", "object"],
            "pattern": TEXT,
            "patternErrorMessage": "Expected a text whose templates are ${path} or ${path:-default}.",
        }


_EXPLAINED = 1_000
"""Characters of a wrong template that its explanation reads."""

_MAX_PROBLEMS = 20
"""Wrong templates of one text that are explained."""


def templates(text: str) -> list[Template]:
    """The templates of a text, in their order."""
    tokens = _TOKEN.finditer(text)
    return [Template(token["path"], token["default"], token[0]) for token in tokens if token["path"] is not None]


def problems(value: Writable, path: str) -> Iterator[ValidationProblem]:
    """Problems of the templates within ``value``, without an event."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from problems(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from problems(item, f"{path}[{index}]")
    elif isinstance(value, str) and "${" in value:
        wrong = itertools.islice(_openings(value), _MAX_PROBLEMS)
        yield from (ValidationProblem(path, _explained(text), code="path-syntax") for text in wrong)


def _openings(value: str) -> Iterator[str]:
    """The beginning of each wrong template, with the text after it."""
    start = 0
    for end, following in [*((token.start(), token.end()) for token in _TOKEN.finditer(value)), (len(value),) * 2]:
        for opening in re.finditer(r"\$\{", value[start:end]):
            yield value[start + opening.start() : start + opening.start() + _EXPLAINED]
        start = following


def _explained(text: str) -> str:
    """The problem of the template with which a text begins."""
    content, closing, _ = text[2:].partition("}")
    found = f"found {text[: len(content) + 3]!r:.80}"
    if not closing:
        return f"{found}: the template is not closed. Expected ${{path}} or ${{path:-default}}. {_ESCAPE_HINT}"
    if "${" in content:
        return f"{found}: a template contains no other template. Write one fixed default, or publish the field"
    if "{" in content:
        return f"{found}: a default in a template has no braces. In parameter_mapping, a default is any JSON"
    path, operator, default = _divided(content)
    if not path.strip():
        return f"{found}: the path is empty. Expected a path such as ${{{paths.EXAMPLE}}}. {_ESCAPE_HINT}"
    spelling = paths.in_json(paths.meant(path))
    fallback = f":-{default}" if operator else ""
    write = f"Write ${{{spelling}{fallback}}}" if spelling else f"Expected a path such as {paths.EXAMPLE}"
    wrong = paths.reason(path) or f"{operator!r} is not an operator of a template"
    return f"{found}: {wrong}. {write:.120}"


def _divided(content: str) -> tuple[str, str, str]:
    """Path, operator and default of a template's content, by the first operator outside quotes."""
    operator = re.match(rf"((?:{_QUOTED}|[^:\"']|:(?![-=?+]))*)(:[-=?+])(.*)", content, re.DOTALL)
    return (operator[1], operator[2], operator[3]) if operator else (content, "", "")


def render(value: Json, fields: JsonObject, where: str) -> Json:
    """Fill every template within the JSON ``value``, keeping types.

    A value that is exactly one template keeps the type of the field, and null. A template within other text becomes text;
    objects and lists become compact JSON.

    Args:
        value: any JSON value; keys of objects stay unchanged.
        fields: the event.
        where: place of the value for an error, as ``sqs_mwaa my_dag: conf``.

    Raises:
        ResolutionError: the event has no such path, or null within other text, and the template has no default.
    """
    if isinstance(value, dict):
        return render_object(value, fields, where)
    if isinstance(value, list):
        return [render(item, fields, f"{where}[{index}]") for index, item in enumerate(value)]
    if not isinstance(value, str) or "${" not in value:
        return value
    whole = _TOKEN.fullmatch(value)
    if whole is not None and whole["path"] is not None:
        return _resolve(Template(whole["path"], whole["default"], value), fields, where)
    return _filled(value, lambda template: _text(template, fields, where))


def render_object(value: Mapping[str, Json], fields: JsonObject, where: str) -> JsonObject:
    """Fill every template within a JSON object, as ``render``."""
    return {key: render(item, fields, f"{where}.{key}") for key, item in value.items()}


def render_text(value: Json, fields: JsonObject, where: str) -> str:
    """Fill every template within ``value``, for a target that receives text.

    Numbers, booleans, lists and objects become compact JSON, literal ones and those of the event alike.

    Raises:
        ResolutionError: the event has no such path, or null, and the template has no default.
    """
    if isinstance(value, str):
        return _filled(value, lambda template: _text(template, fields, where))
    return _as_text(render(value, fields, where))


def render_key(text: str, fields: JsonObject, where: str) -> str:
    """Fill the templates of a key, under which events meet. Each value is a text or an integer.

    Raises:
        ResolutionError: the event has no such path, or another value there: null, empty text, a boolean, a number with a
            fraction, a list or an object.
    """

    def part(template: Template) -> str:
        value = _resolve(template, fields, where)
        if isinstance(value, str) and value.strip():
            return value
        if type(value) is int:
            return str(value)
        kind = "empty text" if isinstance(value, str) else _described(value)
        raise ResolutionError(
            f"{where}: the event's field {template.path!r} is {kind}, expected a text or an integer. Publish such a value"
        )

    return _filled(text, part)


def _described(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return f"{_as_text(value):.80}"


def _filled(text: str, filled: Callable[[Template], str]) -> str:
    if "${" not in text:
        return text

    def replace(token: re.Match[str]) -> str:
        return "${" if token["path"] is None else filled(Template(token["path"], token["default"], token[0]))

    return _TOKEN.sub(replace, text)


def _as_text(value: Json) -> str:
    """A JSON value as text: a string as it is, anything else as compact JSON."""
    return value if isinstance(value, str) else strictjson.dumps(value)


def _text(template: Template, fields: JsonObject, where: str) -> str:
    value = _resolve(template, fields, where)
    if value is None:
        raise ResolutionError(
            f"{where}: the event's field {template.path!r} is null, but template {template.text} needs a text. Publish a value, "
            f"or give a default: ${{{template.path}:-...}}"
        )
    return _as_text(value)


def _resolve(template: Template, fields: JsonObject, where: str) -> Json:
    value = paths.lookup(fields, template.path)
    if template.default is not None and paths.is_absent(value):
        return template.default
    if isinstance(value, Missing):
        raise ResolutionError(
            f"{where}: the event has no field {template.path!r} for template {template.text}; its top-level fields are "
            f"{', '.join(sorted(fields)[:20])}. Correct the path, publish the field, or give a default: "
            f"${{{template.path}:-...}}"
        )
    return value
