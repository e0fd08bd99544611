"""Answers of MWAA that are not Airflow's end in a named error. Only our DAG run counts as started."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3.response import HTTPResponse

from local.engine.fake_mwaa import FakeMwaa
from orchestration.errors import DagRunRejectedError, MwaaAnswerError, MwaaUnavailableError
from orchestration.mwaa.answers import Answer
from orchestration.mwaa.client import MwaaClient
from tests.orchestration.mwaa.mwaa_stand_in import runs


def answering(
    airflow: FakeMwaa, monkeypatch: pytest.MonkeyPatch, method: str, answer: tuple[int, str, Any]
) -> FakeMwaa:
    """The stand-in, with one answer to every call of a method: HTTP status, error code and body."""
    genuine = FakeMwaa.invoke

    def invoke(stand_in: FakeMwaa, region: str, environment: str, call: dict[str, Any]) -> Any:
        return answer if call["Method"] == method else genuine(stand_in, region, environment, call)

    monkeypatch.setattr(FakeMwaa, "invoke", invoke)
    return airflow


def of_airflow(status: Any, body: Any) -> dict[str, Any]:
    return {"RestApiStatusCode": status, "RestApiResponse": body}


RUN = {"dag_id": "dag", "dag_run_id": "run-1", "conf": {}}
DAG = {"dag_id": "dag", "is_paused": False}
HTML = "<!DOCTYPE html><html>Sign in</html>"
ODD_ANSWERS: list[tuple[str, Any, str]] = [
    ("null", None, "cannot read the answer"),
    ("a list", [], "cannot read the answer"),
    ("a text", "x", "cannot read the answer"),
    ("no status", {"RestApiResponse": RUN}, "RestApiStatusCode"),
    ("a text as status", of_airflow("OK", RUN), "OK"),
    ("true as status", of_airflow(True, RUN), "RestApiStatusCode"),
    ("an impossible status", of_airflow(20, RUN), "RestApiStatusCode"),
    ("a redirect", of_airflow(302, ""), "found 302"),
    ("an interim status", of_airflow(101, RUN), "found 101"),
    ("nothing in the answer", of_airflow(200, None), "found 200 and None, expected an object"),
    ("HTML in the answer", of_airflow(200, HTML), "found 200 and HTML '<!DOCTYPE html>"),
    ("a list in the answer", of_airflow(200, [RUN]), "expected an object"),
    ("another DAG", of_airflow(200, RUN | DAG | {"dag_id": "other"}), "expected DAG dag"),
    ("empty objects", of_airflow(201, {}), "expected DAG dag"),
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("row", ODD_ANSWERS, ids=lambda row: row[0].replace(" ", "-"))
def test_odd_answer_is_a_named_error(
    airflow: FakeMwaa, monkeypatch: pytest.MonkeyPatch, method: str, row: tuple[str, Any, str]
) -> None:
    _, body, words = row
    with pytest.raises(MwaaAnswerError, match=words) as caught:
        runs(answering(airflow, monkeypatch, method, (200, "", body))).start("dag", "run-1", {})
    message = str(caught.value)
    assert message.startswith(f"MWAA environment env: {method} /dags/dag")
    assert ("DAG run run-1 of DAG dag may exist" in message) == (method == "POST")


def test_run_with_another_id_is_not_believed(airflow: FakeMwaa, monkeypatch: pytest.MonkeyPatch) -> None:
    body = of_airflow(200, RUN | {"dag_run_id": "manual__2026-01-01"})
    with pytest.raises(MwaaAnswerError, match=r"expected DAG dag and run run-1 .* may exist"):
        runs(answering(airflow, monkeypatch, "POST", (200, "", body))).start("dag", "run-1", {})


RAW_ANSWERS = [
    (200, b"", "found {}, expected an HTTP status in 'RestApiStatusCode'"),
    (200, HTML.encode(), "expected an HTTP status in 'RestApiStatusCode'"),
    (200, b"\xff\xfe", "the AWS SDK cannot read the answer .UnicodeDecodeError"),
    (200, b'{"RestApiStatusCode": 200, "RestApiResponse": ' + b"[" * 100_000, "cannot read the answer .RecursionError"),
    (204, b"", "found {}, expected an HTTP status"),
    (301, HTML.encode(), "found HTTP status 301 and HTML '<!DOCTYPE html>"),
    (302, b"", "found HTTP status 302 and '', expected 200"),
    (307, b"", "found HTTP status 307"),
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("status", "body", "words"), RAW_ANSWERS)
def test_odd_http_answer_is_a_named_error(airflow: FakeMwaa, method: str, status: int, body: bytes, words: str) -> None:
    mwaa = runs(airflow)

    def answer(request: Any, **_: Any) -> AWSResponse | None:
        if json.loads(request.body)["Method"] != method:
            return None
        raw = HTTPResponse(io.BytesIO(body), preload_content=False)
        return AWSResponse(request.url, status, {"Content-Type": "text/html"}, raw)

    mwaa.client.meta.events.register("before-send.mwaa", answer)
    with pytest.raises(MwaaAnswerError, match=words) as caught:
        mwaa.start("dag", "run-1", {})
    assert str(caught.value).startswith(f"MWAA environment env: {method} /dags/dag")
    assert ("may exist" in str(caught.value)) == (method == "POST")


@pytest.mark.parametrize("body", [{"dag_runs": None}, {"dag_runs": [1], "total_entries": 1}, {"dag_runs": []}, [], ""])
def test_odd_list_of_runs_is_not_an_empty_one(airflow: FakeMwaa, monkeypatch: pytest.MonkeyPatch, body: Any) -> None:
    long = "transform_images-spark-transform-0001-7fa3109bf87daea1-12"
    runs(airflow).start("dag", long, {})
    genuine = FakeMwaa.invoke

    def invoke(stand_in: FakeMwaa, region: str, environment: str, call: dict[str, Any]) -> Any:
        if call["Method"] == "GET" and call["Path"].endswith("/dagRuns"):
            return 200, "", of_airflow(200, body)
        return genuine(stand_in, region, environment, call)

    monkeypatch.setattr(FakeMwaa, "invoke", invoke)
    with pytest.raises(MwaaAnswerError, match="GET /dags/dag/dagRuns: found 200"):
        runs(airflow).start("dag", long, {})


@pytest.mark.parametrize("late", ["before", "after"])
def test_lost_answer_says_that_the_run_may_exist(airflow: FakeMwaa, monkeypatch: pytest.MonkeyPatch, late: str) -> None:
    """The connection ends before or after Airflow has made the run; nobody can tell. A retry starts it once."""
    genuine, broken = FakeMwaa.invoke, iter([True])

    def invoke(stand_in: FakeMwaa, region: str, environment: str, call: dict[str, Any]) -> Any:
        if call["Method"] == "POST" and next(broken, False):
            if late == "after":
                genuine(stand_in, region, environment, call)
            time.sleep(1.5)
        return genuine(stand_in, region, environment, call)

    monkeypatch.setattr(FakeMwaa, "invoke", invoke)
    with pytest.raises(MwaaUnavailableError) as caught:
        runs(airflow, read_timeout=1).start("dag", "run-1", {})
    message = str(caught.value)
    assert message.startswith("MWAA environment env: POST /dags/dag/dagRuns: no answer arrived: Read timeout")
    assert "DAG run run-1 of DAG dag may exist" in message
    assert runs(airflow).start("dag", "run-1", {}) == "run-1"
    assert len(airflow.runs("us-west-2", "env", "dag")) == 1


@pytest.mark.parametrize(
    ("answer", "may_exist"),
    [
        ((500, "InternalFailure", {}), True),
        ((400, "RestApiServerException", of_airflow(500, HTML)), True),
        ((400, "RestApiClientException", of_airflow(503, None)), True),
        ((400, "ThrottlingException", {}), False),
        ((400, "RestApiClientException", of_airflow(429, None)), False),
    ],
)
def test_error_says_that_the_run_may_exist_if_the_call_was_sent(
    airflow: FakeMwaa, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, str, Any], may_exist: bool
) -> None:
    with pytest.raises(MwaaUnavailableError) as caught:
        runs(answering(airflow, monkeypatch, "POST", answer)).start("dag", "run-1", {})
    assert ("may exist" in str(caught.value)) == may_exist


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 600) | st.floats() | st.text(max_size=5) | st.just("run-1"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*RUN, *DAG]), inner, max_size=4),
    max_leaves=8,
)
ANSWER = (
    JSON
    | st.fixed_dictionaries({}, optional={"RestApiStatusCode": st.sampled_from([200, 201, 302, 404, 409]) | JSON,
                                          "RestApiResponse": st.sampled_from([RUN, DAG, RUN | DAG]) | JSON,
                                          "message": JSON, "code": JSON, "__type": JSON})
)  # fmt: skip
CODES = st.sampled_from(["", "RestApiClientException", "RestApiServerException", "ThrottlingException", "x"])


@pytest.fixture(scope="module")
def odd_mwaa() -> Iterator[MwaaClient]:
    with FakeMwaa.serve() as stand_in:
        yield runs(stand_in)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([200, 200, 200, 302, 400, 500]), CODES, ANSWER), min_size=1, max_size=4))
def test_any_answers_give_the_run_or_a_named_error(odd_mwaa: MwaaClient, answers: list[Any]) -> None:
    """The run counts as started only if an answer with 2xx was this DAG run."""
    given_answers: list[Any] = []

    def invoke(*_: Any) -> Any:
        given_answers.append(answers[min(len(given_answers), len(answers) - 1)])
        return given_answers[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeMwaa, "invoke", invoke)
        try:
            started = odd_mwaa.start("dag", "run-1", {})
        except (MwaaAnswerError, MwaaUnavailableError, DagRunRejectedError):
            return
    body = given_answers[-1][2]["RestApiResponse"]
    assert (started, body["dag_id"], body["dag_run_id"]) == ("run-1", "dag", "run-1")


@pytest.mark.parametrize("flag", [{}, {"is_paused": "false"}, {"is_paused": 0}])
def test_dag_without_a_readable_pause_flag_is_not_believed(flag: dict[str, Any]) -> None:
    with pytest.raises(MwaaAnswerError, match="expected DAG dag in 'dag_id', and true or false in 'is_paused'"):
        Answer("GET /dags/dag", 200, {"dag_id": "dag", **flag}).is_paused("dag")


def test_pause_flag_may_be_null() -> None:
    """Airflow 2 documents it."""
    assert not Answer("GET /dags/dag", 200, {"dag_id": "dag", "is_paused": None}).is_paused("dag")
