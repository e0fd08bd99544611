"""Explains why a text is not JSON: the usual mistakes, at the place of the mistake."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

_LITERALS = {"True": "true", "False": "false", "None": "null", "undefined": "null", "nil": "null"}
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*+(?:"|\\?(?=\n|\Z))|[\[\]{}]')


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """A syntax error; ``offset`` counts characters."""

    offset: int
    message: str


def explain(text: str) -> SyntaxProblem | None:
    """The first syntax error of a text, or None if Python's parser reads it."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        for rule in _RULES:
            found = rule(text, error.pos, error.msg)
            if found is not None:
                return found
        return SyntaxProblem(error.pos, f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]}")
    except (RecursionError, ValueError):  # a number with thousands of digits; deep nesting
        return None
    return None


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a character."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _empty(text: str, offset: int, message: str) -> SyntaxProblem | None:
    return (
        None if text.strip() else SyntaxProblem(0, 'is empty. A configuration without workflows is {"workflows": {}}')
    )


def _conflict(text: str, offset: int, message: str) -> SyntaxProblem | None:
    marker = re.search(r"^(?:<{7}|={7}|>{7})(?: .*)?$", text, re.MULTILINE)
    return marker and SyntaxProblem(marker.start(), "found a marker of a merge conflict. Resolve the conflict")


def _comment(text: str, offset: int, message: str) -> SyntaxProblem | None:
    start = re.compile(r"\s*(//|/\*|#)").match(text, offset)
    if start is None:
        return None
    return SyntaxProblem(start.start(1), "found a comment, which JSON does not have. Write it in a field 'description'")


def _trailing_comma(text: str, offset: int, message: str) -> SyntaxProblem | None:
    before = text[:offset].rstrip()
    # Python 3.13 reports the comma, older versions the bracket after it.
    comma = offset if text[offset : offset + 1] == "," else len(before) - 1
    after = text[comma + 1 :].lstrip()
    if text[comma : comma + 1] != "," or after[:1] not in ("}", "]"):
        return None
    return SyntaxProblem(comma, f"found a trailing comma before {after[0]!r}. Remove the comma")


def _quotes(text: str, offset: int, message: str) -> SyntaxProblem | None:
    quote = re.compile("\\s*(['\u2018\u2019\u201c\u201d`])").match(text, offset)
    if quote is None:
        return None
    kind = "single quotes" if quote[1] in "'\u2018\u2019`" else "typographic quotes"
    return SyntaxProblem(quote.start(1), f'found {kind}, expected double quotes ("...")')


def _bare_word(text: str, offset: int, message: str) -> SyntaxProblem | None:
    word = re.compile(r"\s*([A-Za-z_$][\w$-]*)").match(text, offset)
    if word is None:
        return None
    if word[1] in _LITERALS:
        return SyntaxProblem(word.start(1), f"found {word[1]}, expected {_LITERALS[word[1]]}")
    if "delimiter" in message:
        return None
    what = "a field name" if "property name" in message else "a text"
    return SyntaxProblem(
        word.start(1), f'found {word[1]!r:.60} without quotes, expected {what} in double quotes ("...")'
    )


def _unclosed_string(text: str, offset: int, message: str) -> SyntaxProblem | None:
    if "control character" in message and text[offset] in "\r\n":
        start = text.rfind('"', 0, offset)
        return SyntaxProblem(
            start, "the text is not closed on its line. Add the closing quote, or write a new line as \\n"
        )
    if "control character" in message:
        return SyntaxProblem(
            offset, f"found a control character (U+{ord(text[offset]):04X}) in a text. Write a tab as \\t"
        )
    if "Unterminated" in message:
        return SyntaxProblem(offset, "the text is not closed. Add the closing quote")
    return None


def _escape(text: str, offset: int, message: str) -> SyntaxProblem | None:
    if "escape" not in message:
        return None
    return SyntaxProblem(
        offset, f"found {text[offset : offset + 2]!r}, which is not an escape. Write a backslash as \\\\"
    )


def _unclosed_bracket(text: str, offset: int, message: str) -> SyntaxProblem | None:
    if text[offset:].strip():
        return None
    opened: list[int] = []
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            opened.append(token.start())
        elif token[0] in "]}" and opened:
            opened.pop()
    if not opened:
        return None
    line, column = line_and_column(text, opened[-1])
    return SyntaxProblem(
        offset, f"the file ends, but {text[opened[-1]]!r} of line {line}, column {column} is not closed"
    )


def _extra(text: str, offset: int, message: str) -> SyntaxProblem | None:
    if "Extra data" not in message:
        return None
    found = text[offset]
    hint = "It closes nothing. Remove it" if found in "]}," else "A file holds one JSON value"
    return SyntaxProblem(offset, f"found {found!r} after the end of the JSON value. {hint}")


def _missing_value(text: str, offset: int, message: str) -> SyntaxProblem | None:
    if "Expecting value" not in message:
        return None
    return SyntaxProblem(offset, f"found {text[offset : offset + 1]!r}, expected a value")


def _missing_delimiter(text: str, offset: int, message: str) -> SyntaxProblem | None:
    if "delimiter" not in message:
        return None
    end = len(text[:offset].rstrip())
    found = text[offset : offset + 1]
    if "':'" in message:
        return SyntaxProblem(end, f"found {found!r}, expected ':' between a field's name and its value")
    if found in ("]", "}"):
        return SyntaxProblem(offset, f"found {found!r}, which closes another bracket than the last one that was opened")
    if found == ":":
        return SyntaxProblem(offset, "found ':', expected ',' or the end. A quote or '{' may be missing before it")
    return SyntaxProblem(end, "a comma is missing here")


_RULES: tuple[Callable[[str, int, str], SyntaxProblem | None], ...] = (
    _empty,
    _conflict,
    _unclosed_string,
    _escape,
    _comment,
    _trailing_comma,
    _quotes,
    _unclosed_bracket,
    _extra,
    _bare_word,
    _missing_value,
    _missing_delimiter,
)
