"""The MWAA handler's logic, over boto3's wire form and the stand-in for InvokeRestApi, against Airflow's real REST API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from local.engine.airflow_api import AirflowApi, AirflowApiError
from local.engine.clients import client
from local.engine.fake_mwaa import FakeMwaa
from orchestration.errors import DagRunRejectedError, MwaaUnavailableError
from orchestration.mwaa.client import MwaaClient
from orchestration.values.dag_conf import RESERVED_RUN_IDS
from tests.airflow.installed import USER, VERSIONS, Airflow
from tests.airflow.messages import TARGET
from tests.trigger_types.conf_table import CONF_CASES

REGION = "us-west-2"
LONG = "transform_images-spark-transform-0001-7fa3109bf87daea1-{:04}"
CONF: dict[str, Any] = {"text": "{{ ds }}", "ünï": [None, 1.5, {"a": {}}]}
pytestmark = pytest.mark.timeout(1000)


class Real:
    """One Airflow behind the stand-in."""

    def __init__(self, airflow: Airflow, stand_in: FakeMwaa) -> None:
        self.airflow = airflow
        self.stand_in = stand_in
        self.ticks = count()
        stand_in.add_environment(REGION, "env")

    def runs(self, **clock: Any) -> MwaaClient:
        return MwaaClient(client("mwaa", REGION, self.stand_in.endpoint), "env", **clock)

    def ids(self) -> list[str]:
        return [run["dag_run_id"] for run in self.stand_in.runs(REGION, "env", TARGET)]

    def pause(self, paused: bool) -> None:
        assert self.stand_in.real is not None
        assert self.stand_in.real.call("PATCH", f"/dags/{TARGET}", None, {"is_paused": paused})[0] == 200


@pytest.fixture(scope="module", params=VERSIONS)
def real(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    airflow = Airflow(request.param, tmp_path_factory.mktemp("rest") / "airflow")
    try:
        airflow.prepare()
        api = airflow.start_web()
        with FakeMwaa.serve() as stand_in:
            stand_in.real = api
            yield Real(airflow, stand_in)
    finally:
        airflow.close()


def test_repeated_call_starts_one_run(real: Real) -> None:
    for _ in range(2):
        assert real.runs().start(TARGET, "once", CONF) == "once"
    (found,) = (run for run in real.stand_in.runs(REGION, "env", TARGET) if run["dag_run_id"] == "once")
    assert found["conf"] == CONF


def test_used_logical_date_is_not_a_duplicate(real: Real) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for run in ("first", "second"):
        real.runs(now=lambda: moment).start(TARGET, run, {})
    assert {"first", "second"} <= set(real.ids())


def test_long_run_id_is_found_behind_newer_runs(real: Real) -> None:
    assert real.stand_in.real is not None
    real.runs().start(TARGET, LONG.format(0), {"n": 0})
    moment = datetime(2026, 2, 1, tzinfo=UTC)
    for number in range(1, 106):  # more than one page
        logical_date = (moment + timedelta(seconds=number)).isoformat()
        body = {"dag_run_id": LONG.format(number), "conf": {}, "logical_date": logical_date}
        assert real.stand_in.real.call("POST", f"/dags/{TARGET}/dagRuns", None, body)[0] == 200
    assert LONG.format(0) not in real.ids()  # not on the first page
    real.runs().start(TARGET, LONG.format(0), {"n": 1})
    status, answer = real.stand_in.real.call("GET", f"/dags/{TARGET}/dagRuns/{LONG.format(0)}")
    assert (status, answer["conf"]) == (200, {"n": 0})


def test_unknown_dag_is_not_retried(real: Real) -> None:
    with pytest.raises(DagRunRejectedError, match=r"answered 404 for DAG nope: .*Deploy the DAG"):
        real.runs().start("nope", "run", {})


def test_paused_dag_is_refused_except_for_a_repetition(real: Real) -> None:
    real.runs().start(TARGET, "before", {})
    real.pause(True)
    try:
        with pytest.raises(DagRunRejectedError, match=rf"DAG {TARGET} is paused.*airflow dags unpause {TARGET}"):
            real.runs().start(TARGET, "after", {})
        assert real.runs().start(TARGET, "before", {}) == "before"
    finally:
        real.pause(False)
    assert "after" not in real.ids()


def test_invalid_run_id_is_refused(real: Real) -> None:
    # Airflow 2 answers 500, in HTML: to us the same as a server that is out of order. The router makes no such id.
    error = MwaaUnavailableError if real.airflow.major == 2 else DagRunRejectedError
    with pytest.raises(error, match="answered 500" if real.airflow.major == 2 else "answered 400"):
        real.runs().start(TARGET, "a b/c", {})


def test_wrong_credentials_are_reported(real: Real) -> None:
    with pytest.raises(AirflowApiError) as error:
        AirflowApi(real.airflow.url, USER, "not-the-password").connect()
    assert "not-the-password" not in str(error.value)


def test_stopped_web_server_is_retryable(real: Real) -> None:
    with FakeMwaa.serve() as stand_in:
        stand_in.add_environment(REGION, "env")
        stand_in.real = AirflowApi("http://127.0.0.1:1", USER, "x")
        with pytest.raises(MwaaUnavailableError, match="RestApiServerException"):
            MwaaClient(client("mwaa", REGION, stand_in.endpoint), "env").start(TARGET, "run", {})


def test_every_conf_that_the_router_accepts_arrives(real: Real) -> None:
    for number, case in enumerate(case for case in CONF_CASES if not case.mwaa_dag):
        conf = json.loads(case.text)
        run = f"conf-{number}"
        assert real.runs().start(TARGET, run, conf) == run
        assert real.stand_in.real is not None
        status, answer = real.stand_in.real.call("GET", f"/dags/{TARGET}/dagRuns/{run}")
        assert (status, answer["conf"]) == (200, conf), case.name


def test_reserved_run_ids_are_refused(real: Real) -> None:
    """Each version reserves some of the words. Other ids, such as the router's, start a run."""
    refused = {}
    for prefix in (*RESERVED_RUN_IDS, "manual__", "event__"):
        try:
            real.runs().start(TARGET, f"{prefix}etl", {})
        except DagRunRejectedError as error:
            refused[prefix] = str(error)
    assert {"scheduled__", "backfill__"} <= refused.keys() <= set(RESERVED_RUN_IDS)
    assert all("reserved for" in reason for reason in refused.values())
