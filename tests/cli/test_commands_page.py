"""docs/commands.md has every command, option, exit code and environment variable, and the terminal does not change it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli import commands_page
from cli.main import COMMANDS
from tests.cli.helpers import ROOT, Orchestrator

TEXT = (ROOT / commands_page.PAGE).read_text(encoding="utf-8")


def section(command: str) -> str:
    """The part of the committed page about a command."""
    (found,) = re.findall(rf"^## `{command}`$(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    return str(found)


def test_page_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert (commands_page.main(["--check"]), capsys.readouterr().err) == (0, "")


def test_check_reports_an_edited_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs").mkdir()
    page = tmp_path / commands_page.PAGE
    page.write_text(TEXT + "By hand.\n", encoding="utf-8")
    assert commands_page.main(["--check"], tmp_path) == 1
    assert capsys.readouterr().err == "docs/commands.md: differs from the help of the commands. Run: make build\n"
    assert (commands_page.main([], tmp_path), page.read_text(encoding="utf-8")) == (0, TEXT)


def test_installed_tool_without_docs_exits_2_with_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands_page.main([], tmp_path) == 2
    assert capsys.readouterr().err == f"{tmp_path / 'docs'}: does not exist. Run in a checkout: make build\n"


@pytest.mark.parametrize("columns", ["30", "300"])
def test_width_of_the_terminal_changes_nothing(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    for name in ("COLUMNS", "TERMINAL_WIDTH"):
        monkeypatch.setenv(name, columns)
    assert commands_page.build() == TEXT


@pytest.mark.parametrize("command", COMMANDS)
def test_section_has_what_the_help_prints(orchestrator: Orchestrator, command: str) -> None:
    printed = orchestrator(command, "--help").stdout
    written = section(command)
    about, _, rest = printed.partition("Exit codes:")
    codes, parameters = re.split(r"^(?=(?:Arguments|Options):)", rest, maxsplit=1, flags=re.MULTILINE)
    wanted = set(re.findall(r"^ +(\d+) ", codes, re.MULTILINE))
    assert wanted >= {"0"}
    assert set(re.findall(r"^\| (\d+) \|", written, re.MULTILINE)) == wanted
    options = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", parameters, re.MULTILINE))
    assert "--help" in options
    assert set(re.findall(r"^\| `(?:-\w, )?(--[a-z-]+)", written, re.MULTILINE)) == options
    usage = about.partition("\n\n")[0].removeprefix("Usage: ")
    assert " ".join(usage.split()) in written
    # The words of every sentence, without the marks of code.
    plain = " ".join(re.sub(r"[`|]", " ", written).split())
    first = about.partition("\n\n")[2].strip().partition("\n\n")[0]
    assert " ".join(first.split()) in plain


@pytest.mark.parametrize("command", COMMANDS)
def test_first_line_of_the_help_is_not_cut_in_a_list(command: str) -> None:
    """``orchestrator --help`` and the completion of shells cut a longer line."""
    (row,) = re.findall(rf"^\| \[`{command}`\].*?\| (.*) \|$", TEXT, re.MULTILINE)
    assert len(row) <= 45


def test_page_names_every_environment_variable() -> None:
    """Those that a command reads by name. boto3 reads others."""
    read = re.compile(r"(?:environ(?:\.get\(|\[)|envvar=)\"([A-Z_]+)\"")
    packages = ("cli", "operations", "console", "analysis")
    sources = [path.read_text(encoding="utf-8") for name in packages for path in (ROOT / name).rglob("*.py")]
    found = {name for source in sources for name in read.findall(source)}
    assert found >= {"AWS_REGION", "ORCHESTRATOR_AIRFLOW_PASSWORD", "ORCHESTRATOR_AIRFLOW_USER"}
    table = TEXT.partition("## Environment variables")[2].partition("## ")[0]
    assert {name for name in found if f"`{name}`" not in table} == set()
