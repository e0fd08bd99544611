"""Generated files are written where they differ, and each difference is shown; other files stay as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder import generated_files

ARTIFACTS = generated_files.artifacts()
"""Built once: a build takes half a second."""
PAGE, MOCKS = "docs/triggers.md", "statemachines/MockConfigFile.json"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose generated files are up to date."""
    for path, text in ARTIFACTS.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    monkeypatch.setattr(generated_files, "artifacts", lambda: dict(ARTIFACTS))
    return tmp_path


def test_current_files_have_no_difference_and_are_not_written(root: Path) -> None:
    before = {path: (root / path).stat().st_mtime_ns for path in ARTIFACTS}
    assert generated_files.differences(root) == []
    assert generated_files.write(root) == []
    assert {path: (root / path).stat().st_mtime_ns for path in ARTIFACTS} == before


def test_changed_and_missing_files_are_written(root: Path) -> None:
    (root / PAGE).write_text(ARTIFACTS[PAGE].replace("glue_job", "glue"), encoding="utf-8")
    (root / MOCKS).unlink()
    assert sorted(generated_files.write(root)) == [PAGE, MOCKS]
    assert (root / PAGE).read_text(encoding="utf-8") == ARTIFACTS[PAGE]
    assert generated_files.differences(root) == []


def test_missing_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated_files, "artifacts", lambda: {"a/b/c.txt": "\u00e9\n"})
    assert generated_files.write(tmp_path) == ["a/b/c.txt"]
    assert (tmp_path / "a" / "b" / "c.txt").read_bytes() == b"\xc3\xa9\n"


def test_difference_shows_the_committed_and_the_built_line(root: Path) -> None:
    (root / PAGE).write_text(ARTIFACTS[PAGE].replace("# Trigger types", "# Types", 1), encoding="utf-8")
    (difference,) = generated_files.differences(root)
    lines = difference.splitlines()
    assert lines[:2] == [f"--- {PAGE}", f"+++ {PAGE} (built)"]
    assert [line for line in lines[2:] if line[0] in "+-"] == ["-# Types", "+# Trigger types"]


def test_page_that_people_write_keeps_its_text() -> None:
    """Only the diagram of CONTRIBUTING.md is generated."""
    committed = (Path(__file__).parents[2] / generated_files.CONTRIBUTING).read_text(encoding="utf-8")
    assert ARTIFACTS[generated_files.CONTRIBUTING] == committed


def test_json_files_are_readable_and_end_with_a_line() -> None:
    """The placeholders stand in texts, so that the file is JSON before Terraform fills it."""
    found = [path for path in ARTIFACTS if path.endswith(".json")]
    assert len(found) >= 16
    for path in found:
        assert json.loads(ARTIFACTS[path])
        assert ARTIFACTS[path].endswith("}\n")
        assert "\\u" not in ARTIFACTS[path]


def test_policy_of_each_role_and_person_is_generated() -> None:
    root = Path(__file__).parents[2]
    policies = {*root.glob("statemachines/*.iam.json"), *root.glob("terraform/policies/*.json")}
    assert {path.relative_to(root).as_posix() for path in policies} == {
        path
        for path in ARTIFACTS
        if path.endswith(".iam.json") or (path.startswith("terraform/policies/") and path.endswith(".json"))
    }


def test_problem_of_a_built_definition_names_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated_files, "artifacts", lambda: ARTIFACTS)
    assert generated_files.problems() == []
    broken = ARTIFACTS[generated_files.DEADLINE].replace('"StartAt": "', '"StartAt": "Not ', 1)
    monkeypatch.setattr(generated_files, "artifacts", lambda: ARTIFACTS | {generated_files.DEADLINE: broken})
    found = generated_files.problems()
    assert "statemachines/join_deadline.asl.json: the definition starts at 'Not Wait for the deadline'" in found[0]
    assert all(problem.startswith("statemachines/join_deadline.asl.json: ") for problem in found)
