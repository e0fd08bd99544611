"""The AWS CLI's example of docs/publishing.md starts the triggers of its job on the local stack."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator

import pytest

from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from tests.cli.helpers import ROOT, Local
from tests.docs.examples import examples
from tests.docs.test_publishing import DOCUMENT, Topic

BIN = ROOT / ".venv-awscli" / "bin"


@pytest.fixture
def engine() -> Iterator[Engine]:
    with run_engine("us-west-1") as started:
        yield started


@pytest.fixture(autouse=True)
def aws() -> None:
    if not (BIN / "aws").exists():
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("the AWS CLI is not installed: make awscli")


def test_printed_examples_of_local_work_as_they_stand() -> None:
    local = Local()
    try:
        commands = [line.removeprefix("#   ").strip() for line in local.lines if line.startswith("#   ")]
        assert [command.split()[:2] for command in commands] == [
            ["aws", "sns"],
            ["orchestrator", "executions"],
            ["aws", "stepfunctions"],
            ["aws", "s3"],
            ["aws", "sqs"],
            ["aws", "logs"],
            ["aws", "mwaa"],
        ]
        environment = {"PATH": f"{BIN}:{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}", **local.variables}
        outputs = {}
        for command in commands:
            answer = subprocess.run(
                ["bash", "-euc", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
            )
            # Exit code 3: the execution has not started yet.
            assert answer.returncode == 0 or "executions" in command, (command, answer.stderr)
            outputs[command.split()[1]] = answer.stdout
            time.sleep(1)  # the event arrives while the commands run
        assert json.loads(outputs["stepfunctions"])["executions"]
        assert "message_id" in json.loads(outputs["sqs"])["Messages"][0]["Body"]
        assert json.loads(outputs["mwaa"])["RestApiResponse"]["dag_runs"]
        assert "Started" in outputs["logs"]
    finally:
        code = local.stop()
    assert code == 0


def test_aws_cli_publishes(engine: Engine) -> None:
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
