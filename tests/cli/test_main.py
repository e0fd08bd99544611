"""The entry point: help, suggestions, input files, and errors that it does not hide."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cli import main
from tests.cli.helpers import COMMAND, ROOT, Orchestrator


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


@pytest.mark.parametrize(
    "arguments",
    [
        ("graph", "FILE", "-o", "FOLDER/nowhere/graph.svg"),
        ("graph", "FILE", "-o", "FOLDER/folder.svg"),
        ("test", "FOLDER/cases", "--config", "FILE", "--junit", "FOLDER/nowhere/report.xml"),
        ("test", "FOLDER/cases", "--config", "FILE", "--update"),
    ],
)
def test_unwritable_file_exits_2_with_one_line(
    orchestrator: Orchestrator, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "folder.svg").mkdir()
    # A folder in place of the expected result: root may write any file.
    (tmp_path / "cases" / "one.expected.json").mkdir(parents=True)
    (tmp_path / "cases" / "one.event.json").write_text('{"job_name": "a", "job_run_id": "r", "status": "SUCCESS"}')
    (tmp_path / "config.json").write_text('{"workflows": {}}')
    given = [one.replace("FILE", str(tmp_path / "config.json")).replace("FOLDER", str(tmp_path)) for one in arguments]
    result = orchestrator(*given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(rf"orchestrator: {tmp_path}/\S+: .*\. Name a .*\.\n", result.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_full_disk_exits_2_with_one_line(options: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        process = subprocess.run(
            [*COMMAND, "validate", *options, "orchestration/workflow_config.json"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert process.returncode == 2
    assert process.stderr == (
        "orchestrator: the output cannot be written: No space left on device. Make room, or write it to another place.\n"
    )


@pytest.mark.parametrize("arguments", [("validate", "-"), ("plan", "--event", "-")])
def test_closed_standard_input_exits_2_with_one_line(arguments: tuple[str, ...]) -> None:
    command = f"{shlex.join([*COMMAND, *arguments])} <&-"
    process = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert process.returncode == 2
    assert process.stderr == "orchestrator: -: standard input is closed. Name a file.\n"
