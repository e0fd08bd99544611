"""A Glue job with up to 1,000 concurrent runs."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from local.defaults import ACCOUNT
from local.engine.engine import Engine
from local.simulation.targets import FAILURE
from orchestration.triggers.glue_job import GlueJob


def create(engine: Engine, trigger: GlueJob) -> None:
    """Create the job."""
    glue = engine.client("glue")
    try:
        glue.get_job(JobName=trigger.job_name)
    except ClientError:
        glue.create_job(
            Name=trigger.job_name,
            Role=f"arn:aws:iam::{ACCOUNT}:role/glue",
            Command={"Name": "glueetl", "ScriptLocation": "s3://local-code/job.py"},
            ExecutionProperty={"MaxConcurrentRuns": 1000},
        )


def received(engine: Engine, trigger: GlueJob, run_id: str) -> Any:
    """Return the run's job arguments."""
    return engine.client("glue").get_job_run(JobName=trigger.job_name, RunId=run_id)["JobRun"].get("Arguments")


def address(trigger: GlueJob) -> str:
    """Return the name of the job."""
    return trigger.job_name


def remove(engine: Engine, trigger: GlueJob) -> None:
    """Delete the job."""
    engine.client("glue").delete_job(JobName=trigger.job_name)


def fail(engine: Engine, trigger: GlueJob) -> None:
    """Let every run of the job fail."""
    engine.patch_context.job_runs[trigger.job_name] = {"JobRunState": "FAILED", "ErrorMessage": FAILURE}
