"""Every code by its name, and the check of codes that a person names."""

from __future__ import annotations

from analysis.codes.definitions.document_errors import DOCUMENT_ERRORS
from analysis.codes.definitions.structure_warnings import STRUCTURE_WARNINGS
from analysis.codes.definitions.trigger_errors import TRIGGER_ERRORS
from analysis.codes.definitions.value_warnings import VALUE_WARNINGS

CODES = {code.name: code for code in (*DOCUMENT_ERRORS, *TRIGGER_ERRORS, *STRUCTURE_WARNINGS, *VALUE_WARNINGS)}
"""Name to definition, errors first."""

WARNING_NAMES = tuple(code.name for code in CODES.values() if code.severity == "warning")
"""Codes that ``--ignore`` and ``accept`` take."""


def not_a_warning(name: str) -> str:
    """The reason why a code cannot be ignored or accepted; empty if it can."""
    if name in WARNING_NAMES:
        return ""
    if name in CODES:
        return f"found {name!r}, which is the code of an error. Only warnings can be accepted. Correct the error"
    return f"found {name!r:.80}, expected the code of a warning (docs/problem-codes.md)"
