"""Writes problems as SARIF, which code hosts show at the line of a pull request.

Source: docs.oasis-open.org/sarif/sarif/v2.1.0 (sections 3.14, 3.27 and 3.30).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.problem import Problem

RULES = {
    "syntax": "The file is JSON in UTF-8.",
    "configuration": "The router accepts every trigger.",
    "cycle": "No workflow starts one of its upstream jobs.",
    "blank-in-name": "Job names have no blank at the start or end.",
    "similar-names": "Names of jobs do not differ only in case, '-' or '_'.",
    "empty-workflow": "A workflow or join has triggers.",
    "repeated-trigger": "A list has each trigger once.",
    "quota-headroom": "An execution's input has room for the event.",
    "looks-like-template": "A template is ${path}.",
    "path-syntax": "Names in conditions and in paths of joins have the right syntax.",
    "default-type": "A default in conf does not look like JSON.",
    "unknown-region": "The AWS SDK knows the region.",
    "glue-argument": "Arguments of Glue jobs begin with '--'.",
    "glue-abbreviation": "No argument of a Glue job begins like an automatic one.",
}
"""Name of each check to the condition that it checks."""


def sarif(problems: Iterable[Problem], version: str) -> dict[str, Any]:
    """A SARIF log with one run.

    Args:
        problems: of one or several files.
        version: version of the tool.
    """
    names = list(RULES)
    rules = [{"id": name, "shortDescription": {"text": text}} for name, text in RULES.items()]
    driver = {"name": "orchestrator validate", "semanticVersion": version, "rules": rules}
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(problem, names.index(problem.rule)) for problem in problems],
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
        "ruleId": problem.rule,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": f"{problem.path}: {problem.text}" if problem.path else problem.text},
        "locations": [location],
    }
