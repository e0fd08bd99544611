"""The module without AWS: format, validity, what it makes of its variables, and checkov."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.terraform.harness import ROOT, Terraform, infrastructure, workspace

CHECKOV = ROOT / ".venv-checkov" / "bin" / "checkov"
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def stack(terraform: str, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    made = workspace(terraform, tmp_path_factory.mktemp("stack"))
    made.run("init", "-input=false", "-backend=false")
    return made


@pytest.fixture(scope="module")
def infra(terraform: str, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    made = infrastructure(terraform, tmp_path_factory.mktemp("infra"))
    made.run("init", "-input=false", "-backend=false")
    return made


@pytest.mark.parametrize("name", ["stack", "infra"])
def test_module_is_formatted_and_valid(request: pytest.FixtureRequest, name: str) -> None:
    module: Terraform = request.getfixturevalue(name)
    assert module.run("fmt", "-check", "-recursive", ok=(0, 3)).stdout == ""
    assert module.json("validate", "-json")["valid"]


def test_terraform_test_passes(stack: Terraform) -> None:
    """terraform/tests/*.tftest.hcl, with mocked providers."""
    answer = stack.run("test")
    passed = re.search(r"Success! (\d+) passed, 0 failed", answer.stdout)
    assert passed, answer.stdout
    assert int(passed[1]) >= 15


@pytest.mark.parametrize("name", ["stack", "infra"])
def test_every_variable_and_output_is_described(request: pytest.FixtureRequest, name: str) -> None:
    module: Terraform = request.getfixturevalue(name)
    text = "\n".join(path.read_text() for path in module.module.glob("*.tf"))
    for kind in ("variable", "output"):
        blocks = re.findall(rf'^{kind} "(\w+)" \{{\n(.*?)^\}}', text, flags=re.MULTILINE | re.DOTALL)
        assert blocks
        assert [block for block, body in blocks if "  description = " not in body] == []


def checkov(folder: Path) -> dict[str, Any]:
    if not CHECKOV.exists():
        missing = "checkov is missing: make checkov"
        if os.environ.get("CI") == "true":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    command = [
        str(CHECKOV),
        "--directory",
        str(folder),
        "--framework",
        "terraform",
        "--skip-download",
        "--skip-path",
        "examples",  # they call this module, and link to the files for MWAA's repository
        "--output",
        "json",
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@pytest.mark.parametrize("name", ["stack", "infra"])
def test_checkov_findings_are_justified(request: pytest.FixtureRequest, name: str) -> None:
    found = checkov(request.getfixturevalue(name).module)
    failed = [(one["check_id"], one["resource"]) for one in found["results"]["failed_checks"]]
    skipped = {
        (one["check_id"], one["resource"]): one["check_result"]["suppress_comment"]
        for one in found["results"]["skipped_checks"]
    }
    print(f"checkov, {name}: {found['summary']['passed']} passed, {len(failed)} failed, {len(skipped)} skipped:")  # noqa: T201
    for (check, resource), reason in sorted(skipped.items()):
        print(f"  {check} {resource}: {reason}")  # noqa: T201 - shown by pytest -rP
    assert failed == []
    assert all(len(reason) > 20 for reason in skipped.values())
    assert found["summary"]["passed"] >= 10
