"""The handler that starts one DAG run, on the stand-in for MWAA."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config

import tasks.mwaa_dag as task
from local.engine.fake_mwaa import FakeMwaa
from orchestration.errors import DagRunRejectedError, MwaaUnavailableError
from tasks.mwaa_dag import DagRunRequest


class Context:
    """The part of a Lambda context that the handler reads."""

    aws_request_id = "request-1"

    def __init__(self, seconds: float = 60.0) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


def request(dag_id: str = "dag", environment: str = "env", region: str = "us-west-2") -> DagRunRequest:
    return {
        "environment_name": environment,
        "region": region,
        "dag_id": dag_id,
        "dag_run_id": "run-1",
        "conf": {"x": [1, None]},
    }


@pytest.fixture
def airflow(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMwaa]:
    """An environment ``env`` with the DAG ``dag``, behind the endpoint that the handler reads."""
    with FakeMwaa.serve() as stand_in:
        stand_in.add_dag("us-west-2", "env", "dag")
        for name, value in {
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_ENDPOINT_URL_MWAA": stand_in.endpoint,
        }.items():
            monkeypatch.setenv(name, value)
        task._client.cache_clear()
        yield stand_in
        task._client.cache_clear()


def test_run_starts_with_its_conf_and_returns_its_id(airflow: FakeMwaa) -> None:
    assert task.handler(request(), Context()) == "run-1"
    (run,) = airflow.runs("us-west-2", "env", "dag")
    assert (run["dag_run_id"], run["conf"]) == ("run-1", {"x": [1, None]})


def test_second_attempt_starts_no_second_run(airflow: FakeMwaa) -> None:
    assert task.handler(request(), Context()) == task.handler(request(), Context()) == "run-1"
    assert len(airflow.runs("us-west-2", "env", "dag")) == 1


def test_unknown_dag_is_rejected(airflow: FakeMwaa) -> None:
    with pytest.raises(DagRunRejectedError, match="Airflow answered 404 for DAG other"):
        task.handler(request(dag_id="other"), Context())


def test_region_and_environment_are_those_of_the_request(airflow: FakeMwaa) -> None:
    with pytest.raises(DagRunRejectedError, match="region eu-central-1"):
        task.handler(request(region="eu-central-1"), Context())
    with pytest.raises(DagRunRejectedError, match="MWAA environment nowhere"):
        task.handler(request(environment="nowhere"), Context())


def test_call_that_may_exceed_the_timeout_is_not_made(airflow: FakeMwaa) -> None:
    with pytest.raises(MwaaUnavailableError, match="The Lambda's timeout is too close for GET /dags/dag"):
        task.handler(request(), Context(seconds=20.9))


def test_client_is_created_once_for_a_region(airflow: FakeMwaa) -> None:
    assert task._client("us-west-2") is task._client("us-west-2")
    assert task._client("us-west-2") is not task._client("us-east-1")


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL_MWAA", "AWS_ENDPOINT_URL"])
def test_host_has_a_prefix_unless_the_endpoint_is_local(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    for name in ("AWS_ENDPOINT_URL_MWAA", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    assert configured().inject_host_prefix
    monkeypatch.setenv(variable, "http://localhost:1")
    assert not configured().inject_host_prefix


def test_one_attempt_takes_at_most_20_seconds() -> None:
    config = configured()
    assert (config.connect_timeout, config.read_timeout, config.retries["total_max_attempts"]) == (5, 15, 1)


def configured() -> Config:
    """Settings of a new client."""
    task._client.cache_clear()
    client: Any = task._client("us-west-2")
    task._client.cache_clear()
    return client.meta.config
