"""The repository's prose follows the rules: ``.venv/bin/pytest tests/prose`` lists each violation."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.prose import rules

ROOT = Path(__file__).parents[2]
MAX_LONG_SENTENCES = 0.02
"""Share of Markdown sentences that may break the rule of length."""


def tracked() -> dict[str, str]:
    """Text of each tracked file with prose, by path."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    paths = [path for path in listed if path and rules.is_prose(path) and (ROOT / path).is_file()]
    return {path: (ROOT / path).read_text(encoding="utf-8") for path in paths}


@pytest.mark.parametrize(
    "rule", [rules.banned_words, rules.docstrings, rules.test_names], ids=lambda rule: rule.__name__
)
def test_prose_follows_the_rule(rule: object) -> None:
    assert callable(rule)
    found = sorted(finding for path, text in tracked().items() for finding in rule(path, text))
    assert not found, "\n" + "\n".join(map(str, found))


def test_markdown_sentences_are_short() -> None:
    pages = {path: text for path, text in tracked().items() if path.endswith(".md")}
    total = sum(len(rules.sentences(text)) for text in pages.values())
    found = sorted(finding for path, text in pages.items() for finding in rules.long_sentences(path, text))
    assert len(found) <= MAX_LONG_SENTENCES * total, f"{len(found)} of {total} sentences\n" + "\n".join(map(str, found))
