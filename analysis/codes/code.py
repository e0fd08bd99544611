"""The definition of one code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One kind of problem.

    Attributes:
        name: stable name, as ``path-syntax``.
        severity: only a warning can be ignored or accepted.
        cause: the reason for the problem, as a sentence.
        fix: the correction, as an imperative sentence.
        wrong: an example with the problem: a trigger, or a whole configuration.
        right: the example without the problem.
    """

    name: str
    severity: Severity
    cause: str
    fix: str
    wrong: str
    right: str


def error(name: str, cause: str, fix: str, wrong: str, right: str) -> Code:
    """A code of an error."""
    return Code(name=name, severity="error", cause=cause, fix=fix, wrong=wrong, right=right)


def warning(name: str, cause: str, fix: str, wrong: str, right: str) -> Code:
    """A code of a warning."""
    return Code(name=name, severity="warning", cause=cause, fix=fix, wrong=wrong, right=right)
