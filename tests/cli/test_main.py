"""The entry point: help, suggestions, and the errors that it does not hide."""

from __future__ import annotations

import sys

import pytest

from cli import main
from tests.cli.test_cli import orchestrator


def test_short_option_prints_the_help() -> None:
    for command in ((), ("validate",)):
        short, long = orchestrator(*command, "-h"), orchestrator(*command, "--help")
        assert (short.returncode, short.stdout) == (0, long.stdout)
        assert "-h, --help" in short.stdout


def test_help_lists_every_command() -> None:
    listed = orchestrator("--help").stdout.partition("Commands:")[2]
    assert [line.split()[0] for line in listed.splitlines() if line.strip()] == list(main.COMMANDS)


def test_mistyped_command_is_suggested() -> None:
    answer = orchestrator("redrive")
    assert answer.returncode == 2
    assert "No such command 'redrive'. Did you mean 'redrive-dlq'?" in answer.stderr


def test_missing_module_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(main.COMMANDS, "validate", "cli.nowhere")
    monkeypatch.setattr(sys, "argv", ["orchestrator", "validate"])
    with pytest.raises(ModuleNotFoundError, match=r"cli\.nowhere"):
        main.main()
