"""One problem of a configuration file, with its place, as people and programs read it."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.codes.code import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem of a file.

    Attributes:
        file: name of the file, as the person wrote it.
        line: line, from 1.
        column: character within the line, from 1.
        path: place in the document, or empty if the text is not JSON.
        message: the value found, the values accepted, and what to do.
        severity: an ``error`` breaks the contract of the configuration; a ``warning`` is probably a mistake.
        code: stable name of the kind of problem; docs/problem-codes.md lists all.
        suggestion: the accepted text that is nearest to the one found, or empty.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    severity: Severity
    code: str
    suggestion: str = ""

    @property
    def text(self) -> str:
        """The message with the suggestion."""
        return f"{self.message}. Did you mean {self.suggestion!r}?" if self.suggestion else self.message

    def __str__(self) -> str:
        """``FILE:LINE:COLUMN path: message [CODE]``; a warning has the word after the column."""
        place = f"{self.file}:{self.line}:{self.column} " + ("warning: " if self.severity == "warning" else "")
        text = f"{self.path}: {self.text}" if self.path else self.text
        return f"{place}{text} [{self.code}]"


def nearest(found: str, options: tuple[str, ...] | list[str]) -> str:
    """The option that is most like ``found``, or empty if none is."""
    # Imported here: a valid file needs no suggestion.
    import difflib  # noqa: PLC0415

    lowered = {option.lower(): option for option in options if option != found}
    close = difflib.get_close_matches(found.strip().lower(), lowered, n=1)
    return lowered[close[0]] if close else ""
