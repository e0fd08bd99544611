"""Finds the line and column of a path in the text of a JSON file."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal


@dataclass(slots=True)
class _Value:
    """A value, and its key if it is a field of an object."""

    node: Any
    key: Any = None
    fields: dict[str, _Value] | None = None
    elements: list[_Value] | None = None


@dataclass
class Places:
    """The places of one text's values. The parser keeps positions and tolerates errors (tree-sitter.github.io).

    Attributes:
        text: the file's text.
    """

    text: str
    _bytes: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Encode the text: the parser counts bytes."""
        self._bytes = self.text.encode("utf-8", "surrogatepass")

    def find(self, path: str, at: Literal["key", "value"] = "value") -> tuple[int, int]:
        """Line and column, from 1, of the deepest value on ``path`` that exists.

        Args:
            path: as in a ``ValidationProblem``, ``workflows.load_promos.on_success[1].arguments.--x``.
            at: the place of the field's key, or of its value. An existing path's parent has no key here.
        """
        if self._root is None:
            return 1, 1
        _, value = _deepest(self._root, f".{path}")
        node = value.key if at == "key" and value.key is not None else value.node
        line, start = node.start_point.row, node.start_byte - node.start_point.column
        return line + 1, len(self._bytes[start : node.start_byte].decode("utf-8", "replace")) + 1

    @cached_property
    def _root(self) -> _Value | None:
        # Imported here: a valid file needs no places.
        import tree_sitter  # noqa: PLC0415
        import tree_sitter_json  # noqa: PLC0415

        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_json.language()))
        values = parser.parse(self._bytes).root_node.named_children
        return _Value(values[0]) if values else None


def _deepest(value: _Value, rest: str) -> tuple[int, _Value]:
    """Number of characters of ``rest`` that a value has, and the value. Keys may contain dots and brackets."""
    best = (0, value)
    for length, child in _steps(value, rest):
        used, found = _deepest(child, rest[length:])
        if length + used > best[0]:
            best = (length + used, found)
        if best[0] == len(rest):
            break
    return best


def _steps(value: _Value, rest: str) -> list[tuple[int, _Value]]:
    """Children that the beginning of ``rest`` can name, with the length of the beginning."""
    if value.node.type == "array":
        index = re.match(r"\[(\d+)\]", rest)
        elements = _elements(value)
        return [(index.end(), elements[int(index[1])])] if index and int(index[1]) < len(elements) else []
    if value.node.type != "object" or not rest.startswith("."):
        return []
    fields = _fields(value)
    ends = [match.start() for match in re.finditer(r"[.\[]", rest[1:])]
    lengths = [*(end + 1 for end in ends), len(rest)]
    return [(length, fields[rest[1:length]]) for length in lengths if rest[1:length] in fields]


def _elements(value: _Value) -> list[_Value]:
    if value.elements is None:
        value.elements = [_Value(node) for node in value.node.named_children]
    return value.elements


def _fields(value: _Value) -> dict[str, _Value]:
    """The fields by key. Of a repeated key, the last one counts."""
    if value.fields is None:
        value.fields = {}
        for pair in value.node.named_children:
            key, item = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if key is not None and item is not None:
                # After NaN, which strict JSON does not have, the parser's keys are guesses.
                with contextlib.suppress(ValueError):
                    value.fields[str(json.loads(key.text, strict=False))] = _Value(item, key)
    return value.fields
