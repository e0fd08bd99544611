"""deploy.sh against the engine: what it uploads, and what it refuses, each in one line."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from builder import package
from local.engine import Engine
from tests.terraform.harness import ROOT, aws_environment

BUCKET = "sfly-aws-dwh-sandbox-{env}-code-us-west-1"
CONFIG = "code/{version}/orchestration/workflow_config.json"


def deploy(engine: Engine, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    given |= aws_environment(engine) | environment
    given = {name: value for name, value in given.items() if value != "-"}
    return subprocess.run(["./deploy.sh", *arguments], cwd=ROOT, env=given, capture_output=True, text=True, check=False)


@pytest.fixture
def env(engine: Engine, request: pytest.FixtureRequest) -> str:
    """An environment of the test's own, with an empty code bucket."""
    name = hashlib.sha256(request.node.name.encode()).hexdigest()[:8]
    location = {"LocationConstraint": engine.region}
    engine.client("s3").create_bucket(Bucket=BUCKET.format(env=name), CreateBucketConfiguration=location)
    return name


def keys(engine: Engine, env: str) -> list[str]:
    found = engine.client("s3").list_objects_v2(Bucket=BUCKET.format(env=env)).get("Contents", [])
    return sorted(one["Key"] for one in found)


def body(engine: Engine, env: str, key: str) -> bytes:
    content: bytes = engine.client("s3").get_object(Bucket=BUCKET.format(env=env), Key=key)["Body"].read()
    return content


def refused(answer: subprocess.CompletedProcess[str]) -> str:
    """Its one line."""
    assert answer.returncode == 2, answer.stdout + answer.stderr
    lines = [line for line in answer.stderr.splitlines() if ": valid, " not in line]
    assert len(lines) == 1, answer.stderr
    return lines[0]


def test_deploy_uploads_code_and_configuration(engine: Engine, env: str) -> None:
    answer = deploy(engine, "--account=sandbox", f"--env={env}", "--version=1.2.3")
    assert answer.returncode == 0, answer.stderr
    names = ["downstream_orchestrator.zip", "manifest.json", "mwaa_dag.zip", "orchestration/workflow_config.json"]
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
    assert [line.split()[0] for line in answer.stdout.splitlines()[:4]] == ["unchanged"] * 4


def test_dry_run_uploads_nothing(engine: Engine, env: str) -> None:
    answer = deploy(engine, "--account=sandbox", f"--env={env}", "--dry-run")
    assert answer.returncode == 0
    assert answer.stdout.count("would upload s3://") == 4
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
    engine.client("s3").put_object(Bucket=bucket, Key="code/1.0.0/manifest.json", Body=b"{}")
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
