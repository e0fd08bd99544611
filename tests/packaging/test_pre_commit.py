"""A repository with only a configuration, test cases and the hooks: ``pytest -s tests/packaging/test_pre_commit.py``.

pre-commit installs the hooks from this checkout, and ``git commit`` runs them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EVENT = {"job_name": "images", "job_run_id": "1", "status": "SUCCESS", "artifacts": {"path": "s3://bucket/1"}}
LOAD = {"type": "glue_job", "job_name": "load", "arguments": {"--path": "${artifacts.path}"}}


@dataclass(frozen=True)
class Repository:
    """A git repository of a data engineer, with the hooks installed."""

    folder: Path
    environment: dict[str, str]
    capsys: pytest.CaptureFixture[str]

    def write(self, name: str, value: Any) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value, indent=2) + "\n")

    def config(self, *triggers: Any) -> None:
        self.write("orchestration/workflow_config.json", {"workflows": {"images": {"on_success": list(triggers)}}})

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        answer = subprocess.run(
            command, cwd=self.folder, env=self.environment, text=True, capture_output=True, check=False
        )
        with self.capsys.disabled():
            shown = " ".join(["git" if command[0] == "git" else Path(command[0]).name, *command[1:]])
            print(f"$ {shown}\n{answer.stdout}{answer.stderr}exit code {answer.returncode}\n")  # noqa: T201
        return answer

    def commit(self) -> tuple[int, str]:
        self.run("git", "add", "--all")
        answer = self.run("git", "commit", "-m", "Change the configuration")
        return answer.returncode, answer.stdout + answer.stderr


@pytest.fixture
def repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Repository:
    names = {"GIT_AUTHOR_NAME": "n", "GIT_COMMITTER_NAME": "n", "GIT_AUTHOR_EMAIL": "e@x", "GIT_COMMITTER_EMAIL": "e@x"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= names | {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "PRE_COMMIT_COLOR": "never"}
    found = Repository(tmp_path / "configuration", environment, capsys)
    found.folder.mkdir()
    found.run("git", "init", "-q")
    hooks = [{"id": "orchestrator-validate", "args": ["--strict"]}, {"id": "orchestrator-test"}]
    repo, revision = hook_repository(tmp_path / "hooks", environment)
    found.write(".pre-commit-config.yaml", {"repos": [{"repo": str(repo), "rev": revision, "hooks": hooks}]})
    assert found.run(str(Path(sys.executable).parent / "pre-commit"), "install").returncode == 0
    return found


def hook_repository(folder: Path, environment: dict[str, str]) -> tuple[Path, str]:
    """The files of this checkout, also those not committed, as a repository with one commit."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for arguments in (["init", "-q"], ["add", "--all"], ["commit", "-qm", "checkout"]):
        subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True)
    return folder, head.stdout.strip()


@pytest.mark.timeout(600)
def test_bad_commit_is_refused_and_a_good_one_passes(repository: Repository) -> None:
    repository.config(LOAD)
    repository.write("workflow_tests/images.event.json", EVENT)
    repository.write("workflow_tests/images.expected.json", "{}")
    code, text = repository.commit()
    assert (code, "FAILED images: the event's result differs from images.expected.json" in text) == (1, True), text

    (tool,) = (repository.folder.parent / "cache").glob("repo*/py_env-*/bin/orchestrator")
    assert repository.run(str(tool), "test", "--update").returncode == 0
    assert repository.commit()[0] == 0

    repository.config({**LOAD, "job_nam": "load"})
    code, text = repository.commit()
    assert code == 1
    assert "orchestration/workflow_config.json:" in text
    assert "job_nam: unknown field" in text
    assert "Did you mean 'job_name'?" in text

    repository.config({**LOAD, "description": "Load the images"})
    code, text = repository.commit()
    assert (code, text.count("Passed")) == (0, 2), text

    repository.write("README.md", "no configuration")
    code, text = repository.commit()
    assert (code, text.count("Skipped")) == (0, 2), text
