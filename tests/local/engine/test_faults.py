"""A fault replaces answers of a service, for some calls or for all, and only until its context closes."""

from __future__ import annotations

import time

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from local.engine.clients import client
from local.engine.engine import Engine
from local.engine.faults import Fault, Faults


@pytest.mark.parametrize(("service", "operation"), [("glue", "GetJobs"), ("sns", "ListTopics"), ("sqs", "ListQueues")])
def test_error_has_its_code_in_the_protocol_of_the_service(engine: Engine, service: str, operation: str) -> None:
    faults, watched = Faults(), client(service, engine.region, engine.endpoint)
    faults.watch(watched)
    call = getattr(
        watched, {"GetJobs": "get_jobs", "ListTopics": "list_topics", "ListQueues": "list_queues"}[operation]
    )
    with faults.inject(f"{service}.{operation}", Fault(status=503, code="Broken", message="words")):
        with pytest.raises(ClientError) as error:
            call()
        assert error.value.response["Error"]["Code"] == "Broken"
        assert error.value.response["Error"]["Message"] == "words"
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    call()


def test_service_works_again_after_some_failures(engine: Engine) -> None:
    faults, glue = Faults(), client("glue", engine.region, engine.endpoint)
    faults.watch(glue)
    with faults.inject("glue.GetJobs", Fault(code="Broken", times=2)):
        for _ in range(2):
            with pytest.raises(ClientError):
                glue.get_jobs()
        assert glue.get_jobs()["Jobs"] == []
        assert faults.calls == {"glue.GetJobs": 3}


def test_body_replaces_the_answer_of_the_service(engine: Engine) -> None:
    faults, glue = Faults(), client("glue", engine.region, engine.endpoint)
    faults.watch(glue)
    with faults.inject("glue.StartJobRun", Fault(status=200, body='{"JobRunId": "jr_1"}')):
        assert glue.start_job_run(JobName="missing")["JobRunId"] == "jr_1"


def test_delayed_call_reaches_the_service(engine: Engine) -> None:
    faults, glue = Faults(), client("glue", engine.region, engine.endpoint)
    faults.watch(glue)
    with faults.inject("glue.GetJobs", Fault(code="Broken", delay=0.3)):
        began = time.monotonic()
        assert glue.get_jobs()["Jobs"] == []
        assert time.monotonic() - began >= 0.3


def job(engine: Engine) -> str:
    """Name of a new Glue job that may run often."""
    name = f"job-{time.monotonic_ns()}"
    role, command = "arn:aws:iam::123456789012:role/r", {"Name": "glueetl"}
    limit = {"MaxConcurrentRuns": 9}
    engine.client("glue").create_job(Name=name, Role=role, Command=command, ExecutionProperty=limit)
    return name


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(code="InternalServiceException", status=500, takes_effect=True), ClientError),
        (Fault(breaks="connection", takes_effect=True), ConnectionClosedError),
        (Fault(breaks="timeout", takes_effect=True), ReadTimeoutError),
    ],
)
def test_lost_answer_leaves_its_effect(engine: Engine, fault: Fault, error: type[Exception]) -> None:
    faults, glue, name = Faults(), client("glue", engine.region, engine.endpoint), job(engine)
    faults.watch(glue)
    with faults.inject("glue.StartJobRun", fault), pytest.raises(error):
        glue.start_job_run(JobName=name)
    assert len(glue.get_job_runs(JobName=name)["JobRuns"]) == 1


def test_broken_connection_has_no_effect(engine: Engine) -> None:
    faults, glue, name = Faults(), client("glue", engine.region, engine.endpoint), job(engine)
    faults.watch(glue)
    with faults.inject("glue.StartJobRun", Fault(breaks="connection")), pytest.raises(ConnectionClosedError):
        glue.start_job_run(JobName=name)
    assert glue.get_job_runs(JobName=name)["JobRuns"] == []


def test_fault_is_chosen_by_the_request(engine: Engine) -> None:
    faults, glue, name = Faults(), client("glue", engine.region, engine.endpoint), job(engine)
    faults.watch(glue)
    with faults.inject("glue.StartJobRun", lambda body: Fault(code="Broken") if "--bad" in body else None):
        glue.start_job_run(JobName=name, Arguments={"--good": "1"})
        with pytest.raises(ClientError):
            glue.start_job_run(JobName=name, Arguments={"--bad": "1"})
    (started,) = glue.get_job_runs(JobName=name)["JobRuns"]
    assert started["Arguments"] == {"--good": "1"}
