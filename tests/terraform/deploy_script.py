"""Runs deploy.sh against the engine, and reads the code bucket."""

from __future__ import annotations

import os
import subprocess

from local.engine.engine import Engine
from tests.terraform.harness import ROOT, aws_environment

BUCKET = "sfly-aws-dwh-sandbox-{env}-code-us-west-1"
CONFIG = "code/{version}/orchestration/workflow_config.json"


def deploy(engine: Engine, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    given |= aws_environment(engine) | environment
    given = {name: value for name, value in given.items() if value != "-"}
    return subprocess.run(["./deploy.sh", *arguments], cwd=ROOT, env=given, capture_output=True, text=True, check=False)


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
