"""Each example of docs/publishing.md starts the triggers of its job on the local stack.

Airflow and the AWS CLI run in separate environments: tests/airflow/test_publishing.py, tests/packaging/test_aws_cli.py.
"""

from __future__ import annotations

import json
import sys
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from orchestration.event.identity import execution_name
from orchestration.starting.executions import ExecutionClient
from tests.docs.examples import examples

EXAMPLES = examples("publishing.md")
DOCUMENT: dict[str, Any] = {
    "workflows": {
        "transform_images": {
            "on_success": [
                {"type": "glue_job", "job_name": "load", "arguments": {"--path": "${artifacts.output_path}"}}
            ]
        }
    }
}


@dataclass
class Topic:
    """The topic of a stack, and what its events started."""

    simulator: Simulator

    @property
    def arn(self) -> str:
        return self.simulator.stack.topics["job_events"]

    def path_of(self, run: str) -> str:
        """Argument of the Glue job that the event of a run started."""
        executions = ExecutionClient(self.simulator.engine.client("stepfunctions"), self.simulator.settings)
        name, deadline = execution_name("on_success", "transform_images", run), time.monotonic() + 20
        while (found := executions.find(name)) is None or found.running:
            assert time.monotonic() < deadline, f"run {run} did not start"
            time.sleep(0.05)
        assert found.status == "SUCCEEDED"
        arguments: Any = found.input.triggers[0].request["Arguments"]
        return str(arguments["--path"])


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with run_engine("us-west-1") as started:
        yield started


@pytest.fixture(scope="module")
def topic(engine: Engine) -> Topic:
    return Topic(Simulator.deploy(engine, DOCUMENT))


@pytest.fixture(autouse=True)
def environment(engine: Engine, topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {
        "AWS_ENDPOINT_URL": engine.endpoint,
        "AWS_DEFAULT_REGION": engine.region,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "JOB_EVENTS_TOPIC_ARN": topic.arn,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def run(name: str) -> dict[str, Any]:
    """Run an example as a module; returns its names."""
    names: dict[str, Any] = {"__name__": name}
    exec(compile(EXAMPLES[name], f"docs/publishing.md ({name})", "exec"), names)
    return names


def test_page_has_an_example_for_each_publisher() -> None:
    assert set(EXAMPLES) == {"aws-cli", "glue", "lambda", "airflow", "airflow-callback", "step-functions", "spark"}


def test_glue_job_publishes(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only Glue has the package awsglue; it parses ``--NAME VALUE`` and always returns JOB_RUN_ID."""
    given = {"JOB_NAME": "transform_images", "job_events_topic_arn": topic.arn, "output_path": "s3://glue"}
    monkeypatch.setattr(
        sys, "argv", ["job.py", *(part for pair in given.items() for part in (f"--{pair[0]}", pair[1]))]
    )

    def resolve(argv: list[str], names: list[str]) -> dict[str, str]:
        options = dict(zip(argv[1::2], argv[2::2], strict=True))
        return {name: options[f"--{name}"] for name in names} | {"JOB_RUN_ID": "jr_1"}

    monkeypatch.setitem(sys.modules, "awsglue", types.ModuleType("awsglue"))
    utils = types.ModuleType("awsglue.utils")
    utils.__dict__["getResolvedOptions"] = resolve
    monkeypatch.setitem(sys.modules, "awsglue.utils", utils)
    run("glue")
    assert topic.path_of("jr_1") == "s3://glue"


def test_lambda_function_publishes(topic: Topic) -> None:
    run("lambda")["handler"]({"day": "2025-11-24"}, types.SimpleNamespace(aws_request_id="request-1"))
    assert topic.path_of("request-1") == "s3://bucket/output/2025-11-24"


def test_spark_driver_publishes(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark itself is 300 MB; the example uses only the session's application id."""
    monkeypatch.setattr(sys, "argv", ["driver.py", topic.arn, "s3://spark"])
    context = types.SimpleNamespace(applicationId="application_1")
    session = types.SimpleNamespace(sparkContext=context, stop=lambda: None)
    builder = types.SimpleNamespace(appName=lambda _: types.SimpleNamespace(getOrCreate=lambda: session))
    sql = types.ModuleType("pyspark.sql")
    sql.__dict__["SparkSession"] = types.SimpleNamespace(builder=builder)
    monkeypatch.setitem(sys.modules, "pyspark", types.ModuleType("pyspark"))
    monkeypatch.setitem(sys.modules, "pyspark.sql", sql)
    run("spark")
    assert topic.path_of("application_1") == "s3://spark"


def test_step_functions_state_publishes(topic: Topic, engine: Engine) -> None:
    client = engine.client("stepfunctions")
    role = "arn:aws:iam::123456789012:role/r"
    machine = client.create_state_machine(name="publisher", definition=EXAMPLES["step-functions"], roleArn=role)
    given = json.dumps({"job_events_topic_arn": topic.arn, "output_path": "s3://states"})
    client.start_execution(stateMachineArn=machine["stateMachineArn"], name="run-1", input=given)
    assert topic.path_of("run-1") == "s3://states"
