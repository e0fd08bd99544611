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
    assert (result.exit_code, result.stdout) == (2, "\n".join(TWO_PROBLEMS.errors) + "\n")


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
