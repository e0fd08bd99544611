"""Refusals of deploy.sh against the engine, each in one line: other content, wrong options, no credentials."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from local.engine.engine import Engine
from tests.terraform.deploy_script import BUCKET, CONFIG, body, deploy, keys, refused
from tests.terraform.harness import ROOT, aws_environment

EMPTY_MANIFEST = b'{"packages": {}, "statemachines": {}}'


def test_interrupted_upload_resumes_unless_content_differs(engine: Engine, env: str) -> None:
    """A release without its manifest: its zips are ours, or somebody else's."""
    arguments, bucket = ("--account=sandbox", f"--env={env}", "--version=1.0.0"), BUCKET.format(env=env)
    deploy(engine, *arguments)
    engine.client("s3").delete_object(Bucket=bucket, Key="code/1.0.0/manifest.json")
    assert deploy(engine, *arguments).returncode == 0
    engine.client("s3").delete_object(Bucket=bucket, Key="code/1.0.0/manifest.json")
    engine.client("s3").put_object(Bucket=bucket, Key="code/1.0.0/mwaa_dag.zip", Body=b"theirs")
    assert "code/1.0.0/mwaa_dag.zip: a concurrent or interrupted upload wrote different content" in refused(
        deploy(engine, *arguments)
    )
    assert body(engine, env, "code/1.0.0/mwaa_dag.zip") == b"theirs"
    assert "code/1.0.0/manifest.json" not in keys(engine, env)


def test_new_version_keeps_manual_config_changes(engine: Engine, env: str) -> None:
    arguments, bucket = ("--account=sandbox", f"--env={env}"), BUCKET.format(env=env)
    deploy(engine, *arguments, "--version=1.0.0")
    theirs = b'{"workflows": {"by_hand": {}}}'
    engine.client("s3").put_object(Bucket=bucket, Key=CONFIG.format(version="1.0.0"), Body=theirs)
    line = refused(deploy(engine, *arguments, "--version=1.1.0"))
    digest = hashlib.sha256(theirs).hexdigest()[:16]
    assert f"s3://{bucket}/{CONFIG.format(version='1.0.0')}: the remote configuration ({digest}) would be lost" in line
    assert deploy(engine, *arguments, "--version=1.1.0", f"--overwrite-digest={digest}").returncode == 0


def test_released_code_is_not_overwritten(engine: Engine, env: str) -> None:
    deploy(engine, "--account=sandbox", f"--env={env}", "--version=1.0.0")
    manifest = json.loads(body(engine, env, "code/1.0.0/manifest.json"))
    manifest["packages"]["mwaa_dag"]["content"] = "other"
    manifest["statemachines"]["downstream_orchestrator.asl.json"] = "other"
    bucket = BUCKET.format(env=env)
    engine.client("s3").put_object(Bucket=bucket, Key="code/1.0.0/manifest.json", Body=json.dumps(manifest).encode())
    line = refused(deploy(engine, "--account=sandbox", f"--env={env}", "--version=1.0.0"))
    assert line == (
        f"orchestrator: s3://{bucket}/code/1.0.0: version 1.0.0 is already released, with other content in mwaa_dag.zip, "
        "downstream_orchestrator.asl.json. A release does not change. Raise the version in pyproject.toml, or pass another one "
        "with --version=."
    )
    for unusable in (b"{", b"[]", b'{"packages": {}}'):
        engine.client("s3").put_object(Bucket=bucket, Key="code/1.0.0/manifest.json", Body=unusable)
        line = refused(deploy(engine, "--account=sandbox", f"--env={env}", "--version=1.0.0"))
        assert line.startswith(
            f"orchestrator: s3://{bucket}/code/1.0.0/manifest.json: is not a release's manifest. Raise "
        )
    engine.client("s3").put_object(Bucket=bucket, Key="code/1.0.0/manifest.json", Body=json.dumps(manifest).encode())
    # Its configuration may change all the same.
    assert deploy(engine, "--account=sandbox", f"--env={env}", "--version=1.0.0", "--config-only").returncode == 0


