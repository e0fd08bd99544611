"""The MWAA handler's logic against the stand-in, over boto3's real wire form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from local.engine.fake_mwaa import FakeMwaa
from orchestration.errors import DagRunRejectedError, MwaaUnavailableError
from tests.orchestration.mwaa.mwaa_stand_in import NOW, runs


def test_a_run_is_started_once(airflow: FakeMwaa) -> None:
    for _ in range(2):
        assert runs(airflow).start("dag", "run-1", {"a": 1}) == "run-1"
    expected = {"dag_id": "dag", "dag_run_id": "run-1", "conf": {"a": 1}, "logical_date": NOW.isoformat()}
    assert airflow.runs("us-west-2", "env", "dag") == [expected | {"state": "queued"}]


def test_logical_date_collision_is_not_a_duplicate(airflow: FakeMwaa) -> None:
    for run in ("run-1", "run-2"):  # the clock stands still
        runs(airflow).start("dag", run, {})
    assert [run["dag_run_id"] for run in airflow.runs("us-west-2", "env", "dag")] == ["run-1", "run-2"]


def test_duplicate_with_long_id_is_found_in_the_list(airflow: FakeMwaa) -> None:
    long = "transform_images-spark-transform-0001-7fa3109bf87daea1-12"
    for _ in range(2):
        runs(airflow).start("dag", long, {})
    assert len(airflow.runs("us-west-2", "env", "dag")) == 1


def test_unknown_dag_is_not_retried(airflow: FakeMwaa) -> None:
    with pytest.raises(DagRunRejectedError, match=r"answered 404 for DAG nope: .*Deploy the DAG"):
        runs(airflow).start("nope", "run-1", {})


def test_unknown_environment_is_not_retried(airflow: FakeMwaa) -> None:
    with pytest.raises(DagRunRejectedError, match=r"us-west-2.*Check environment_name and region"):
        runs(airflow, "other").start("dag", "run-1", {})


def test_unreachable_web_server_is_retried(airflow: FakeMwaa) -> None:
    with pytest.raises(MwaaUnavailableError, match="use the trigger type sqs_mwaa"):
        runs(airflow, endpoint="http://127.0.0.1:1").start("dag", "run-1", {})


def test_long_dag_id_error_names_sqs_mwaa(airflow: FakeMwaa) -> None:
    airflow.add_dag("us-west-2", "env", "d" * 50)
    assert runs(airflow).start("d" * 50, "run-1", {}) == "run-1"
    with pytest.raises(
        DagRunRejectedError, match=r"51 URL-encoded characters.*at most 50. Use the trigger type sqs_mwaa"
    ):
        runs(airflow).start("d" * 51, "run-1", {})


def test_a_paused_dag_is_refused(airflow: FakeMwaa) -> None:
    airflow.paused.add(("us-west-2", "env", "dag"))
    with pytest.raises(DagRunRejectedError, match=r"DAG dag is paused.*airflow dags unpause dag"):
        runs(airflow).start("dag", "run-1", {})
    assert airflow.runs("us-west-2", "env", "dag") == []


def test_retry_accepts_a_dag_paused_after_the_start(airflow: FakeMwaa) -> None:
    runs(airflow).start("dag", "run-1", {})
    airflow.paused.add(("us-west-2", "env", "dag"))
    assert runs(airflow).start("dag", "run-1", {}) == "run-1"


SERVICE_ANSWERS = [
    (503, "ServiceUnavailable", MwaaUnavailableError),
    (500, "InternalFailure", MwaaUnavailableError),
    (502, "", MwaaUnavailableError),
    (429, "TooManyRequestsException", MwaaUnavailableError),
    (400, "Throttling", MwaaUnavailableError),
    (400, "MalformedQueryString", DagRunRejectedError),
]


@pytest.mark.parametrize(("status", "code", "error"), SERVICE_ANSWERS)
def test_service_errors_map_to_retry_or_rejection(
    airflow: FakeMwaa, monkeypatch: pytest.MonkeyPatch, status: int, code: str, error: type[Exception]
) -> None:
    """A front end's 5xx has no MWAA error name, and the run may have started. The call is retried."""
    monkeypatch.setattr(FakeMwaa, "invoke", lambda *_: (status, code, {"message": "m"}))
    with pytest.raises(error):
        runs(airflow).start("dag", "run-1", {})


