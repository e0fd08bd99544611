"""``python -m builder``: its exit codes and messages. ``scaffold/test_new_type.py`` tests ``--new-type``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from builder import generated_files
from builder.__main__ import main


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one generated file, which is missing."""
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(generated_files, "artifacts", lambda: {"docs/a.md": "a\n" * 3_000, "b.md": "b\n"})
    monkeypatch.setattr(generated_files, "problems", list)
    (tmp_path / "b.md").write_text("b\n")
    return tmp_path


def test_build_writes_and_counts_the_changed_files(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], root) == 0
    assert capsys.readouterr().out == "1 of 2 generated files changed: docs/a.md\n"
    assert main([], root) == 0
    assert capsys.readouterr().out == "0 of 2 generated files changed: none\n"
    assert (root / "docs" / "a.md").read_text() == "a\n" * 3_000


def test_check_fails_with_a_short_difference_and_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"], root) == 1
    answer = capsys.readouterr()
    assert answer.err.startswith("--- docs/a.md\n+++ docs/a.md (built)\n")
    assert answer.err.endswith("\n1 generated files differ from the registry. Run: make build\n")
    assert len(answer.err) < 4_100
    assert answer.out == ""
    assert not (root / "docs").exists()


def test_check_of_current_files_is_silent(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([], root)
    capsys.readouterr()
    assert main(["--check"], root) == 0
    assert capsys.readouterr() == ("", "")


def test_problem_of_a_definition_fails_the_check(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main([], root)
    capsys.readouterr()
    monkeypatch.setattr(generated_files, "problems", lambda: ["x.asl.json: state 'S' is never reached"])
    assert main(["--check"], root) == 1
    assert capsys.readouterr().err == "x.asl.json: state 'S' is never reached\n"


@pytest.mark.parametrize("option", [[], ["--check"], ["--new-type", "sns_topic"]])
def test_folder_that_is_no_checkout_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: list[str]
) -> None:
    assert main(option, tmp_path) == 2
    assert capsys.readouterr().err == (
        f"python -m builder: {tmp_path} is not a checkout of the repository. Run in a checkout: make build\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_plain_install_names_the_missing_extra() -> None:
    program = (
        "import sys\nsys.modules['stepfunctions'] = sys.modules['pydantic'] = None\n"
        "from builder.__main__ import main\nsys.exit(main(['--check']))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert answer.stderr.startswith("python -m builder: the extra 'build' is not installed (no module ")
    assert answer.stderr.endswith("Run in a checkout: make build\n")


def test_check_and_new_type_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--check", "--new-type", "sns_topic"])
    assert "not allowed with argument" in capsys.readouterr().err
