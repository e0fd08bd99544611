"""The fake answers InvokeRestApi as MWAA does: status and error code of MWAA around Airflow's status and body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.engine.clients import client
from local.engine.fake_mwaa import FakeMwaa

REGION = "us-west-1"
RUNS = "/dags/d/dagRuns"
RUN = {"dag_run_id": "r1", "logical_date": "2026-01-01T00:00:00Z", "conf": {"a": 1}}


@pytest.fixture
def fake() -> Iterator[FakeMwaa]:
    with FakeMwaa.serve() as served:
        served.add_dag(REGION, "e", "d")
        yield served


def call(fake: FakeMwaa, method: str, path: str, **options: Any) -> tuple[int, Any]:
    """Airflow's status and body, of a call with boto3."""
    mwaa = client("mwaa", REGION, fake.endpoint)
    try:
        answer = mwaa.invoke_rest_api(Name="e", Method=method, Path=path, **options)
    except ClientError as error:
        answer = error.response
    return answer["RestApiStatusCode"], answer["RestApiResponse"]


def test_run_starts_once(fake: FakeMwaa) -> None:
    assert call(fake, "POST", RUNS, Body=RUN)[0] == 200
    assert call(fake, "POST", RUNS, Body=RUN)[0] == 409
    assert call(fake, "POST", RUNS, Body={**RUN, "dag_run_id": "r2"})[0] == 409  # the same logical date
    assert [run["conf"] for run in fake.runs(REGION, "e", "d")] == [{"a": 1}]


def test_run_without_a_logical_date_is_refused(fake: FakeMwaa) -> None:
    assert call(fake, "POST", RUNS, Body={"dag_run_id": "r1", "logical_date": None})[0] == 422


def test_runs_are_read_newest_first_and_by_id(fake: FakeMwaa) -> None:
    for number in range(3):
        call(fake, "POST", RUNS, Body={"dag_run_id": f"r{number}", "logical_date": str(number), "conf": {}})
    status, page = call(fake, "GET", RUNS, QueryParameters={"limit": 2, "offset": 0})
    assert (status, [run["dag_run_id"] for run in page["dag_runs"]], page["total_entries"]) == (200, ["r2", "r1"], 3)
    assert call(fake, "GET", f"{RUNS}/r1")[1]["logical_date"] == "1"
    assert call(fake, "GET", f"{RUNS}/r9")[0] == 404


def test_dag_tells_if_it_is_paused(fake: FakeMwaa) -> None:
    assert call(fake, "GET", "/dags/d") == (200, {"dag_id": "d", "is_paused": False})
    fake.paused.add((REGION, "e", "d"))
    assert call(fake, "GET", "/dags/d")[1]["is_paused"] is True


@pytest.mark.parametrize("path", ["/dags/other", "/variables", "/dags/d/tasks"])
def test_unknown_path_gives_404(fake: FakeMwaa, path: str) -> None:
    assert call(fake, "GET", path)[0] == 404


def test_missing_environment_and_long_path_are_errors_of_mwaa(fake: FakeMwaa) -> None:
    mwaa = client("mwaa", REGION, fake.endpoint)
    with pytest.raises(ClientError) as missing:
        mwaa.invoke_rest_api(Name="other", Method="GET", Path="/dags/d")
    assert missing.value.response["Error"]["Code"] == "ResourceNotFoundException"
    with pytest.raises(ClientError) as elsewhere:
        client("mwaa", "eu-west-1", fake.endpoint).invoke_rest_api(Name="e", Method="GET", Path="/dags/d")
    assert elsewhere.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert fake.invoke(REGION, "e", {"Method": "GET", "Path": "/" + "x" * 64})[:2] == (400, "ValidationException")
