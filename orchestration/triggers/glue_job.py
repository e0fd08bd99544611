"""Starts a Glue job run with the upstream run's artifacts as job arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from orchestration.errors import OversizedArgumentsError
from orchestration.event.identity import EXECUTION_ARGUMENT
from orchestration.settings import Settings
from orchestration.triggers._start_look_up import ABSENT, GLUE_RUN, UNAVAILABLE, UNKNOWN, StartLookUp
from orchestration.triggers._waiting_trigger import MAX_WAIT_SECONDS, WaitingTrigger
from orchestration.triggers.base import Allow, RequestContext, Retry, ServiceIntegration, TargetText
from orchestration.triggers.facets import FUNCTION_EXCEPTION, Evidence, KeyPrefix, TargetQuestion
from orchestration.values import strictjson, templating
from orchestration.values.strictjson import Json, JsonObject, object_at
from orchestration.values.validation import ValidationProblem

_START = Allow(
    action="glue:StartJobRun",
    resource="arn:${partition}:glue:${region}:${account}:job/*",
    doc_url="https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html",
)


_REGISTERED = "registered by the service's client in both AWS SDKs for Java"
_SDK_NAMES = "https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html"
MAX_ARGUMENTS = 180_000
"""Bytes of the arguments as JSON. StartJobRun refuses more with InvalidInputException, as users report."""

_REFUSALS = (
    Retry(
        errors=("Glue.ConcurrentRunsExceededException", "Glue.ResourceNumberLimitExceededException"),
        reason="Glue refused the run, so no run started. Most runs that use up the concurrency end within half an hour",
        interval_seconds=60,
        max_attempts=20,
        backoff=1.5,
        max_delay_seconds=240,
    ),
    Retry(
        errors=("Glue.ThrottlingException",),
        reason="Glue refused the throttled call, so no run started",
        interval_seconds=2,
        max_attempts=10,
        max_delay_seconds=60,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GlueJob(WaitingTrigger):
    """Start an AWS Glue job."""

    job_name: TargetText
    """Name of the Glue job to start."""
    arguments: dict[str, str] = field(default_factory=dict)
    """Job arguments. Values may contain `${path}` templates. Glue receives values that are not strings as JSON text."""
    job_run_queuing_enabled: bool | None = None
    """Queue the run in Glue if the concurrency limit of the job or the account is reached. Overrides the job's setting."""

    TYPE: ClassVar[str] = "glue_job"
    TARGET_FIELD: ClassVar[str] = "job_name"
    COLOUR: ClassVar[str] = "#2f6fb7"
    RESERVED_FIELDS: ClassVar[Mapping[str, str]] = {
        "--triggered_by_job": "Name of the upstream job",
        "--triggered_by_run_id": "Run id of the upstream job",
        "--source_artifacts": "JSON text of the event's artifacts",
        EXECUTION_ARGUMENT: (
            "Id of this start: the execution's name and the trigger's id, shortened if it is long. A replay that starts a new "
            "run adds `-rN`"
        ),
    }
    RESERVED_IN: ClassVar[tuple[str, ...]] = ("arguments",)
    KEY_PREFIXES: ClassVar[Mapping[str, KeyPrefix]] = {
        "arguments": KeyPrefix(
            "--", "glue-argument", "argument", "Glue reads only arguments with '--'", "glue-abbreviation"
        )
    }
    INTEGRATION: ClassVar[ServiceIntegration] = ServiceIntegration(
        state="Start Glue job run",
        # The optimized integration calls a throttled call and a 5xx error by one name: AWSGlueException.
        resource="aws-sdk:glue:startJobRun",
        comment="Starts the job run and does not wait for its end.",
        parameters={"JobName.$": "$.request.JobName", "Arguments.$": "$.request.Arguments"},
        run_id_path="$.JobRunId",
        retries=_REFUSALS,
        iam=(_START,),
        run_page="gluestudio/home?region={region}#/job/{JobName}/run/{id}",
        sample={"JobRunId": "jr_0123456789abcdef"},
        sample_error="Glue.EntityNotFoundException",
        # Where job and run differ, the run's value counts, so it is sent only if the configuration has it.
        optional_parameter="JobRunQueuingEnabled",
    )
    START_LOOK_UP: ClassVar[StartLookUp | None] = GLUE_RUN
    RUN: ClassVar[ServiceIntegration] = INTEGRATION._replace(
        state="Run Glue job to its end",
        resource="glue:startJobRun.sync",
        comment="Starts the job run and waits for its end.",
        run_id_path="$.Id",
        timeout_seconds=MAX_WAIT_SECONDS,
        # Only StartJobRun gives these errors. A throttled call could also be a look at a run that has started.
        retries=INTEGRATION.retries[:1],
        iam=tuple(
            _START._replace(action=f"glue:{action}")
            for action in ("StartJobRun", "GetJobRun", "GetJobRuns", "BatchStopJobRun")
        ),
        sample={"Id": "jr_0123456789abcdef", "JobName": "load_images_to_redshift", "JobRunState": "SUCCEEDED"},
    )
    # The result is the JobRun: docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs-runs.html. A job has no output.
    RUN_RESULT: ClassVar[Mapping[str, Json]] = {"id.$": "$.Id", "status.$": "$.JobRunState", "output": ""}
    TARGET_PERMISSION: ClassVar[Allow] = _START
    ALLOW_LIST: ClassVar[str] = "glue_jobs"
    ERROR_NAMES: ClassVar[Mapping[str, Evidence]] = {
        "Glue.AWSGlueException": Evidence(
            "with `wait`, StartJobRun was throttled, or failed with an unknown error",
            "documented",
            "https://repost.aws/knowledge-center/glue-throttling-rate-exceeded",
            "Not retried: it also covers 5xx errors after which a run may have started, and StartJobRun has no idempotency "
            "token. Replay the trigger if the cause has `Rate exceeded` ([ADR 24](adr/0024-glue-runs-with-wait.md)).",
        ),
        "Glue.AccessDeniedException": Evidence("the role may not start the job", "inferred", _REGISTERED),
        "Glue.ConcurrentRunsExceededException": Evidence("the job runs as often as it may", "inferred", _REGISTERED),
        "Glue.EntityNotFoundException": Evidence("the job does not exist", "inferred", _REGISTERED),
        "Glue.InvalidInputException": Evidence("an argument is invalid", "inferred", _REGISTERED),
        "Glue.ResourceNumberLimitExceededException": Evidence(
            "a quota of the account is used up", "inferred", _REGISTERED
        ),
        "Glue.ThrottlingException": Evidence(
            "StartJobRun was throttled",
            "inferred",
            f"[error names of `aws-sdk` integrations]({_SDK_NAMES}); registered by the service's "
            "client in the AWS SDK for Java 2",
        ),
        ABSENT: Evidence("no such run exists: class of the function's exception", "recorded", FUNCTION_EXCEPTION),
        UNKNOWN: Evidence(
            "the run may have started: class of the function's exception, or a failed look",
            "recorded",
            FUNCTION_EXCEPTION,
            "The function looks twice. Then the trigger fails, because a blind retry could start a second run.",
        ),
        UNAVAILABLE: Evidence(
            "the list of runs cannot be read: class of the function's exception", "recorded", FUNCTION_EXCEPTION
        ),
    }
    EXAMPLE: ClassVar[Mapping[str, Json]] = {
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

    def question(self, settings: Settings) -> TargetQuestion:
        """Read the job."""
        return TargetQuestion(
            service="glue",
            operation="get_job",
            parameters={"JobName": self.job_name},
            subject=f"Glue job {self.job_name}",
            missing=("EntityNotFoundException",),
        )

    def check(self, path: str, settings: Settings) -> Iterator[ValidationProblem]:
        """Refuse reserved arguments and broken templates."""
        yield from self.waiting_problems(path, settings)
        yield from self.reserved_keys(path)
        yield from templating.problems(self.arguments, f"{path}.arguments")

    def request(self, context: RequestContext) -> JsonObject:
        """``{JobName, Arguments}`` and ``JobRunQueuingEnabled`` if it is configured.

        All argument values are strings, as Glue requires.
        """
        name = f"glue_job {self.job_name}"
        rendered = templating.render_object(self.arguments, context.event.fields, f"{name}: arguments")
        artifacts = strictjson.dumps(context.event.artifacts)
        arguments: JsonObject = {
            **{key: templating.as_text(value) for key, value in rendered.items()},
            "--triggered_by_job": context.event.job_name,
            "--triggered_by_run_id": context.event.job_run_id,
            "--source_artifacts": artifacts,
            EXECUTION_ARGUMENT: context.downstream_run_id,
        }
        size = strictjson.size(arguments)
        if size > MAX_ARGUMENTS:
            raise OversizedArgumentsError(
                f"{name}: found arguments of {size:,} bytes, of which --source_artifacts has {len(artifacts.encode()):,}, "
                f"expected at most {MAX_ARGUMENTS:,}, which Glue accepts. Pass the address of large values instead"
            )
        queuing: JsonObject = (
            {} if self.job_run_queuing_enabled is None else {"JobRunQueuingEnabled": self.job_run_queuing_enabled}
        )
        return {"JobName": self.job_name, "Arguments": arguments, **queuing, **self.waiting_fields(context)}

    @classmethod
    def earlier_start(cls, request: JsonObject, since: str) -> JsonObject:
        """``{JobName, Arguments, since}``; empty for a run that the machine waits for, which may have failed.

        A request of an earlier release has no such argument, so the search fails, and a person decides.
        """
        if "wait" in request:
            return {}
        sent = object_at(request, "Arguments")
        identity: JsonObject = {key: sent[key] for key in (EXECUTION_ARGUMENT,) if key in sent}
        return {"JobName": request.get("JobName"), "Arguments": identity, "since": since}
