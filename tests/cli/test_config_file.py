"""A configuration that a command cannot use: one line that names the file, and exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helpers import Orchestrator

EVENT = "local/events/success.json"
COMMANDS = {
    "plan": ("plan", "--event", EVENT, "--config"),
    "plan --against": ("plan", "--event", EVENT, "--against"),
    "simulate": ("simulate", "--event", EVENT, "--config"),
    "test": ("test", "--config"),
    "local": ("local", "--config"),
    "graph": ("graph",),
    "iam": ("iam",),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "it is not JSON: Expecting property name"),
        ("[]", "found a list, expected a JSON object with 'workflows'"),
        ("{}", "workflows: found nothing, expected an object of job name to workflow"),
    ],
)
def test_error_names_the_file(
    orchestrator: Orchestrator, tmp_path: Path, command: str, text: str, problem: str
) -> None:
    path = tmp_path / "old.json"
    path.write_text(text)
    result = orchestrator(*COMMANDS[command], str(path))
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert result.stderr.startswith(f"orchestrator: {path}: {problem}")


def test_error_names_standard_input(orchestrator: Orchestrator) -> None:
    result = orchestrator("graph", "-", stdin="{}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("orchestrator: (standard input): workflows: found nothing")