def test_manual_config_change_is_not_overwritten(engine: Engine, env: str) -> None:
    key, bucket = CONFIG.format(version="1.0.0"), BUCKET.format(env=env)
    theirs = b'{"workflows": {"theirs": {}}}'
    digest = hashlib.sha256(theirs).hexdigest()[:16]
    engine.client("s3").put_object(Bucket=bucket, Key=key, Body=theirs)
    arguments = ("--account=sandbox", f"--env={env}", "--version=1.0.0")
    line = refused(deploy(engine, *arguments))
    assert f"the remote configuration ({digest}) would be lost; " in line
    assert "someone edited it outside git" in line
    assert f"--overwrite-digest={digest}" in line
    assert body(engine, env, key) == theirs
    refused(deploy(engine, *arguments, "--overwrite-digest=0000000000000000"))
    answer = deploy(engine, *arguments, f"--overwrite-digest={digest}")
    assert answer.returncode == 0, answer.stderr
    assert body(engine, env, key) == (ROOT / "orchestration/workflow_config.json").read_bytes()


def test_config_from_git_history_is_overwritten(engine: Engine, env: str, tmp_path: Path) -> None:
    """In a repository with two versions of the file, the remote one being the older."""
    config = tmp_path / "workflow_config.json"
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    for text in ('{"workflows": {}}', '{"workflows": {"job": {}}}'):
        config.write_text(text)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-qm", "c"], check=True)
    bucket, key = BUCKET.format(env=env), CONFIG.format(version="1.0.0")
    command = [
        str(ROOT / ".venv/bin/orchestrator"),
        "upload",
        "--bucket",
        bucket,
        "--region",
        engine.region,
        "--version",
        "1.0.0",
    ]
    command += ["--config", str(config), "--config-only"]
    environment = {"PATH": os.environ["PATH"], **aws_environment(engine)}
    engine.client("s3").put_object(Bucket=bucket, Key="code/1.0.0/manifest.json", Body=EMPTY_MANIFEST)
    for remote, code in ((b'{"workflows": {}}', 0), (b'{"workflows": {"unseen": {}}}', 2)):
        engine.client("s3").put_object(Bucket=bucket, Key=key, Body=remote)
        answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert answer.returncode == code, answer.stderr
    assert body(engine, env, key) == b'{"workflows": {"unseen": {}}}'
    shallow = tmp_path / "shallow"
    subprocess.run([*git, "clone", "-q", "--depth", "1", f"file://{tmp_path}", shallow], check=True)
    command[command.index(str(config))] = str(shallow / config.name)
    engine.client("s3").put_object(Bucket=bucket, Key=key, Body=b'{"workflows": {}}')
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "the checkout is shallow. Run: git fetch --unshallow" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--acount=x"], "deploy.sh: unknown option --acount=x; expected --account= --env="),
        (["--env=jc"], "deploy.sh: --account= is missing"),
        (["--account=sandbox"], "deploy.sh: --env= is missing"),
        (
            ["--account=sandbox", "--env=jc", "--version=../x"],
            "deploy.sh: --version=: found '../x', expected a version",
        ),
        (["--account=Sand Box", "--env=jc"], "expected lower-case letters, digits and hyphens"),
        (
            ["--account=sandbox", "--env=nowhere"],
            "bucket sfly-aws-dwh-sandbox-nowhere-code-us-west-1: does not exist. Correct --account=, --env=, --region= or",
        ),
    ],
)
def test_invalid_options_print_one_line_error(engine: Engine, arguments: list[str], expected: str) -> None:
    assert expected in refused(deploy(engine, *arguments))


def test_missing_credentials_print_one_line_error(engine: Engine, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "none")
    answer = deploy(
        engine,
        "--account=sandbox",
        "--env=jc",
        AWS_ACCESS_KEY_ID="-",
        AWS_SECRET_ACCESS_KEY="-",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=nowhere,
        AWS_SHARED_CREDENTIALS_FILE=nowhere,
    )
    assert "Unable to locate credentials" in refused(answer)
