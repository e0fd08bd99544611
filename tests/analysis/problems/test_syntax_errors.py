"""The usual syntax errors, each at its place and with what to do."""

from __future__ import annotations

import pytest

from analysis.problems.syntax_errors import explain, line_and_column

VALID = '{"workflows": {"a": {"on_success": [1, true, null, "text"]}}}'


def test_syntax_error_is_none_for_json() -> None:
    assert explain(VALID) is None
    assert line_and_column("a\nbc", 3) == (2, 2)


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("", 0, "is empty"),
        (" \n", 0, "is empty"),
        ("{\n<<<<<<< HEAD\n}", 2, "merge conflict"),
        ('{"a": 1} // x', 9, "found a comment"),
        ('{"a": 1,}', 7, "comma"),
        ("[1, 2,]", 5, "comma"),
        ('{"a": True}', 6, "true"),
        ('{"a": None}', 6, "null"),
        ("{'a': 1}", 1, "quotes"),
    ],
)
def test_usual_mistake_is_named_at_its_place(text: str, offset: int, words: str) -> None:
    found = explain(text)
    assert found is not None
    assert (found.offset, words in found.message) == (offset, True), found


def test_deep_or_long_texts_are_left_to_the_strict_parser() -> None:
    assert explain("[" * 100_000) is None
    assert explain("9" * 5_000) is None


@pytest.mark.parametrize(("offset", "place"), [(0, (1, 1)), (1, (1, 2)), (2, (2, 1)), (4, (2, 3))])
def test_offset_becomes_line_and_column(offset: int, place: tuple[int, int]) -> None:
    assert line_and_column("a\nbc\n", offset) == place
