"""The figures of ``docs/testing.md`` are those of the tests."""

from __future__ import annotations

import re

from tests.builder.machine.definition_linters import DISAGREEING, VARIANTS
from tests.localstack import cases, summary

PAGE = summary.PAGE.read_text()


def test_table_of_the_interpreters_counts_every_case() -> None:
    """``make test-localstack`` proves the figures: a case is equal, or differs for a documented reason."""
    assert summary.documented() == summary.expected(cases.ids()), "run make build"


def test_number_of_broken_variants() -> None:
    found = re.search(r"(\d+) broken variants of the definition, (\d+) of them forms", PAGE)
    assert found is not None
    assert (int(found[1]), int(found[2])) == (len(VARIANTS), len(DISAGREEING))
