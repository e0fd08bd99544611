"""Sends the SQS message from which the ``event_dispatcher`` DAG starts a DAG run: for private MWAA web servers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from orchestration.settings import Settings
from orchestration.triggers._addresses import other_account, other_region, queue_region
from orchestration.triggers._dag_trigger import DagTrigger
from orchestration.triggers.base import (
    Allow,
    RequestContext,
    Retry,
    ServiceIntegration,
)
from orchestration.triggers.facets import REGISTERED, SNAPSHOTS, Evidence, TargetQuestion
from orchestration.values.dag_conf import DISPATCHER, QUEUE, ConfLimits
from orchestration.values.strictjson import Json, JsonObject
from orchestration.values.validation import StringPattern, ValidationProblem

_QUEUE = r"^(?:https?://[^/\s$]+/[0-9]+/[A-Za-z0-9_-]{1,80})?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class SqsMwaa(DagTrigger):
    """Start an Airflow DAG run through SQS and the event_dispatcher DAG."""

    dag_id: Annotated[
        str,
        StringPattern(
            rf"^(?!{DISPATCHER}$)[A-Za-z0-9_.-]{{1,250}}$",
            f"an Airflow DAG id other than {DISPATCHER}: at most 250 letters, digits, '_', '.', '-', no template",
        ),
    ]
    """Id of the DAG to run."""
    queue_url: Annotated[
        str, StringPattern(_QUEUE, "the URL of a standard SQS queue (not .fifo), without a template")
    ] = ""
    """URL of the queue that event_dispatcher polls. Default: the router's `MWAA_TRIGGER_QUEUE_URL`."""

    TYPE: ClassVar[str] = "sqs_mwaa"
    CONF_LIMITS: ClassVar[ConfLimits] = QUEUE
    TARGET_FIELD: ClassVar[str] = "dag_id"
    ADDRESSES: ClassVar[tuple[str, ...]] = ("queue_url",)
    COLOUR: ClassVar[str] = "#1a8c99"
    RESERVED_FIELDS: ClassVar[Mapping[str, str]] = {
        "triggered_by_job": "Name of the upstream job",
        "triggered_by_run_id": "Run id of the upstream job",
    }
    INTEGRATION: ClassVar[ServiceIntegration] = ServiceIntegration(
        state="Send message to MWAA trigger queue",
        resource="sqs:sendMessage",
        comment="Sends a message. The event_dispatcher DAG starts a DAG run for it.",
        parameters={"QueueUrl.$": "$.request.QueueUrl", "MessageBody.$": "$.request.MessageBody"},
        run_id_path="$.MessageId",
        retries=(
            Retry(
                errors=(
                    "SQS.AmazonSQSException",
                    "SQS.SdkClientException",
                    "SQS.RequestThrottledException",
                    "SQS.KmsThrottledException",
                ),
                reason="the dispatcher derives the DAG run id from the message's message_id, so a second message starts "
                "nothing",
                interval_seconds=1,
                max_attempts=3,
                max_delay_seconds=30,
            ),
        ),
        iam=(
            Allow(
                action="sqs:SendMessage",
                resource="arn:${partition}:sqs:${region}:${account}:*",
                doc_url="https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html",
            ),
        ),
        run_page="sqs/v3/home?region={region}#/queues/{QueueUrl}",
        sample={
            "MessageId": "5fea7756-0ea4-451a-a703-a558b933e274",
            "MD5OfMessageBody": "fafb00f5732ab283681e124bf8747ed1",
        },
        sample_error="SQS.QueueDoesNotExistException",
    )
    TARGET_PERMISSION: ClassVar[Allow] = INTEGRATION.iam[0]
    ALLOW_LIST: ClassVar[str] = "queues"
    ERROR_NAMES: ClassVar[Mapping[str, Evidence]] = {
        "SQS.AmazonSQSException": Evidence(
            "SQS refused the message, or failed, with an error that the AWS SDK for Java 1 does not register",
            "recorded",
            f"{SNAPSHOTS}/error_handling/test_task_service_sqs`, `test_send_message_empty_body`",
        ),
        "SQS.KmsThrottledException": Evidence("KMS throttled the queue's key", "inferred", REGISTERED),
        "SQS.QueueDoesNotExistException": Evidence(
            "the queue does not exist", "inferred", REGISTERED, "Not retried: a retry does not create the queue."
        ),
        "SQS.RequestThrottledException": Evidence("SendMessage was throttled", "inferred", REGISTERED),
        "SQS.SdkClientException": Evidence(
            "the host of the queue's URL does not exist, or does not answer",
            "recorded",
            f"{SNAPSHOTS}/error_handling/test_task_service_sqs`, `test_send_message_no_such_queue`",
        ),
    }
    EXAMPLE: ClassVar[Mapping[str, Json]] = {
        "type": "sqs_mwaa",
        "id": "downstream-dag",
        "dag_id": "my_downstream_dag",
        "queue_url": "https://sqs.us-west-1.amazonaws.com/123456789012/my-queue",
        "conf": {"custom_param": "value"},
        "parameter_mapping": {"start_date": "start_date", "end_date": "end_date", "created_by": "created_by"},
        "description": "Run the downstream DAG",
        "when": {"metrics": {"records_written": [{"numeric": [">", 0]}]}},
    }

    def allow_list_entry(self, settings: Settings) -> str:
        """The queue's name, or its ARN in another account."""
        *_, account, name = (self.queue_url or settings.mwaa_trigger_queue_url).split("/")
        own = account == settings.account
        return name if own else f"arn:{settings.partition}:sqs:{settings.region}:{account}:{name}"

    def question(self, settings: Settings) -> TargetQuestion:
        """Read an attribute of the queue."""
        url = self.queue_url or settings.mwaa_trigger_queue_url
        return TargetQuestion(
            service="sqs",
            operation="get_queue_attributes",
            parameters={"QueueUrl": url, "AttributeNames": ["QueueArn"]},
            subject=f"queue {url}",
            missing=("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
        )

    def check(self, path: str, settings: Settings) -> Iterator[ValidationProblem]:
        """Refuse reserved keys, broken templates, a queue in another region or account, and a missing queue."""
        # Named, not super(): a dataclass with slots is a new class, which the zero-argument form does not know.
        yield from DagTrigger.check(self, path, settings)
        yield from other_account(f"{path}.queue_url", self.queue_url, settings)
        region = queue_region(self.queue_url)
        if other_region(region, settings):
            yield ValidationProblem(
                f"{path}.queue_url",
                f"found region {region}, expected {settings.region}. Step Functions sends only to queues in its own region",
                code="other-region",
            )
        if settings.region and not (self.queue_url or settings.mwaa_trigger_queue_url):
            yield ValidationProblem(
                f"{path}.queue_url",
                "missing field, and the router has no MWAA_TRIGGER_QUEUE_URL. Set one of them (Terraform variable "
                "mwaa_trigger_queue_url)",
                code="missing-field",
            )

    def request(self, context: RequestContext) -> JsonObject:
        """``{QueueUrl, MessageBody: {dag_id, conf, message_id}}``."""
        return {
            "QueueUrl": self.queue_url or context.settings.mwaa_trigger_queue_url,
            "MessageBody": {
                "dag_id": self.dag_id,
                "conf": self.dag_conf(context, context.common_fields),
                "message_id": context.downstream_run_id,
            },
        }
