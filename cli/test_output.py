"""Prints the results of test cases, and writes them as JUnit XML."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from junitparser import Failure, JUnitXml, TestCase, TestSuite
from rich.text import Text

from analysis.plans.cases import CaseResult
from cli.io import write_text
from cli.render import output

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def print_results(results: Sequence[CaseResult]) -> None:
    """Print each case that failed with its diff, then the counts."""
    for one in results:
        if one.problem:
            output.print(Text.assemble(("FAILED ", "red"), (one.case.name, "bold"), f": {one.problem}"))
            for line in one.diff:
                output.print(Text(f"    {line}", style=_COLOURS.get(line[:1], "")))
    failed = sum(bool(one.problem) for one in results)
    output.print(f"{len(results) - failed} of {len(results)} cases passed")


def write_junit(results: Sequence[CaseResult], path: Path) -> None:
    """Write the results as JUnit XML, which CI systems read."""
    suite = TestSuite("workflow configuration")
    for one in results:
        case = TestCase(one.case.name, "orchestrator")
        if one.problem:
            failure = Failure(one.problem)
            failure.text = "\n".join(one.diff)
            case.result = [failure]
        suite.add_testcase(case)
    report = JUnitXml("orchestrator test")
    report.add_testsuite(suite)
    content = io.BytesIO()
    report.write(content, pretty=True)
    write_text(path, content.getvalue().decode())
