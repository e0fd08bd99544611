"""Patches for tasks that wait for a run, and for runs that end otherwise than moto's."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from moto.core.utils import utcnow
from moto.glue.models import FakeJob, FakeJobRun
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_callback
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_glue import (
    StateTaskServiceGlue,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.responses import StepFunctionResponse

from local.engine.patches.context import PatchContext
from local.engine.patches.replace import replaced

_POLL_SECONDS = 0.05


@contextmanager
def synchronous_job_runs(context: PatchContext) -> Iterator[None]:
    """Wait for the end of a job run without the endpoint for task tokens, which Glue does not have."""

    def wait(
        task: StateTaskServiceGlue,
        env: Environment,
        resource_runtime_part: Any,
        normalised_parameters: dict[str, Any],
        state_credentials: Any,
    ) -> None:
        resolve = task._build_sync_resolver(env, resource_runtime_part, normalised_parameters, state_credentials)
        ended = None
        while resolve is not None and env.is_running() and not (ended := resolve()):
            time.sleep(_POLL_SECONDS)
        env.stack.append(ended)

    with (
        replaced(StateTaskServiceGlue, "_eval_integration_pattern", wait),
        # moto asks for the state of a nested execution twice a second.
        replaced(state_task_service_callback, "_DELAY_SECONDS_SYNC_CONDITION_CHECK", _POLL_SECONDS),
    ):
        yield


@contextmanager
def job_run_states(context: PatchContext) -> Iterator[None]:
    """End the runs of the jobs in ``context.job_runs`` as it says, for example FAILED with an error message."""
    as_dict = FakeJobRun.as_dict

    def described(run: FakeJobRun) -> dict[str, Any]:
        return as_dict(run) | context.job_runs.get(run.job_name, {})

    with replaced(FakeJobRun, "as_dict", described):
        yield


@contextmanager
def listed_job_runs(context: PatchContext) -> Iterator[None]:
    """List the newest run of a job first, and a run only after the seconds of ``context.job_run_lag``.

    Source: docs.aws.amazon.com/glue/latest/webapi/API_GetJobRuns.html, which promises no time.
    """
    listed = FakeJob.get_job_runs

    def newest_first(job: FakeJob) -> list[FakeJobRun]:
        latest = utcnow() - timedelta(seconds=context.job_run_lag.get(job.name, 0.0))
        return [run for run in reversed(listed(job)) if run.started_on <= latest]

    with replaced(FakeJob, "get_job_runs", newest_first):
        yield


@contextmanager
def described_executions(context: PatchContext) -> Iterator[None]:
    """Describe an execution's output as JSON text, and without input and output if the caller asks for METADATA_ONLY.

    Source: docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html.
    """
    describe = StepFunctionResponse.describe_execution

    def described(response: StepFunctionResponse) -> Any:
        answer: Any = describe(response)
        if answer.result["status"] == "SUCCEEDED":
            output = response.stepfunction_backend.describe_execution(answer.result["executionArn"]).output
            answer.result["output"] = json.dumps(output, ensure_ascii=False, separators=(",", ":"))
        if response._get_param("includedData") == "METADATA_ONLY":
            for name in ("input", "output"):
                answer.result.pop(name, None)
        return answer

    with replaced(StepFunctionResponse, "describe_execution", described):
        yield
