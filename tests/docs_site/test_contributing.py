"""Files for contributors: issue templates, commit hooks and the marker of typed packages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from builder import generated_files
from cli.commands_page import PAGE
from tests.docs_site.site import ROOT, require_tools
from tests.docs_site.tutorial import ENVIRONMENTS, checkout

TEMPLATES = ROOT / ".github" / "ISSUE_TEMPLATE"
FORMS = sorted(path for path in TEMPLATES.glob("*.yml") if path.name != "config.yml")
CHECKER = ROOT / ".venv-docs" / "bin" / "check-jsonschema"


def check(schema: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Check a file with a schema of GitHub that check-jsonschema contains."""
    require_tools()
    command = [str(CHECKER), "--builtin-schema", f"vendor.{schema}", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_issue_form_follows_the_schema_of_github(path: Path) -> None:
    answer = check("github-issue-forms", path)
    assert answer.returncode == 0, answer.stdout


def test_issue_configuration_follows_the_schema_of_github() -> None:
    answer = check("github-issue-config", TEMPLATES / "config.yml")
    assert answer.returncode == 0, answer.stdout


def test_schema_of_github_refuses_a_wrong_form(tmp_path: Path) -> None:
    form = yaml.safe_load(FORMS[0].read_text(encoding="utf-8"))
    form["body"][0]["type"] = "text"
    (tmp_path / "wrong.yml").write_text(yaml.safe_dump(form), encoding="utf-8")
    assert check("github-issue-forms", tmp_path / "wrong.yml").returncode == 1


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_issue_form_has_unique_ids_and_labels(path: Path) -> None:
    """GitHub refuses duplicates, which its schema allows (docs.github.com, common validation errors)."""
    body = yaml.safe_load(path.read_text(encoding="utf-8"))["body"]
    fields = [one for one in body if one["type"] != "markdown"]
    assert len({one["id"] for one in fields}) == len(fields)
    assert len({one["attributes"]["label"] for one in fields}) == len(fields)


def hooks() -> list[dict[str, Any]]:
    """Hooks of the contributors' configuration."""
    loaded = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {one["repo"] for one in loaded["repos"]} == {"local"}
    return [hook for one in loaded["repos"] for hook in one["hooks"]]


def test_hooks_download_nothing() -> None:
    assert {hook["language"] for hook in hooks()} == {"system"}
    for hook in hooks():
        assert (ROOT / hook["entry"].split()[0]).exists(), hook["entry"]


def test_hooks_watch_every_generated_file() -> None:
    """A hook that does not see the file would let an edit by hand pass."""
    watched = {hook["id"]: re.compile(hook["files"]) for hook in hooks() if "files" in hook}
    sources = ["terraform/variables.tf", "orchestration/triggers/glue_job.py"]
    generated = [*generated_files.artifacts(), *sources]
    assert [path for path in generated if not watched["generated-files"].search(path)] == []
    assert [one for one in (str(PAGE), "cli/plan.py") if not watched["commands-page"].search(one)] == []


@pytest.mark.timeout(300)
def test_hooks_pass_on_the_checkout_and_refuse_a_bad_change(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "checkout")
    git(folder, "init", "-q")
    git(folder, "add", "--all", *(f":!{name}" for name in ENVIRONMENTS))
    answer = pre_commit(folder)
    assert answer.returncode == 0, answer.stdout
    assert answer.stdout.count("Passed") == len(hooks()), answer.stdout

    for path, more in (
        (folder / "analysis" / "problem.py", "\n\nimport os\n"),
        (folder / "docs" / "quotas.md", "By hand.\n"),
    ):
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    git(folder, "add", "--all", *(f":!{name}" for name in ENVIRONMENTS))
    answer = pre_commit(folder)
    assert answer.returncode == 1
    failed = {line.partition("...")[0] for line in answer.stdout.splitlines() if line.endswith("Failed")}
    assert failed == {"lint", "generated files"}


def pre_commit(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run every hook on every file."""
    command = [str(Path(sys.executable).parent / "pre-commit"), "run", "--all-files"]
    # The cache of the user's home is not touched. No hook needs an environment.
    environment = os.environ | {"PRE_COMMIT_HOME": str(folder.parent / "cache"), "PRE_COMMIT_COLOR": "never"}
    environment |= {"PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def git(folder: Path, *arguments: str) -> None:
    """Run git in the folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True)


def test_every_shipped_package_is_typed() -> None:
    """PEP 561. tests/packaging finds the markers in the wheel."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    code = [name for name in packages if any((ROOT / name).rglob("*.py"))]
    assert len(code) > 5
    assert [name for name in code if not (ROOT / name / "py.typed").exists()] == []
