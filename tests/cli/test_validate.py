"""``orchestrator validate``: all problems of a configuration, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helpers import Orchestrator
from tests.invalid_configs import INVALID_CONFIGS

TWO_PROBLEMS = INVALID_CONFIGS["two problems in two triggers"]


@pytest.fixture
def two_problems(tmp_path: Path) -> str:
    """A configuration with two problems."""
    path = tmp_path / "config.json"
    path.write_text(TWO_PROBLEMS.text)
    return str(path)


def test_valid_configuration_exits_0(orchestrator: Orchestrator) -> None:
    assert orchestrator("validate").exit_code == 0


def test_every_problem_is_printed_and_exits_2(orchestrator: Orchestrator, two_problems: str) -> None:
    result = orchestrator("validate", two_problems)
    assert result.exit_code == 2
    places = [line.split(" ", maxsplit=1) for line in result.stdout.splitlines()]
    assert [text for _, text in places] == list(TWO_PROBLEMS.errors)
    assert [place for place, _ in places] == [f"{two_problems}:1:47", f"{two_problems}:1:95"]


def test_several_files_are_checked(orchestrator: Orchestrator, two_problems: str, tmp_path: Path) -> None:
    good = tmp_path / "good.json"
    good.write_text('{"workflows": {}}')
    result = orchestrator("validate", str(good), two_problems)
    assert (result.exit_code, len(result.stdout.splitlines())) == (2, 3)
    assert f"{good}: valid, 0 workflows with 0 triggers" in result.stdout


def test_broken_json_is_a_problem_in_every_format(orchestrator: Orchestrator, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text('{\n"workflows": {},\n}')
    result = orchestrator("validate", str(path))
    assert (result.exit_code, result.stderr) == (2, "")
    assert result.stdout == f"{path}:2:16 found a trailing comma before '}}'. Remove the comma\n"
    (problem,) = json.loads(orchestrator("validate", str(path), "--json").stdout)["problems"]
    assert (problem["rule"], problem["line"], problem["column"]) == ("syntax", 2, 16)
    log = json.loads(orchestrator("validate", str(path), "--sarif").stdout)
    assert [one["ruleId"] for one in log["runs"][0]["results"]] == ["syntax"]


def test_strict_makes_warnings_errors(orchestrator: Orchestrator, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"workflows": {"j": {}}}')
    lenient, strict = orchestrator("validate", str(path)), orchestrator("validate", str(path), "--strict")
    assert (lenient.exit_code, strict.exit_code) == (0, 2)
    assert lenient.stdout.endswith("valid, 1 workflows with 0 triggers, 1 warnings\n")
    assert f"{path}:1:21 workflows.j: the workflow has no triggers" in strict.stdout


def test_json_lists_every_problem(orchestrator: Orchestrator, two_problems: str) -> None:
    report = json.loads(orchestrator("validate", two_problems, "--json").stdout)
    assert (report["valid"], len(report["problems"])) == (False, 2)


def test_region_refuses_targets_in_another_region(orchestrator: Orchestrator, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(INVALID_CONFIGS["sqs_mwaa: other region"].text)
    assert orchestrator("validate", str(config)).exit_code == 0
    assert orchestrator("validate", str(config), "--region", "us-west-1").exit_code == 2


def test_account_refuses_targets_in_another_account(orchestrator: Orchestrator, tmp_path: Path) -> None:
    target = {"type": "step_function", "arn": "arn:aws:states:us-west-1:123456789012:stateMachine:m"}
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"workflows": {"j": {"on_success": [target]}}}))
    assert orchestrator("validate", str(config), "--account", "123456789012").exit_code == 0
    result = orchestrator("validate", str(config), "--account", "210987654321")
    assert (result.exit_code, "found account 123456789012" in result.stdout) == (2, True)
    assert orchestrator("validate", str(config), "--account", "prod").exit_code == 2


@pytest.mark.parametrize("stdin", [True, False])
def test_byte_order_mark_is_left_out_and_reported(orchestrator: Orchestrator, tmp_path: Path, stdin: bool) -> None:
    path = tmp_path / "config.json"
    path.write_text('\ufeff{"workflows": {}}')
    result = orchestrator("validate", "--strict", "-" if stdin else str(path), stdin=path.read_text())
    name = "(standard input)" if stdin else str(path)
    assert (result.exit_code, result.stdout) == (0, f"{name}: valid, 0 workflows with 0 triggers\n")
    assert result.stderr == (
        f"orchestrator: {name}: starts with a byte order mark (BOM), which is left out. Save the file without it.\n"
    )
