"""The AWS CLI's example of docs/publishing.md starts the triggers of its job on the local stack."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.engine import Engine, run_engine
from local.simulation import Simulator
from tests.docs.examples import examples
from tests.docs.test_publishing import DOCUMENT, Topic

BIN = Path(__file__).parents[2] / ".venv-awscli" / "bin"


@pytest.fixture
def engine() -> Iterator[Engine]:
    with run_engine("us-west-1") as started:
        yield started


def test_aws_cli_publishes(engine: Engine) -> None:
    if not (BIN / "aws").exists():
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("the AWS CLI is not installed: make awscli")
    topic = Topic(Simulator.deploy(engine, DOCUMENT))
    environment = {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "AWS_ENDPOINT_URL": engine.endpoint,
        "AWS_DEFAULT_REGION": engine.region,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "JOB_EVENTS_TOPIC_ARN": topic.arn,
    }
    command = ["bash", "-euc", examples("publishing.md")["aws-cli"]]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert topic.path_of("run-0001") == "s3://bucket/output/path"
