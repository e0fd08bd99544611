"""Paths into an event: ``artifacts.output_path``, ``artifacts.files.0``, ``upstream."dwh.orders".artifacts``.

A path is segments joined by dots. A segment is letters (a to z), digits, ``_`` and ``-``, or any text in double quotes, in
which ``""`` is one quote. A segment that is a number indexes a list. The reader, the JSON Schema and the pages use ``PATH``.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from orchestration.values.placeholders import RESERVED_ROOTS
from orchestration.values.validation import ValidationProblem

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject
    from orchestration.values.validation import JsonSchema, SchemaOf

_NEGATIVE = r"-[0-9]+(?![A-Za-z0-9_-])"
_PLAIN = rf"(?!{_NEGATIVE})[A-Za-z0-9_-]+"
_QUOTED = r'"(?:[^"]|"")+"'
_SEGMENT = rf"(?:{_PLAIN}|{_QUOTED})"

PATH = rf"{_SEGMENT}(?:\.{_SEGMENT})*"
"""Regular expression of a path, in syntax that ECMA 262 (JSON Schema) and Python read alike; it has no anchors."""

EXAMPLE = "artifacts.output_path"

_WHOLE = re.compile(PATH)
_SEGMENTS = re.compile(_SEGMENT)
_INDEX = re.compile(r"0|[1-9][0-9]{0,5}")
"""An index of a list within an event, which has at most 256 KiB."""

_LOOSE = re.compile(r'"(?:[^"]|"")*"|\'[^\']*\'|[^."\']+')
"""A segment of a text that is not a path: also other characters, and single quotes."""

_KEY = r"'(?P<single>[^']+)'" + r'|"(?P<double>[^"]+)"' + r"|(?P<plain>[A-Za-z0-9_]+)"
_BRACKET = re.compile(rf"\[\s*(?:{_KEY})\s*\](?=[.\[|?]|\s|$)")
_FALLBACK = re.compile(r"\s*(?:[|?]|:[-=?+]).*", re.DOTALL)
"""A filter, or a default in the syntax of another language."""

_OPERATORS = r"[|?!=<>&+*,;()]|:[-=?+]"

_RESERVED = rf"(?:{'|'.join(RESERVED_ROOTS)})(?![^.])"

_LONGEST = 500
"""Characters of a text for which a spelling is suggested."""

_UNCLOSED = r'^[^"]*"(?:[^"]*"[^"]*")*[^"]*$'
"""Text with an odd number of quotes."""


class EventPath:
    """Constrains a field to a path into the event, without ``${`` and ``}``."""

    def problems(self, value: str, path: str) -> Iterator[ValidationProblem]:
        """The problem of a text that is not a path, or whose root is reserved."""
        if reason(value):
            yield ValidationProblem(path, f"found {value!r:.80}: {advice(value)}", code="path-syntax")
        elif re.match(_RESERVED, value):
            yield ValidationProblem(
                path,
                f"found {value!r:.80}, but the roots {' and '.join(RESERVED_ROOTS)} are reserved for the deployment. "
                "Write the placeholder in conf",
                code="unknown-placeholder",
            )

    def __get_pydantic_json_schema__(self, core_schema: JsonSchema, handler: SchemaOf) -> JsonSchema:
        """Return the schema with the pattern. Pydantic calls this at build time."""
        pattern, expected = f"^(?!{_RESERVED}){PATH}$", f"Expected a path into the event such as {EXAMPLE}."
        return {**handler(core_schema), "pattern": pattern, "patternErrorMessage": expected}


class Step(NamedTuple):
    """One segment of a path.

    Attributes:
        key: name in an object.
        position: in a list, or None if the segment is quoted or not a number.
    """

    key: str
    position: int | None


class Missing:
    """Marks a missing path; None is a JSON value."""


MISSING = Missing()


@functools.lru_cache(maxsize=4096)
def parse(path: str) -> tuple[Step, ...]:
    """The steps of a path.

    Raises:
        ValueError: the text is not a path. ``reason`` tells why; readers of a configuration call it first.
    """
    if _WHOLE.fullmatch(path) is None:
        raise ValueError(f"found {path!r:.80}: {reason(path)}")
    return tuple(_step(segment) for segment in _SEGMENTS.findall(path))


def _step(segment: str) -> Step:
    if segment.startswith('"'):
        return Step(segment[1:-1].replace('""', '"'), None)
    return Step(segment, int(segment) if _INDEX.fullmatch(segment) else None)


def lookup(fields: JsonObject, path: str) -> Json | Missing:
    """The value at a path, or ``MISSING``."""
    node: Json = fields
    for key, position in parse(path):
        if isinstance(node, dict) and key in node:
            node = node[key]
        elif isinstance(node, list) and position is not None and position < len(node):
            node = node[position]
        else:
            return MISSING
    return node


def is_absent(value: Json | Missing) -> bool:
    """True for a value that a default replaces: a missing one, null and empty text."""
    return value is None or value == "" or isinstance(value, Missing)


def reason(text: str) -> str:
    """Reason why a text is not a path; empty if it is one."""
    if _WHOLE.fullmatch(text):
        return ""
    if not text.strip():
        return "the path is empty"
    return next(message for pattern, message in _REASONS if re.search(pattern, text, re.DOTALL))


_REASONS = (
    (r"\$\{", "a path is written without '${' and '}'"),
    (r"^\s*[$@](?![^.\[]*\})", "a path does not begin with '$' or '@'"),
    (r"[\[\]]", "a path has no brackets. An index is a segment, such as files.0"),
    (rf"(?:^|\.){_NEGATIVE}", "an index is not negative. It counts from 0 at the start of the list"),
    (_OPERATORS, "a path has no operators, filters or functions"),
    (r"^\s|\s$|\s\.|\.\s", "a path has no blanks around a segment"),
    (r'^\.|\.\.|\.$|(?:^|\.)""(?:\.|$)', "the path has an empty segment"),
    (_UNCLOSED, "a quote is not closed"),
    (r"", "a segment with other characters than letters (a to z), digits, '_' and '-' stands in double quotes"),
)
"""Pattern of a text that is not a path, and the reason. The first pattern counts, and the last one matches any text."""


def meant(text: str) -> str:
    """The path that a wrong text probably means; empty if nobody can tell, or if the text is long."""
    if len(text) > _LONGEST:
        return ""  # the expressions below take quadratic time
    text = re.sub(r"^\s*\$\{(.*?)\}?\s*$", r"\1", text, flags=re.DOTALL).strip()
    if text.startswith("$.."):
        return ""
    text = _BRACKET.sub(lambda bracket: f".{segment_of(bracket[bracket.lastgroup or 0])}", re.sub(r"^[$@]", "", text))
    text = _FALLBACK.sub("", text)
    spelled = "" if re.search(_UNCLOSED, text) or text.count("'") % 2 else ".".join(_segments(text))
    return spelled if _WHOLE.fullmatch(spelled) else ""


def _segments(text: str) -> Iterator[str]:
    """Segments of a path. An empty one stands for a slice, a call or an index from the end: no path has them."""
    for segment in map(str.strip, _LOOSE.findall(text)):
        if segment[:1] in ('"', "'"):
            yield segment_of(segment[1:-1].replace('""', '"'))
        elif segment:
            yield "" if re.search(rf"[\[\]/]|{_OPERATORS}|^{_NEGATIVE}", segment) else segment_of(segment)


def segment_of(key: str) -> str:
    """The segment of a key: quoted if it has other characters."""
    return key if re.fullmatch(_PLAIN, key) else '"{}"'.format(key.replace('"', '""'))


def advice(text: str) -> str:
    """Reason why a text is not a path, with the spelling for JSON; empty if none."""
    wrong = reason(text)
    if not wrong:
        return ""
    spelling = in_json(meant(text))
    return f"{wrong}. Write {spelling:.120}" if spelling else f"{wrong}. Expected a path such as {EXAMPLE}"


def in_json(text: str) -> str:
    r"""A text as it stands within a JSON string: a quote is ``\"``."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
