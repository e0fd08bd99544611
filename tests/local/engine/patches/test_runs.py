"""The patches of ``local/engine/patches/runs.py`` work, and moto still needs them."""

from __future__ import annotations

import json

import pytest

from local.engine.engine import Engine
from tests.local.engine.patches.probing import (
    ROLE,
    Probe,
    check_with_the_patch,
    check_without_the_patch,
    run,
)


def synchronous_job_runs(engine: Engine) -> bool:
    engine.client("glue").create_job(Name="j", Role=ROLE, Command={"Name": "glueetl"})
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::glue:startJobRun.sync",
        "Parameters": {"JobName": "j"},
        "ResultSelector": {"state.$": "$.JobRunState"},
    }
    described = run(engine, task)
    return bool(described["status"] == "SUCCEEDED" and json.loads(described["output"])["state"] == "SUCCEEDED")


def described_executions(engine: Engine) -> bool:
    described = run(engine, {"Type": "Pass", "Result": "text"})
    short = engine.client("stepfunctions").describe_execution(
        executionArn=described["executionArn"], includedData="METADATA_ONLY"
    )
    return bool(described["output"] == '"text"' and "output" not in short)


def job_run_states(engine: Engine) -> bool:
    engine.patch_context.job_runs["j"] = {"JobRunState": "FAILED", "ErrorMessage": "injected"}
    glue = engine.client("glue")
    glue.create_job(Name="j", Role=ROLE, Command={"Name": "glueetl"})
    found = glue.get_job_run(JobName="j", RunId=glue.start_job_run(JobName="j")["JobRunId"])["JobRun"]
    engine.patch_context.job_runs.clear()
    return bool(found["JobRunState"] == "FAILED")


def listed_job_runs(engine: Engine) -> bool:
    engine.patch_context.job_run_lag["late"] = 60.0
    glue = engine.client("glue")
    listed = {}
    for name in ("j", "late"):
        glue.create_job(Name=name, Role=ROLE, Command={"Name": "glueetl"}, ExecutionProperty={"MaxConcurrentRuns": 9})
        started = [glue.start_job_run(JobName=name)["JobRunId"] for _ in range(2)]
        listed[name] = [run["Id"] for run in glue.get_job_runs(JobName=name)["JobRuns"]] == started[::-1]
        late = glue.get_job_runs(JobName=name)["JobRuns"] == []
    engine.patch_context.job_run_lag.clear()
    return listed["j"] and late


PROBES = (
    listed_job_runs,
    synchronous_job_runs,
    described_executions,
    job_run_states,
)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_passes_with_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_with_the_patch(empty_engine, probe)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_fails_without_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_without_the_patch(empty_engine, probe)
