"""Cases of ``eventbridge``."""

from __future__ import annotations

from tests.invalid_case import trigger_case
from tests.trigger_types.base import ROUTER_SETTINGS, SOURCE_EVENT, MachineCase, Payload, TypeCases

_COMMON = {
    "source": "dwh.orchestrator",
    "detail.triggered_by_job": "upstream",
    "detail.triggered_by_run_id": "spark-application-0001",
    "detail.source_event": SOURCE_EVENT,
}


def _bus_arn(name: str, here: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:events:{here}:event-bus/{name}"


CASES = TypeCases(
    on_success=Payload(
        trigger={
            "id": "announce",
            "event_bus": "dwh-bus",
            "detail_type": "JobComplete",
            "source": "dwh.orchestrator",
            "description": "Optional description",
            "when": {"metrics": {"records_written": [{"numeric": [">", 0]}]}},
        },
        received={**_COMMON, "event_bus": "dwh-bus", "detail-type": "JobComplete"},
    ),
    on_approval=Payload(
        trigger={"detail_type": "JobApproved", "source": "dwh.orchestrator"},
        received={**_COMMON, "event_bus": "default", "detail-type": "JobApproved"},
    ),
    envelope="detail",
    machine=MachineCase(
        trigger={"detail_type": "d", "source": "s"},
        request={"EventBusName": "default", "Source": "s", "DetailType": "d"},
        missing={"EventBusName": "gone"},
        operation="eventbridge.PutEvents",
        throttled="ThrottlingException",
        server_error="InternalException",
        invalid_request="ValidationException",
        throttled_error="EventBridge.AmazonEventBridgeException",
        error_prefix="EventBridge.",
        # A throttled, denied or invalid PutEvents is AmazonEventBridgeException, as an unknown failure.
        attempts=dict.fromkeys(
            ("access denied", "throttled for ever", "server error", "timeout", "invalid request"), 5
        ),
        triggered={"target missing": "PutEvents succeeds for a bus that does not exist"},
        deduplicates=False,
        at_least_once=True,
    ),
    iam_actions=("events:PutEvents",),
    iam_page="https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html",
    authorized_call="events.PutEvents",
    authorized_on=lambda given, here: [_bus_arn(entry["EventBusName"], here) for entry in given["Entries"]],
    invalid=(
        trigger_case(
            "eventbridge: aws source",
            {"detail_type": "D", "source": "aws.glue"},
            "source: found 'aws.glue', expected an event source without the prefix 'aws.' and without a template",
        ),
        trigger_case(
            "eventbridge: missing fields",
            {},
            "detail_type: missing field",
            "source: missing field",
        ),
        trigger_case(
            "eventbridge: other region",
            {"detail_type": "D", "source": "dwh.s", "event_bus": "arn:aws:events:eu-west-1:123456789012:event-bus/b"},
            "event_bus: found region eu-west-1, expected us-west-1. Name a bus in that region, and add a rule that forwards to the other region",
            beyond_schema=ROUTER_SETTINGS,
        ),
        trigger_case(
            "eventbridge: template in bus",
            {"detail_type": "D", "source": "dwh.s", "event_bus": "${bus}"},
            "event_bus: found '${bus}', expected the name or ARN of an event bus, without a template",
        ),
        trigger_case(
            "eventbridge: template in detail type",
            {"detail_type": "${x}", "source": "dwh.s"},
            "detail_type: found '${x}', expected a non-empty string without a ${...} template (only the configuration names targets)",
        ),
        trigger_case(
            "eventbridge: unknown field",
            {"detail_type": "D", "source": "dwh.s", "detail": {}},
            "detail: unknown field, expected one of: accept, description, detail_type, event_bus, id, source, when",
        ),
    ),
)
