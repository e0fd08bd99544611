"""Starts a Glue job run with the upstream run's artifacts as job arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from orchestration.settings import Settings
from orchestration.triggers._waiting_trigger import MAX_WAIT_SECONDS, WaitingTrigger
from orchestration.triggers.base import Allow, RequestContext, Retry, ServiceIntegration, TargetText
from orchestration.values import strictjson, templating
from orchestration.values.validation import ValidationProblem

_START = Allow(
    action="glue:StartJobRun",
    resource="arn:${partition}:glue:${region}:${account}:job/*",
    doc_url="https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GlueJob(WaitingTrigger):
    """Start an AWS Glue job."""

    job_name: TargetText
    """Name of the Glue job to start."""
    arguments: dict[str, str] = field(default_factory=dict)
    """Job arguments. Values may contain `${path}` templates. Glue receives values that are not strings as JSON text."""
    job_run_queuing_enabled: bool = False
    """Queue the run in Glue if the concurrency limit of the job or the account is reached."""

    TYPE: ClassVar[str] = "glue_job"
    TARGET_FIELD: ClassVar[str] = "job_name"
    RESERVED_FIELDS: ClassVar[Mapping[str, str]] = {
        "--triggered_by_job": "Name of the upstream job",
        "--triggered_by_run_id": "Run id of the upstream job",
        "--source_artifacts": "JSON text of the event's artifacts",
    }
    INTEGRATION: ClassVar[ServiceIntegration] = ServiceIntegration(
        state="Start Glue job run",
        resource="glue:startJobRun",
        comment="Starts the job run and does not wait for its end.",
        parameters={
            "JobName.$": "$.request.JobName",
            "Arguments.$": "$.request.Arguments",
            "JobRunQueuingEnabled.$": "$.request.JobRunQueuingEnabled",
        },
        run_id_path="$.JobRunId",
        retries=(
            Retry(
                errors=("Glue.ConcurrentRunsExceededException", "Glue.ResourceNumberLimitExceededException"),
                reason="Glue refused the run, so no run started. Most runs that use up the concurrency end within half an hour",
                interval_seconds=60,
                max_attempts=30,
                backoff=1.0,
            ),
            Retry(
                errors=("Glue.ThrottlingException",),
                # AWS reports a throttled call as AWSGlueException, which also covers 5xx errors: builder/pages/error_names.py.
                reason="Glue refused the throttled call, so no run started. Ambiguous errors are not retried, because "
                "StartJobRun has no idempotency token",
                interval_seconds=2,
                max_attempts=5,
                max_delay_seconds=30,
            ),
        ),
        iam=(_START,),
        run_page="gluestudio/home?region={region}#/job/{JobName}/run/{id}",
        sample={"JobName": "load_images_to_redshift", "JobRunId": "jr_0123456789abcdef"},
        sample_error="Glue.EntityNotFoundException",
    )
    RUN: ClassVar[ServiceIntegration] = replace(
        INTEGRATION,
        state="Run Glue job to its end",
        resource="glue:startJobRun.sync",
        comment="Starts the job run and waits for its end.",
        run_id_path="$.Id",
        timeout_seconds=MAX_WAIT_SECONDS,
        # Only StartJobRun gives these errors. A throttled call could also be a look at a run that has started.
        retries=INTEGRATION.retries[:1],
        iam=tuple(
            replace(_START, action=f"glue:{action}")
            for action in ("StartJobRun", "GetJobRun", "GetJobRuns", "BatchStopJobRun")
        ),
        sample={"Id": "jr_0123456789abcdef", "JobName": "load_images_to_redshift", "JobRunState": "SUCCEEDED"},
    )
    # The result is the JobRun: docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs-runs.html. A job has no output.
    RUN_RESULT: ClassVar[Mapping[str, Any]] = {"id.$": "$.Id", "status.$": "$.JobRunState", "output": ""}
    TARGET_PERMISSION: ClassVar[Allow] = _START
    ALLOW_LIST: ClassVar[str] = "glue_jobs"
    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "type": "glue_job",
        "id": "load-images",
        "job_name": "load_images_to_redshift",
        "description": "Load transformed images to Redshift",
        "when": {"metrics": {"records_written": [{"numeric": [">", 0]}]}},
        "arguments": {"--source_path": "${artifacts.output_path}", "--mode": "append"},
        "job_run_queuing_enabled": True,
        "wait": True,
        "publish": True,
        "publish_as": "images_loaded",
    }

    def target_name(self) -> str:
        """The Glue job's name."""
        return self.job_name

    def allow_list_entry(self, settings: Settings) -> str:
        """The job's name."""
        return self.job_name

    def check(self, path: str, settings: Settings) -> Iterator[ValidationProblem]:
        """Refuse reserved arguments and broken templates."""
        yield from self.waiting_problems(path, settings)
        yield from self.reserved(f"{path}.arguments", self.arguments)
        yield from templating.problems(self.arguments, f"{path}.arguments")

    def request(self, context: RequestContext) -> dict[str, Any]:
        """``{JobName, Arguments, JobRunQueuingEnabled}``; all argument values are strings, as Glue requires."""
        rendered = templating.render_object(
            self.arguments, context.event.fields, f"glue_job {self.job_name}: arguments"
        )
        automatic = {
            "--triggered_by_job": context.event.job_name,
            "--triggered_by_run_id": context.event.job_run_id,
            "--source_artifacts": strictjson.dumps(context.event.artifacts),
        }
        return {
            "JobName": self.job_name,
            "Arguments": {**{key: templating.as_text(value) for key, value in rendered.items()}, **automatic},
            "JobRunQueuingEnabled": self.job_run_queuing_enabled,
            **self.waiting_fields(context),
        }
