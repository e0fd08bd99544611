"""Checks prose against the language rules of the project: plain technical English, one idea a sentence.

Each rule yields findings. It reads Markdown, docstrings, comments and messages of the tracked files.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MAX_DOCSTRING_WORDS = 20
MAX_SENTENCE_WORDS = 25
MAX_TEST_NAME = 60

_TEXT_SUFFIXES = (".md", ".py", ".tf", ".sh", ".infra", ".hcl", ".mjs", "Makefile", ".ci/run")

# Spelled with a character class, so that this file contains none of them.
BANNED = {
    "fix": r"[m]end(s|ed|ing)?",
    "refinement": r"[b]etterments?",
    "a noun": r"[w]ho(ever)|[w]hat(ever)",
    "must or may": r"[s]hall",
    "so that ... not": r"[l]est",
    "of it": r"[t]hereof",
    "next to, in addition to": r"[b]eside",
    "own, separate": r"of (its|their|your|an?other)[ ]own",
    "stored, received, pending": r"(?<!with)(?<!up)[h]eld|[p]arked",
    "handled": r"[d]ea(l|lt) with",
    "exists": r"(is|are|was) (not )?[t]here",
    "is not a": r"(is|was|are) [n]o (?!longer|more)[a-z]+",
    "reports, logs, prints": r"is [s]aid|and [s]aid|(says?|said) [s]o|[t]ells nobody",
    "result": r"[w]hat (became|follows)",
    "accepted": r"(are|is) [t]aken",
}
"""Replacement and pattern of each banned phrase."""

ALLOWED_LINES: tuple[re.Pattern[str], ...] = ()
"""Lines that may match: text of other programs that we quote."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One violation.

    Attributes:
        path: file, relative to the repository.
        line: line number, from 1.
        message: the rule and the text found.
    """

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        """``path:line: message``."""
        return f"{self.path}:{self.line}: {self.message}"


def banned_words(path: str, text: str) -> Iterator[Finding]:
    """Find phrases that the field does not use."""
    for number, line in enumerate(text.splitlines(), 1):
        if any(allowed.search(line) for allowed in ALLOWED_LINES):
            continue
        for replacement, pattern in BANNED.items():
            match = re.search(rf"\b({pattern})\b", line, re.IGNORECASE)
            if match:
                yield Finding(path, number, f"{match[0]!r}: write {replacement!r} or rephrase the sentence")


def docstrings(path: str, text: str) -> Iterator[Finding]:
    """Find docstrings whose first sentence is long or does not begin with a verb or a noun."""
    if not path.endswith(".py"):
        return
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        docstring = ast.get_docstring(node)
        if not docstring:
            continue
        line = getattr(node, "lineno", 1)
        first = re.match(r"(What|Where|Whether|Who|How|It)\b", docstring)
        if first:
            yield Finding(path, line, f"a docstring begins with {first[0]!r}: begin with a verb or a noun")
        words = len(re.split(r"(?<=[.])\s", " ".join(docstring.split()))[0].split())
        if words > MAX_DOCSTRING_WORDS:
            yield Finding(
                path, line, f"the first sentence of a docstring has {words} words: at most {MAX_DOCSTRING_WORDS}"
            )


def test_names(path: str, text: str) -> Iterator[Finding]:
    """Find names of tests that are long or that do not state the behaviour."""
    if not path.endswith(".py") or not path.startswith("tests/"):
        return
    riddle = re.compile(
        r"test_(what|nothing|no|only|where|which)_|_(is_said|and_said|says_so|that_is_there|unless_told)$"
    )
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            if riddle.search(node.name):
                yield Finding(path, node.lineno, f"{node.name} is a riddle: name the subject and the behaviour")
            if len(node.name) > MAX_TEST_NAME:
                yield Finding(
                    path, node.lineno, f"{node.name} has {len(node.name)} characters: at most {MAX_TEST_NAME}"
                )


def sentences(markdown: str) -> list[str]:
    """Return the sentences of a Markdown text, without code blocks and tables."""
    prose = re.sub(r"```.*?```|^\|.*$", "", markdown, flags=re.DOTALL | re.MULTILINE)
    parts = re.split(r"(?<=[.!?])\s+|\n\s*\n|\n\s*[-*0-9.]+\s", prose)
    return [" ".join(part.split()) for part in parts if len(part.split()) > 2]


def long_sentences(path: str, text: str) -> Iterator[Finding]:
    """Find sentences of a Markdown page with too many words, or with several colons and semicolons."""
    if not path.endswith(".md"):
        return
    for sentence in sentences(text):
        words = len(sentence.split())
        line = text[: max(0, text.find(sentence.split()[0]))].count("\n") + 1
        if words > MAX_SENTENCE_WORDS:
            yield Finding(path, line, f"{words} words, at most {MAX_SENTENCE_WORDS}: {sentence[:80]!r}")
        if len(re.findall(r"[;:](?=\s)", sentence)) > 1:
            yield Finding(path, line, f"several colons or semicolons in a sentence: {sentence[:80]!r}")


RULES: tuple[Callable[[str, str], Iterator[Finding]], ...] = (banned_words, docstrings, test_names, long_sentences)


def is_prose(path: str) -> bool:
    """Return True for files that people of this project write."""
    generated = path.startswith(("requirements/", "statemachines/")) or "node_modules" in path
    return path.endswith(_TEXT_SUFFIXES) and not generated
