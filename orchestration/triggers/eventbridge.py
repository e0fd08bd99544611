"""Puts an event on an EventBridge bus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from orchestration.aws_partitions import PARTITION
from orchestration.settings import Settings
from orchestration.triggers._addresses import other_account, other_region
from orchestration.triggers.base import (
    Allow,
    RequestContext,
    Retry,
    ServiceIntegration,
    TargetText,
    Trigger,
)
from orchestration.triggers.facets import REGISTERED, SNAPSHOTS, UNREGISTERED, Evidence, TargetQuestion
from orchestration.values.strictjson import Json, JsonObject
from orchestration.values.validation import StringPattern, ValidationProblem

_BUS = rf"^(?:arn:{PARTITION}:events:[a-z0-9-]+:[0-9]+:event-bus/)?[A-Za-z0-9_./-]{{1,256}}$"
_SOURCE = r"^(?!aws\.)(?!.*\$\{)\S(?:.*\S)?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBridge(Trigger):
    """Put an event on an EventBridge event bus."""

    event_bus: Annotated[str, StringPattern(_BUS, "the name or ARN of an event bus, without a template")] = "default"
    """Name or ARN of the event bus, in the orchestrator's region."""
    detail_type: TargetText
    """`detail-type` of the event, for the bus's rules."""
    source: Annotated[str, StringPattern(_SOURCE, "an event source without the prefix 'aws.' and without a template")]
    """`source` of the event, for the bus's rules."""

    TYPE: ClassVar[str] = "eventbridge"
    TARGET_FIELD: ClassVar[str] = "detail_type"
    ADDRESSES: ClassVar[tuple[str, ...]] = ("event_bus",)
    COLOUR: ClassVar[str] = "#b8860b"
    RESERVED_FIELDS: ClassVar[Mapping[str, str]] = {
        "triggered_by_job": "Name of the upstream job",
        "triggered_by_run_id": "Run id of the upstream job",
        "source_event": "The whole event",
    }
    INTEGRATION: ClassVar[ServiceIntegration] = ServiceIntegration(
        state="Put event on EventBridge bus",
        resource="events:putEvents",
        comment="Puts one event, at least once. If the bus does not exist, EventBridge accepts the event and drops it.",
        parameters={
            "Entries": [
                {
                    "EventBusName.$": "$.request.EventBusName",
                    "Source.$": "$.request.Source",
                    "DetailType.$": "$.request.DetailType",
                    "Detail": {
                        "triggered_by_job.$": "$.event.job_name",
                        "triggered_by_run_id.$": "$.event.job_run_id",
                        "source_event.$": "$.event",
                    },
                }
            ]
        },
        run_id_path="$.Entries[0].EventId",
        retries=(
            Retry(
                errors=(
                    "EventBridge.FailedEntry",
                    "EventBridge.AmazonEventBridgeException",
                    "EventBridge.InternalException",
                    "EventBridge.SdkClientException",
                    "States.Timeout",
                ),
                reason="a throttled PutEvents has the name of an unknown failure. EventBridge delivers at least once by "
                "contract, so the event is put again, and rarely arrives twice",
                interval_seconds=2,
                max_attempts=4,
                max_delay_seconds=30,
            ),
        ),
        iam=(
            Allow(
                action="events:PutEvents",
                resource="arn:${partition}:events:${region}:${account}:event-bus/*",
                doc_url="https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html",
            ),
        ),
        sample={"Entries": [{"EventId": "11710aed-b79e-4468-a20b-bb3c0c3b4860"}], "FailedEntryCount": 0},
        sample_error="EventBridge.FailedEntry",
    )
    TARGET_PERMISSION: ClassVar[Allow] = INTEGRATION.iam[0]
    ALLOW_LIST: ClassVar[str] = "event_buses"
    ERROR_NAMES: ClassVar[Mapping[str, Evidence]] = {
        "EventBridge.AmazonEventBridgeException": Evidence(
            "PutEvents was throttled, denied, or failed with an unknown error",
            "inferred",
            UNREGISTERED,
            "Retried: EventBridge delivers at least once by contract, so a second entry is allowed.",
        ),
        "EventBridge.FailedEntry": Evidence(
            "EventBridge refused the entry",
            "recorded",
            f"{SNAPSHOTS}/services/test_events_task_service`, `test_put_events_malformed_detail`",
        ),
        "EventBridge.InternalException": Evidence("EventBridge failed", "inferred", REGISTERED),
        "EventBridge.SdkClientException": Evidence(
            "the call did not reach EventBridge, or its answer was lost",
            "inferred",
            "class of the AWS SDK for Java 1, recorded for SQS",
        ),
        "States.Timeout": Evidence(
            "a Task took longer than its timeout",
            "recorded",
            f"{SNAPSHOTS}/error_handling/test_task_service_lambda`, `test_invoke_timeout`",
        ),
    }
    EXAMPLE: ClassVar[Mapping[str, Json]] = {
        "type": "eventbridge",
        "id": "announce",
        "event_bus": "default",
        "detail_type": "JobComplete",
        "source": "dwh.orchestrator",
        "description": "Announce the completed job",
        "when": {"metrics": {"records_written": [{"numeric": [">", 0]}]}},
    }

    def target_name(self) -> str:
        """``bus/detail type``."""
        return f"{self.event_bus.rsplit(':event-bus/', 1)[-1]}/{self.detail_type}"

    def allow_list_entry(self, settings: Settings) -> str:
        """The bus's name, or its ARN in another account."""
        bus = self.event_bus
        own = not bus.startswith("arn:") or bus.split(":")[4] == settings.account
        return bus.rsplit(":event-bus/", 1)[-1] if own else bus

    def question(self, settings: Settings) -> TargetQuestion:
        """Describe the bus."""
        return TargetQuestion(
            service="events",
            operation="describe_event_bus",
            parameters={"Name": self.event_bus},
            region=self._region(),
            subject=f"event bus {self.event_bus}",
            missing=("ResourceNotFoundException",),
        )

    def _region(self) -> str:
        return self.event_bus.split(":")[3] if self.event_bus.startswith("arn:") else ""

    def check(self, path: str, settings: Settings) -> Iterator[ValidationProblem]:
        """Refuse a bus in another region or account."""
        yield from other_account(f"{path}.event_bus", self.event_bus, settings)
        region = self._region()
        if other_region(region, settings):
            yield ValidationProblem(
                f"{path}.event_bus",
                f"found region {region}, expected {settings.region}. Name a bus in that region, and add a rule that "
                "forwards to the other region",
                code="other-region",
            )

    def request(self, context: RequestContext) -> JsonObject:
        """``{EventBusName, Source, DetailType}``; the state machine builds the detail."""
        return {"EventBusName": self.event_bus, "Source": self.source, "DetailType": self.detail_type}
