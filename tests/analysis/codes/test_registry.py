"""Every code is defined once, has an example that shows it, and a correction that removes it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.codes.code import Code
from analysis.codes.definitions.document_errors import DOCUMENT_ERRORS
from analysis.codes.definitions.structure_warnings import STRUCTURE_WARNINGS
from analysis.codes.definitions.trigger_errors import TRIGGER_ERRORS
from analysis.codes.definitions.value_warnings import VALUE_WARNINGS
from analysis.codes.registry import CODES, WARNING_NAMES, not_a_warning
from analysis.problem import Problem
from analysis.problems.check import check_file
from orchestration.values.validation import ValidationProblem
from tests.analysis.problems.wrong_configurations import SETTINGS

ROOT = Path(__file__).parents[3]
EVERY = (*DOCUMENT_ERRORS, *TRIGGER_ERRORS, *STRUCTURE_WARNINGS, *VALUE_WARNINGS)
WITH_EXAMPLE = [code for code in EVERY if code.wrong]


def problems(text: str) -> list[Problem]:
    """Problems of a configuration, or of a trigger."""
    whole = f'{{"workflows": {{"upstream": {{"on_success": [{text}]}}}}}}' if text.startswith('{"type"') else text
    return check_file("f", whole.encode(), SETTINGS).problems


def test_names_are_unique_and_plain() -> None:
    assert len(CODES) == len(EVERY)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in CODES)


def test_codes_of_deployments_and_large_files_have_no_example() -> None:
    assert {code.name for code in EVERY} - {code.name for code in WITH_EXAMPLE} == {
        "quota-headroom",
        "wait-not-deployed",
    }


@pytest.mark.parametrize("code", WITH_EXAMPLE, ids=lambda code: code.name)
def test_example_has_the_problem_and_its_correction_has_none(code: Code) -> None:
    (problem, *others) = [one for one in problems(code.wrong) if one.code == code.name]
    assert problem.severity == code.severity
    assert others == [] or code.name == "repeated-id"
    assert [str(one) for one in problems(code.right) if one.code not in ("publish-without-workflow",)] == []


@pytest.mark.parametrize("code", EVERY, ids=lambda code: code.name)
def test_cause_and_fix_are_sentences(code: Code) -> None:
    assert code.cause.endswith(".")
    assert code.fix.endswith(".")


def used_codes(package: str) -> Iterator[str]:
    """Codes in the source of a package: keyword arguments ``code``, and the default."""
    yield ValidationProblem("", "").code
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
                yield str(node.value.value)


@pytest.mark.parametrize("package", ["orchestration", "analysis"])
def test_every_code_in_the_source_is_defined(package: str) -> None:
    assert set(used_codes(package)) <= set(CODES)


def test_error_code_cannot_be_accepted() -> None:
    assert not any(map(not_a_warning, WARNING_NAMES))
    assert not_a_warning("path-syntax") == (
        "found 'path-syntax', which is the code of an error. Only warnings can be accepted. Correct the error"
    )
    assert not_a_warning("x") == "found 'x', expected the code of a warning (docs/problem-codes.md)"
