"""The entry point: help, suggestions, input files, and errors that it does not hide."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cli import main
from tests.cli.helpers import ROOT, Orchestrator


def test_short_option_prints_the_help(orchestrator: Orchestrator) -> None:
    for command in ((), ("validate",)):
        short, long = orchestrator(*command, "-h"), orchestrator(*command, "--help")
        assert (short.exit_code, short.stdout) == (0, long.stdout)
        assert "-h, --help" in short.stdout


def test_help_lists_every_command(orchestrator: Orchestrator) -> None:
    listed = orchestrator("--help").stdout.partition("Commands:")[2]
    assert [line.split()[0] for line in listed.splitlines() if line.strip()] == list(main.COMMANDS)


def test_help_does_not_import_the_engine() -> None:
    program = "import sys, cli.main; sys.exit('moto' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_mistyped_command_is_suggested(orchestrator: Orchestrator) -> None:
    result = orchestrator("redrive")
    assert result.exit_code == 2
    assert "No such command 'redrive'. Did you mean 'redrive-dlq'?" in result.stderr


@pytest.mark.parametrize("arguments", [("validate", "nowhere.json"), ("simulate", "--event", "nowhere.json")])
def test_missing_file_exits_2_with_one_line(orchestrator: Orchestrator, arguments: tuple[str, ...]) -> None:
    result = orchestrator(*arguments)
    assert result.exit_code == 2
    assert result.stderr == "orchestrator: nowhere.json: No such file or directory. Name a readable file.\n"


def test_missing_module_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(main.COMMANDS, "validate", "cli.nowhere")
    monkeypatch.setattr(sys, "argv", ["orchestrator", "validate"])
    with pytest.raises(ModuleNotFoundError, match=r"cli\.nowhere"):
        main.main()
