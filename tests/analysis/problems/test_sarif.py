"""SARIF logs have the place and the rule of each problem."""

from __future__ import annotations

from analysis.codes.registry import CODES
from analysis.problem import Problem
from analysis.problems.check import check_file
from analysis.problems.sarif import sarif
from tests.analysis.problems.wrong_configurations import SETTINGS, WRONG


def test_sarif_has_place_and_rule_of_each_problem() -> None:
    data = next(one.text for one in WRONG if one.name == "two problems in one trigger")
    problems = check_file("config.json", str(data).encode(), SETTINGS).problems
    (run,) = sarif(problems, "1.0.0")["runs"]
    first = run["results"][0]
    assert len(run["results"]) == len(problems) == 3
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"] == "missing-field"
    place = first["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "config.json"}, "region": {"startLine": 3, "startColumn": 5}}


def test_problem_without_path_has_no_logical_place() -> None:
    problem = Problem(
        file="f", line=1, column=2, path="", message="m", severity="warning", code="syntax", suggestion="s"
    )
    (result,) = sarif([problem], "1.0.0")["runs"][0]["results"]
    assert (result["level"], result["message"]["text"]) == ("warning", "m. Did you mean 's'?")
    assert list(result["locations"][0]) == ["physicalLocation"]


def test_log_without_problems_lists_every_rule() -> None:
    log = sarif([], "1.2.3")
    (run,) = log["runs"]
    assert (log["version"], run["results"], run["tool"]["driver"]["semanticVersion"]) == ("2.1.0", [], "1.2.3")
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(CODES)
