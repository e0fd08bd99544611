"""The MWAA handler's logic against the stand-in, over boto3's real wire form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local.airflow import AirflowStandIn
from orchestration.errors import DagRunRejectedError, MwaaUnavailableError
from orchestration.mwaa import DagRuns

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def airflow() -> Iterator[AirflowStandIn]:
    with AirflowStandIn.running() as stand_in:
        stand_in.add_dag("us-west-2", "env", "dag")
        yield stand_in


def runs(airflow: AirflowStandIn, environment: str = "env", endpoint: str = "") -> DagRuns:
    client = boto3.client(
        "mwaa",
        region_name="us-west-2",
        endpoint_url=endpoint or airflow.endpoint,
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(inject_host_prefix=False, retries={"total_max_attempts": 1}, connect_timeout=1),
    )
    return DagRuns(client, environment, now=lambda: NOW)


def test_a_run_is_started_once(airflow: AirflowStandIn) -> None:
    for _ in range(2):
        assert runs(airflow).start("dag", "run-1", {"a": 1}) == "run-1"
    expected = {"dag_run_id": "run-1", "conf": {"a": 1}, "logical_date": NOW.isoformat(), "state": "queued"}
    assert airflow.runs("us-west-2", "env", "dag") == [expected]


def test_a_taken_logical_date_is_not_taken_for_a_duplicate(airflow: AirflowStandIn) -> None:
    for run in ("run-1", "run-2"):  # the clock stands still
        runs(airflow).start("dag", run, {})
    assert [run["dag_run_id"] for run in airflow.runs("us-west-2", "env", "dag")] == ["run-1", "run-2"]


def test_a_duplicate_with_an_id_too_long_for_the_path_is_found_in_the_list(airflow: AirflowStandIn) -> None:
    long = "transform_images-spark-transform-0001-7fa3109bf87daea1-12"
    for _ in range(2):
        runs(airflow).start("dag", long, {})
    assert len(airflow.runs("us-west-2", "env", "dag")) == 1


def test_an_unknown_dag_is_final(airflow: AirflowStandIn) -> None:
    with pytest.raises(DagRunRejectedError, match=r"answered 404 for DAG nope: .*deploy the DAG"):
        runs(airflow).start("nope", "run-1", {})


def test_an_unknown_environment_is_final(airflow: AirflowStandIn) -> None:
    with pytest.raises(DagRunRejectedError, match=r"us-west-2.*check environment_name and region"):
        runs(airflow, "other").start("dag", "run-1", {})


def test_an_unreachable_web_server_may_be_tried_again(airflow: AirflowStandIn) -> None:
    with pytest.raises(MwaaUnavailableError, match="use the trigger type sqs_mwaa"):
        runs(airflow, endpoint="http://127.0.0.1:1").start("dag", "run-1", {})


def test_a_server_error_may_be_tried_again(airflow: AirflowStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def invoke(*_: Any) -> tuple[int, str, dict[str, Any]]:
        return 400, "RestApiServerException", {"RestApiStatusCode": 503, "RestApiResponse": {"detail": "starting"}}

    monkeypatch.setattr(AirflowStandIn, "invoke", invoke)
    with pytest.raises(MwaaUnavailableError, match="RestApiServerException"):
        runs(airflow).start("dag", "run-1", {})
