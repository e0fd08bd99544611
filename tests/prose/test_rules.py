"""Each rule finds a violation and accepts plain text."""

from __future__ import annotations

import pytest

from tests.prose import rules


def found(rule: str, path: str, text: str) -> list[str]:
    return [finding.message for finding in getattr(rules, rule)(path, text)]


@pytest.mark.parametrize(
    "word",
    ["men" + "d", "what" + "ever", "be" + "side", "of its" + " own", "he" + "ld", "is" + " there", "is" + " no thing"],
)
def test_banned_words_finds_a_word(word: str) -> None:
    assert len(found("banned_words", "docs/x.md", f"A line with {word} in it.")) == 1


def test_banned_words_accepts_plain_words() -> None:
    assert found("banned_words", "docs/x.md", "Fix the cause; the file is no longer there.") == []


@pytest.mark.parametrize("first", ["Wha" + "t it does.", "Whe" + "ther it works.", "Return " + "word " * 25 + "."])
def test_docstrings_finds_a_first_sentence(first: str) -> None:
    assert len(found("docstrings", "a.py", f'def f():\n    """{first}"""\n')) == 1


def test_docstrings_accepts_a_verb() -> None:
    assert found("docstrings", "a.py", 'def f():\n    """Return the name."""\n') == []


@pytest.mark.parametrize("name", ["test_nothing" + "_else_arrives", "test_x" + "_and_said", "test_" + "a" * 60])
def test_test_names_finds_a_name(name: str) -> None:
    assert len(found("test_names", "tests/a.py", f"def {name}(): ...\n")) == 1


def test_test_names_accepts_a_behaviour() -> None:
    assert found("test_names", "tests/a.py", "def test_missing_queue_exits_2(): ...\n") == []


@pytest.mark.parametrize("sentence", ["word " * 26 + "end.", "First: one; second: two."])
def test_long_sentences_finds_a_sentence(sentence: str) -> None:
    assert found("long_sentences", "docs/x.md", sentence)


def test_long_sentences_ignores_tables_and_code() -> None:
    text = "| " + "word " * 40 + "|\n\n```\n" + "word " * 40 + "\n```\n\nOne short sentence.\n"
    assert found("long_sentences", "docs/x.md", text) == []
