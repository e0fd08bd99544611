"""deploy.sh against the engine: what it uploads."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from builder import package
from local.engine.engine import Engine
from tests.terraform.deploy_script import BUCKET, CONFIG, body, deploy, keys, refused
from tests.terraform.harness import ROOT, aws_environment


def test_deploy_uploads_code_and_configuration(engine: Engine, env: str) -> None:
    answer = deploy(engine, "--account=sandbox", f"--env={env}", "--version=1.2.3")
    assert answer.returncode == 0, answer.stderr
    names = [
        "downstream_orchestrator.zip",
        "glue_run.zip",
        "manifest.json",
        "mwaa_dag.zip",
        "orchestration/workflow_config.json",
    ]
    assert keys(engine, env) == [f"code/1.2.3/{name}" for name in names]
    assert (
        body(engine, env, CONFIG.format(version="1.2.3")) == (ROOT / "orchestration/workflow_config.json").read_bytes()
    )
    assert body(engine, env, "code/1.2.3/downstream_orchestrator.zip") == package.build("downstream_orchestrator").body
    assert json.loads(body(engine, env, "code/1.2.3/manifest.json"))["version"] == "1.2.3"
    assert f'workspace select -or-create "sandbox-{env}-us-west-1"' in answer.stdout
    assert f"  export AWS_REGION={engine.region}\n" in answer.stdout
    assert answer.stdout.splitlines()[-3].strip() == (
        f'terraform -chdir=terraform apply -var="prefix=sfly-aws-dwh" -var="account=sandbox" -var="env={env}" '
        '-var="region=us-west-1" -var="code_version=1.2.3"'
    )


def test_default_version_is_the_project_version(engine: Engine, env: str) -> None:
    assert deploy(engine, "--account=sandbox", f"--env={env}").returncode == 0
    assert {key.split("/")[1] for key in keys(engine, env)} == {"0.3.0"}


def test_second_deploy_changes_nothing(engine: Engine, env: str) -> None:
    arguments = ("--account=sandbox", f"--env={env}", "--version=1.0.0")
    deploy(engine, *arguments)
    answer = deploy(engine, *arguments)
    assert answer.returncode == 0
    assert [line.split()[0] for line in answer.stdout.splitlines()[:5]] == ["unchanged"] * 5


def test_dry_run_uploads_nothing(engine: Engine, env: str) -> None:
    answer = deploy(engine, "--account=sandbox", f"--env={env}", "--dry-run")
    assert answer.returncode == 0
    assert answer.stdout.count("would upload s3://") == 5  # three zips, the configuration and the manifest
    assert answer.stdout.splitlines()[-1] == "Nothing was uploaded. To upload, run the command without --dry-run."
    assert "terraform" not in answer.stdout
    assert keys(engine, env) == []


def test_config_only_uploads_the_configuration(engine: Engine, env: str) -> None:
    arguments = ("--account=sandbox", f"--env={env}", "--version=1.0.0")
    assert "version 1.0.0 was never deployed here" in refused(deploy(engine, *arguments, "--config-only"))
    assert keys(engine, env) == []
    deploy(engine, *arguments)
    engine.client("s3").delete_object(Bucket=BUCKET.format(env=env), Key=CONFIG.format(version="1.0.0"))
    answer = deploy(engine, *arguments, "--config-only")
    assert answer.returncode == 0
    assert [line.split()[0] for line in answer.stdout.splitlines()[:-1]] == ["uploaded"]
    assert CONFIG.format(version="1.0.0") in keys(engine, env)
    assert "terraform" not in answer.stdout


@pytest.fixture
def other_repository(tmp_path: Path, env: str) -> Path:
    """A git repository with only two configurations: the default, and one for the environment."""
    folder = tmp_path / "their repository"
    folder.mkdir()
    for name, job in (("workflow_config.json", "general"), (f"workflow_config.{env}.json", "special")):
        (folder / name).write_text(json.dumps({"workflows": {job: {"on_success": []}}}))
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "configuration"]):
        subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True)


def deployed_jobs(engine: Engine, env: str) -> list[str]:
    return list(json.loads(body(engine, env, CONFIG.format(version="1.0.0")))["workflows"])


def test_config_comes_from_another_repository(engine: Engine, env: str, other_repository: Path) -> None:
    arguments = ("--account=sandbox", f"--env={env}", "--version=1.0.0")
    file = other_repository / "workflow_config.json"
    answer = deploy(engine, *arguments, f"--config={file}")
    assert answer.returncode == 0, answer.stderr
    assert deployed_jobs(engine, env) == ["general"]
    answer = deploy(engine, *arguments, f"--config={other_repository}", "--config-only")
    assert answer.returncode == 0, answer.stderr
    assert deployed_jobs(engine, env) == ["special"]


def test_relative_config_is_in_the_callers_folder(engine: Engine, env: str, other_repository: Path) -> None:
    (other_repository / f"workflow_config.{env}.json").unlink()
    given = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | aws_environment(engine)
    command = [str(ROOT / "deploy.sh"), "--account=sandbox", f"--env={env}", "--version=1.0.0", "--config=."]
    answer = subprocess.run(command, cwd=other_repository, env=given, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert deployed_jobs(engine, env) == ["general"]
    assert "none.json does not exist" in refused(
        deploy(engine, "--account=sandbox", f"--env={env}", "--config=none.json")
    )


def test_help_names_every_option(engine: Engine) -> None:
    answer = deploy(engine, "--help")
    assert answer.returncode == 0
    for option in (
        "--account=",
        "--env=",
        "--region=",
        "--version=",
        "--prefix=",
        "--config-only",
        "--dry-run",
        "--overwrite-digest=",
    ):
        assert option in answer.stdout


def test_shellcheck() -> None:
    command = [str(ROOT / ".venv/bin/shellcheck"), "--enable=all", "--exclude=SC2250", "deploy.sh", ".ci/run"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.stdout + answer.stderr == ""
