"""The tool as a new user has it: installed from the wheel, outside the checkout, in an empty folder."""

from __future__ import annotations

import json
import os
import re
import signal
import tomllib
from pathlib import Path

import boto3
import pytest

from builder import package
from tests.packaging.conftest import ROOT, Installed, packages

CONFIG = ROOT / "orchestration" / "workflow_config.json"
TRY_NEXT = re.compile(r"^  (\S*orchestrator (?:simulate|local).*)$", re.MULTILINE)


def test_plain_install_is_small(installed: Installed) -> None:
    assert packages(installed).isdisjoint({"numpy", "pandas", "sagemaker", "stepfunctions"})
    size = sum(path.lstat().st_size for path in installed.environment.rglob("*"))
    assert size < 200_000_000


def test_packages_are_typed(installed: Installed) -> None:
    """PEP 561: type checkers read the annotations of a package with the marker."""
    program = (
        "import importlib.resources as r; print(*[n for n in ('analysis', 'builder', 'cli', 'console', 'local', 'operations', "
        "'orchestration', 'tasks') if not (r.files(n) / 'py.typed').is_file()])"
    )
    answer = installed.run(installed.python, "-P", "-c", program)
    assert (answer.returncode, answer.stdout.strip()) == (0, ""), answer.stderr


def test_version(installed: Installed) -> None:
    answer = installed.run(installed.orchestrator, "--version")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert (answer.returncode, answer.stdout) == (0, f"orchestrator {version}\n")


def test_validate_imports_neither_rich_nor_moto(installed: Installed) -> None:
    """boto3 and pydantic would each cost more CPU than all of the command."""
    answer = installed.run(installed.python, "-X", "importtime", installed.orchestrator, "validate", str(CONFIG))
    assert answer.returncode == 0
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in answer.stderr.splitlines()}
    assert {"typer", "orchestration"} <= imported
    assert imported.isdisjoint({"rich", "moto", "boto3", "botocore", "flask", "pydantic"})


def test_validate_without_a_file_names_the_example(installed: Installed) -> None:
    answer = installed.run(installed.orchestrator, "validate")
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert "orchestration/workflow_config.json: the current folder has no such file" in answer.stderr
    example = answer.stderr.split()[-1]
    assert Path(example).is_relative_to(installed.environment)
    assert installed.run(installed.orchestrator, "validate", example).returncode == 0


def test_demo_and_the_simulation_that_it_names(installed: Installed) -> None:
    answer = installed.run(installed.orchestrator, "demo")
    assert answer.returncode == 0, answer.stderr
    assert "5 of 5 events had the expected result" in answer.stdout
    simulate, simulate_without_target, local = TRY_NEXT.findall(answer.stdout)
    assert local.startswith("orchestrator local --config ")
    # A folder with the name of one of our packages is not imported in its place.
    (installed.folder / "local").mkdir()
    (installed.folder / "local" / "__init__.py").write_text("raise RuntimeError\n")
    assert simulate_without_target.startswith(f"{simulate} --without-target ")
    answer = installed.run("sh", "-c", f"{simulate_without_target} --json")
    assert answer.returncode == 1, answer.stderr
    statuses = [one["status"] for one in json.loads(answer.stdout)["executions"][0]["triggers"]]
    assert sorted(statuses) == ["FAILED", *["TRIGGERED"] * 4]


def test_local_starts_is_used_and_stops(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release uploaded by the installed tool equals the checkout's, file by file."""
    with installed.background(installed.orchestrator, "local", "--config", str(CONFIG)) as local:
        assert local.stdout is not None
        variables: dict[str, str] = {}
        while "AWS_PROFILE" not in variables:
            line = local.stdout.readline()
            assert line, local.communicate()[1]
            variables |= dict(re.findall(r"^export (\w+)=(\S+)$", line))
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        session = boto3.session.Session()
        region = {"LocationConstraint": session.region_name}
        session.client("s3").create_bucket(Bucket="releases", CreateBucketConfiguration=region)
        options = ("--bucket", "releases", "--region", session.region_name, "--version", "1", "--config", str(CONFIG))
        answer = installed.run(installed.orchestrator, "upload", *options, **variables)
        assert answer.returncode == 0, answer.stderr
        body = session.client("s3").get_object(Bucket="releases", Key="code/1/manifest.json")["Body"].read()
        local.send_signal(signal.SIGTERM)
        _, errors = local.communicate(timeout=20)
    assert (local.returncode, errors) == (0, "")
    assert json.loads(body) == package.manifest("1", [package.build(name) for name in package.FUNCTIONS])


def test_builder_names_its_extra(installed: Installed) -> None:
    answer = installed.run(installed.python, "-P", "-m", "builder")
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
    assert answer.stderr.startswith("python -m builder: the extra 'build' is not installed")


def test_shell_completion(installed: Installed) -> None:
    """bash runs a second command, so that it stays the parent whose completion the tool installs."""
    answer = installed.run("bash", "-c", "orchestrator --install-completion; exit $?")
    assert answer.returncode == 0, answer.stderr
    home = installed.folder.parent
    script = next(home.glob(".bash_completions/*"))
    assert str(script) in (home / ".bashrc").read_text()
    complete = (
        "COMP_WORDS=(orchestrator redr) COMP_CWORD=1; _orchestrator_completion orchestrator; echo ${COMPREPLY[*]}"
    )
    answer = installed.run("bash", "-c", f"source {script}; {complete}")
    assert (answer.returncode, answer.stdout) == (0, "redrive-dlq\n"), answer.stderr


def test_missing_package_ends_with_one_line(installed: Installed) -> None:
    """For example an installation without dependencies."""
    program = "import sys; sys.modules['moto'] = None; sys.argv[0] = 'orchestrator'; import cli.main; cli.main.main()"
    answer = installed.run(installed.python, "-P", "-c", program, "demo")
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
    assert "the Python package moto is not installed" in answer.stderr
