"""Starts a DAG run through MWAA's REST API. A Lambda function calls it, because the environment's region may differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar
from urllib.parse import quote

from orchestration.settings import Settings
from orchestration.triggers._dag_trigger import DagTrigger
from orchestration.triggers.base import Allow, RequestContext, Retry, ServiceIntegration
from orchestration.triggers.facets import (
    FUNCTION_EXCEPTION,
    LAMBDA_FAILURES,
    SNAPSHOTS,
    Evidence,
    Refusal,
    TargetQuestion,
)
from orchestration.values.dag_conf import REST_API, ConfLimits, check_run_id
from orchestration.values.strictjson import Json, JsonObject
from orchestration.values.validation import StringPattern, ValidationProblem

# InvokeRestApi's Path has at most 64 characters, and "/dags/{dag_id}/dagRuns" takes 14 of them.
# https://docs.aws.amazon.com/mwaa/latest/API/API_InvokeRestApi.html
_MAX_DAG_ID = 50
_LAMBDA = "https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class MwaaDag(DagTrigger):
    """Start an Airflow DAG run through MWAA's REST API."""

    environment_name: Annotated[
        str, StringPattern(r"^[A-Za-z][0-9A-Za-z_-]{0,79}$", "an MWAA environment's name, without a template")
    ]
    """Name of the MWAA environment. Its web server must be public. For a private one use `sqs_mwaa`."""
    region: Annotated[str, StringPattern(r"^(?:[a-z]{2}(?:-[a-z]+)+-[0-9])?$", "an AWS region such as us-west-2")] = ""
    """Region of the environment. Default: the orchestrator's region."""

    TYPE: ClassVar[str] = "mwaa_dag"
    CONF_LIMITS: ClassVar[ConfLimits] = REST_API
    TARGET_FIELD: ClassVar[str] = "dag_id"
    CALLER: ClassVar[str] = "mwaa_dag"
    COLOUR: ClassVar[str] = "#2e8b57"
    RESERVED_FIELDS: ClassVar[Mapping[str, str]] = {
        "triggered_by_job": "Name of the upstream job",
        "triggered_by_run_id": "Run id of the upstream job",
        "source_artifacts": "The event's artifacts",
        "source_metrics": "The event's metrics",
    }
    INTEGRATION: ClassVar[ServiceIntegration] = ServiceIntegration(
        state="Start MWAA DAG run",
        resource="lambda:invoke",
        comment="Invokes the MWAA Lambda function, which starts the DAG run in its region under a deterministic id.",
        parameters={
            "FunctionName": "${mwaa_dag_function_arn}",
            "Payload": {
                "environment_name.$": "$.request.environment_name",
                "region.$": "$.request.region",
                "dag_id.$": "$.request.dag_id",
                "dag_run_id.$": "$.request.dag_run_id",
                "conf.$": "$.request.conf",
            },
        },
        run_id_path="$.Payload",
        timeout_seconds=90,
        retries=(
            Retry(
                errors=(
                    "MwaaUnavailableError",
                    "MwaaAnswerError",
                    *LAMBDA_FAILURES,
                ),
                reason="the DAG run id is deterministic. If the first call started the run, Airflow answers the retry with 409",
                interval_seconds=2,
                max_attempts=5,
                max_delay_seconds=60,
            ),
        ),
        iam=(
            Allow(
                action="lambda:InvokeFunction",
                resource="${mwaa_dag_function_arn}",
                doc_url="https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html",
            ),
        ),
        run_page="mwaa/home?region={region}#environments/{environment_name}",
        sample={"StatusCode": 200, "Payload": "transform_images-spark-0123-0"},
        sample_error="DagRunRejectedError",
    )
    # The MWAA Lambda function makes this call, so its role needs the permission.
    TARGET_PERMISSION: ClassVar[Allow] = Allow(
        action="airflow:InvokeRestApi",
        resource="arn:${partition}:airflow:${region}:${account}:role/*/${airflow_role}",
        doc_url="https://docs.aws.amazon.com/mwaa/latest/userguide/access-mwaa-apache-airflow-rest-api.html",
    )
    ALLOW_LIST: ClassVar[str] = "mwaa_environments"
    ERROR_NAMES: ClassVar[Mapping[str, Evidence]] = {
        "DagRunRejectedError": Evidence(
            "Airflow refused the DAG run: class of the function's exception", "recorded", FUNCTION_EXCEPTION
        ),
        "Lambda.AWSLambdaException": Evidence("Lambda failed", "documented", _LAMBDA),
        "Lambda.ClientExecutionTimeoutException": Evidence("the call took too long", "documented", _LAMBDA),
        "Lambda.ResourceNotFoundException": Evidence(
            "the function does not exist",
            "recorded",
            f"{SNAPSHOTS}/error_handling/test_task_service_lambda`, `test_no_such_function`",
            "Not retried: a retry does not create the function.",
        ),
        "Lambda.SdkClientException": Evidence(
            "the call did not reach Lambda, or its answer was lost", "documented", _LAMBDA
        ),
        "Lambda.ServiceException": Evidence("Lambda failed", "documented", _LAMBDA),
        "Lambda.TooManyRequestsException": Evidence("Lambda throttled the call", "documented", _LAMBDA),
        "Lambda.Unknown": Evidence("the function ended without an answer", "documented", _LAMBDA),
        "MwaaAnswerError": Evidence(
            "the answer is not Airflow's: class of the function's exception", "recorded", FUNCTION_EXCEPTION
        ),
        "MwaaUnavailableError": Evidence(
            "MWAA or Airflow is unavailable: class of the function's exception", "recorded", FUNCTION_EXCEPTION
        ),
        "Sandbox.Timedout": Evidence(
            "the function reached its timeout", "reported", "errorType of the function's answer"
        ),
    }
    EXAMPLE: ClassVar[Mapping[str, Json]] = {
        "type": "mwaa_dag",
        "id": "downstream-dag",
        "environment_name": "my-mwaa-environment",
        "region": "us-west-2",
        "dag_id": "my_downstream_dag",
        "conf": {"custom_param": "value"},
        "parameter_mapping": {"start_date": "start_date", "output_path": "artifacts.output_path"},
        "description": "Run the downstream DAG",
        "when": {"metrics": {"records_written": [{"numeric": [">", 0]}]}},
    }

    def allow_list_entry(self, settings: Settings) -> str:
        """The environment's name, with its region if that is another one."""
        other = self.region not in ("", settings.region)
        return f"{self.region}/{self.environment_name}" if other else self.environment_name

    def question(self, settings: Settings) -> TargetQuestion:
        """Read the DAG in Airflow."""
        no_dag = "the environment has no such DAG"
        paused = "the DAG is paused, so its runs wait in the state queued"
        return TargetQuestion(
            service="mwaa",
            operation="invoke_rest_api",
            parameters={"Name": self.environment_name, "Path": f"/dags/{self.dag_id}", "Method": "GET"},
            region=self.region,
            subject=f"DAG {self.dag_id} of MWAA environment {self.environment_name}",
            missing=("ResourceNotFoundException",),
            refusals=(
                Refusal("RestApiStatusCode", 404, no_dag, "Deploy the DAG, or correct its dag_id"),
                Refusal("RestApiResponse.is_paused", value=True, message=paused, advice="Unpause it in Airflow"),
            ),
        )

    def check(self, path: str, settings: Settings) -> Iterator[ValidationProblem]:
        """Refuse reserved keys, broken templates, and a DAG id that is too long for the API's path."""
        # Named, not super(): a dataclass with slots is a new class, which the zero-argument form does not know.
        yield from DagTrigger.check(self, path, settings)
        length = len(quote(self.dag_id, safe=""))
        if length > _MAX_DAG_ID:
            yield ValidationProblem(
                f"{path}.dag_id",
                f"found {length} URL-encoded characters, expected at most {_MAX_DAG_ID} (MWAA's InvokeRestApi limits "
                "the path to 64). Use sqs_mwaa, which has no such limit",
            )

    def request(self, context: RequestContext) -> JsonObject:
        """``{environment_name, region, dag_id, dag_run_id, conf}``."""
        check_run_id(context.downstream_run_id, f"{self.TYPE} {self.dag_id}")
        automatic: JsonObject = {
            **context.common_fields,
            "source_artifacts": context.event.artifacts,
            "source_metrics": context.event.metrics,
        }
        return {
            "environment_name": self.environment_name,
            "region": self.region or context.settings.region,
            "dag_id": self.dag_id,
            "dag_run_id": context.downstream_run_id,
            "conf": self.dag_conf(context, automatic),
        }
