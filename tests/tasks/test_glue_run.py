"""The handler that looks for a Glue job run, on the engine's Glue: it looks, and it starts nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import tasks.glue_run as task
from local.engine.engine import Engine
from orchestration.errors import GlueRunAbsentError, GlueRunUnknown
from orchestration.glue_runs import Search, StartError, WantedRun
from tests.tasks.test_mwaa_dag import Context

LOST: StartError = {"Error": "Glue.SdkClientException", "Cause": "no answer"}


@pytest.fixture
def glue(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The engine with the job ``job``, behind the endpoint that the handler reads."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": engine.region,
        "AWS_ENDPOINT_URL": engine.endpoint,
    }.items():
        monkeypatch.setenv(name, value)
    task._client.cache_clear()
    client = engine.client("glue")
    client.create_job(
        Name="job",
        Role="arn:aws:iam::123456789012:role/r",
        Command={"Name": "glueetl"},
        ExecutionProperty={"MaxConcurrentRuns": 1000},
    )
    yield engine
    client.delete_job(JobName="job")
    task._client.cache_clear()


def wanted(identity: str) -> WantedRun:
    return {"JobName": "job", "Arguments": {"--triggered_by_execution": identity}, "since": "2026-01-01T00:00:00Z"}


def start(engine: Engine, identity: str) -> str:
    arguments = {"--triggered_by_execution": identity}
    run_id: str = engine.client("glue").start_job_run(JobName="job", Arguments=arguments)["JobRunId"]
    return run_id


def runs(engine: Engine) -> int:
    pages = engine.client("glue").get_paginator("get_job_runs").paginate(JobName="job")
    return sum(len(page["JobRuns"]) for page in pages)


def test_run_is_found_among_others_and_none_starts(glue: Engine) -> None:
    started = [start(glue, f"e-{number}") for number in range(5)]
    assert task.handler({"runs": [wanted("e-2")], "error": LOST}, Context()) == started[2]
    assert runs(glue) == 5


def test_run_on_the_second_page_is_found(glue: Engine) -> None:
    first = start(glue, "e-first")
    for number in range(210):
        start(glue, f"e-{number}")
    assert task.handler({"runs": [wanted("e-first")], "error": LOST}, Context()) == first


@pytest.mark.parametrize(
    ("search", "error"),
    [
        ({"runs": [wanted("e")], "error": LOST}, GlueRunUnknown),
        (
            {"runs": [wanted("e")], "error": {"Error": "Glue.GlueException", "Cause": "Rate exceeded"}},
            GlueRunAbsentError,
        ),
        ({"runs": [wanted("e")]}, GlueRunAbsentError),
    ],
)
def test_missing_run_is_unknown_or_absent(glue: Engine, search: Search, error: type[Exception]) -> None:
    with pytest.raises(error):
        task.handler(search, Context())
    assert runs(glue) == 0


def test_page_that_may_exceed_the_timeout_is_not_read(glue: Engine) -> None:
    start(glue, "e")
    with pytest.raises(GlueRunUnknown, match="than one search can read"):
        task.handler({"runs": [wanted("e")], "error": LOST}, Context(seconds=29.9))


def test_one_page_takes_at_most_30_seconds(glue: Engine) -> None:
    config = task._client().meta.config  # type: ignore[attr-defined] # of boto3's client
    assert (config.connect_timeout, config.read_timeout, config.retries["total_max_attempts"]) == (3, 10, 2)


def test_client_is_created_once(glue: Engine) -> None:
    assert task._client() is task._client()
