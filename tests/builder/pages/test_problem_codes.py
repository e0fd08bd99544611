"""The page lists every code with its cause, an example and the correction."""

from __future__ import annotations

import pytest

from analysis.codes.code import Code
from analysis.codes.registry import CODES
from builder.pages import problem_codes

PAGE = problem_codes.build()


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.name)
def test_page_has_a_section_of_each_code(code: Code) -> None:
    section = PAGE.partition(f"\n## `{code.name}`\n")[2].partition("\n## ")[0]
    assert f"| [`{code.name}`](#{code.name}) | {code.severity} |" in PAGE
    for text in (code.cause, code.fix, code.wrong, code.right):
        assert text in section


def test_example_that_is_not_json_is_not_marked_as_json() -> None:
    assert '```text\n{"workflows": {},}\n```' in PAGE