def test_calls_stop_before_the_lambda_timeout(airflow: FakeMwaa) -> None:
    left = iter([60.0, 39.0, 20.0])
    slow = replace(runs(airflow), remaining_seconds=lambda: next(left))
    airflow.paused.add(("us-west-2", "env", "dag"))
    with pytest.raises(DagRunRejectedError, match="paused"):
        slow.start("dag", "run-1", {})
    with pytest.raises(MwaaUnavailableError, match="timeout is too close for GET /dags/dag"):
        slow.start("dag", "run-1", {})


@pytest.mark.parametrize("allowed", [1, 2, 100])
def test_run_is_found_with_any_page_size(airflow: FakeMwaa, monkeypatch: pytest.MonkeyPatch, allowed: int) -> None:
    """api.maximum_page_limit may be less than what is asked for."""
    long = "transform_images-spark-transform-0001-7fa3109bf87daea1-"
    for number in range(3):
        runs(airflow).start("dag", f"{long}{number}", {})
    genuine = FakeMwaa._airflow

    def limited(stand_in: FakeMwaa, region: str, environment: str, call: dict[str, Any]) -> Any:
        query = call.get("QueryParameters")
        if query:
            call = call | {"QueryParameters": query | {"limit": min(int(query["limit"]), allowed)}}
        return genuine(stand_in, region, environment, call)

    monkeypatch.setattr(FakeMwaa, "_airflow", limited)
    for number in range(3):
        assert runs(airflow).start("dag", f"{long}{number}", {}) == f"{long}{number}"
    monkeypatch.undo()
    assert len(airflow.runs("us-west-2", "env", "dag")) == 3


ANSWERS = [
    ("RestApiServerException", {"RestApiStatusCode": 503}, MwaaUnavailableError, "Airflow answered 503"),
    ("RestApiClientException", {"RestApiStatusCode": 429}, MwaaUnavailableError, "answered 429"),
    ("ThrottlingException", {"message": "slow down"}, MwaaUnavailableError, "ThrottlingException: slow down"),
    ("InternalServerException", {"message": "m"}, MwaaUnavailableError, "InternalServerException"),
    ("RestApiClientException", {"RestApiStatusCode": 400}, DagRunRejectedError, "answered 400"),
    ("RestApiClientException", {"RestApiStatusCode": 401}, DagRunRejectedError, "airflow:InvokeRestApi"),
    ("RestApiClientException", {"RestApiStatusCode": 403}, DagRunRejectedError, "may not start runs. Use User or Op"),
    ("RestApiClientException", {"RestApiStatusCode": 422}, DagRunRejectedError, "answered 422"),
    ("ValidationException", {"message": "m"}, DagRunRejectedError, "ValidationException"),
    (
        "AccessDeniedException",
        {"message": "m"},
        DagRunRejectedError,
        "private web server use the trigger type sqs_mwaa",
    ),
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: f"{row[0]}-{row[1].get('RestApiStatusCode', '')}")
def test_error_class_decides_about_a_retry(
    airflow: FakeMwaa,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    row: tuple[str, dict[str, Any], type[Exception], str],
) -> None:
    code, body, error, words = row
    genuine = FakeMwaa.invoke

    def invoke(stand_in: FakeMwaa, region: str, environment: str, call: dict[str, Any]) -> Any:
        return (400, code, body) if call["Method"] == method else genuine(stand_in, region, environment, call)

    monkeypatch.setattr(FakeMwaa, "invoke", invoke)
    with pytest.raises(error, match=words):
        runs(airflow).start("dag", "run-1", {})


def test_failed_lookup_is_not_a_missing_run(airflow: FakeMwaa, monkeypatch: pytest.MonkeyPatch) -> None:
    runs(airflow).start("dag", "run-1", {})
    genuine = FakeMwaa.invoke

    def invoke(stand_in: FakeMwaa, region: str, environment: str, call: dict[str, Any]) -> Any:
        if call["Path"].endswith("run-1"):
            return 400, "RestApiClientException", {"RestApiStatusCode": 403}
        return genuine(stand_in, region, environment, call)

    monkeypatch.setattr(FakeMwaa, "invoke", invoke)
    with pytest.raises(DagRunRejectedError, match="answered 403"):
        runs(airflow).start("dag", "run-1", {})
