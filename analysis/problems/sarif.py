"""Writes problems as SARIF, which code hosts show at the line of a pull request.

Source: docs.oasis-open.org/sarif/sarif/v2.1.0 (sections 3.14, 3.27 and 3.30).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.codes.registry import CODES
from analysis.problem import Problem


def sarif(problems: Iterable[Problem], version: str) -> dict[str, Any]:
    """A SARIF log with one run.

    Args:
        problems: of one or several files.
        version: version of the tool.
    """
    names = list(CODES)
    rules = [
        {
            "id": code.name,
            "shortDescription": {"text": code.cause},
            "help": {"text": code.fix},
            "defaultConfiguration": {"level": code.severity},
        }
        for code in CODES.values()
    ]
    driver = {"name": "orchestrator validate", "semanticVersion": version, "rules": rules}
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(problem, names.index(problem.code)) for problem in problems],
            }
        ],
    }


def _result(problem: Problem, rule: int) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": problem.file},
            "region": {"startLine": problem.line, "startColumn": problem.column},
        }
    }
    if problem.path:
        location["logicalLocations"] = [{"fullyQualifiedName": problem.path, "kind": "member"}]
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": f"{problem.path}: {problem.text}" if problem.path else problem.text},
        "locations": [location],
    }
