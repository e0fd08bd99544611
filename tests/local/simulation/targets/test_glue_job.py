"""The target of a Glue trigger is a job that runs, fails or is missing as the simulation asks."""

from __future__ import annotations

import pytest

from local.engine.engine import Engine
from local.simulation.targets import FAILURE, glue_job
from orchestration.triggers.glue_job import GlueJob


def start(engine: Engine, job: str) -> str:
    run: str = engine.client("glue").start_job_run(JobName=job, Arguments={"--a": job})["JobRunId"]
    return run


def test_job_runs_many_times_and_arguments_are_read_back(engine: Engine) -> None:
    trigger = GlueJob(job_name="load")
    for _ in range(2):
        glue_job.create(engine, trigger)
    runs = [start(engine, "load") for _ in range(5)]
    assert {glue_job.received(engine, trigger, run)["--a"] for run in runs} == {"load"}
    assert glue_job.address(trigger) == "load"


def test_failing_job_reports_why(engine: Engine) -> None:
    trigger = GlueJob(job_name="fails")
    glue_job.create(engine, trigger)
    glue_job.fail(engine, trigger)
    run = engine.client("glue").get_job_run(JobName="fails", RunId=start(engine, "fails"))["JobRun"]
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", FAILURE)


def test_removed_job_does_not_exist(engine: Engine) -> None:
    trigger = GlueJob(job_name="gone")
    glue_job.create(engine, trigger)
    glue_job.remove(engine, trigger)
    with pytest.raises(engine.client("glue").exceptions.EntityNotFoundException):
        start(engine, "gone")
