"""List prices of AWS, for estimates: what an idle stack costs a month, and what a million events cost.

Region us-east-1, US dollars, beyond the free tiers, as published in 2025. Prices differ by region and change: compare them with
the pages before you budget.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.plans.event_plan import DOLLARS_PER_MILLION

PRICED = "2025"
"""Year of the price lists."""


@dataclass(frozen=True, slots=True)
class Price:
    """A list price.

    Attributes:
        dollars: US dollars for one unit.
        unit: unit of the price.
        page: page of AWS with the price.
    """

    dollars: float
    unit: str
    page: str


ALARM_METRIC = Price(0.10, "metric of an alarm with standard resolution, a month", "aws.amazon.com/cloudwatch/pricing")
DASHBOARD = Price(3.00, "dashboard beyond three, a month", "aws.amazon.com/cloudwatch/pricing")
LOG_GIGABYTE = Price(0.50, "gigabyte of collected logs, also of vended ones", "aws.amazon.com/cloudwatch/pricing")
LAMBDA_REQUEST = Price(0.20, "million requests", "aws.amazon.com/lambda/pricing")
LAMBDA_SECOND = Price(0.0000133334, "gigabyte-second on arm64", "aws.amazon.com/lambda/pricing")
SNS_PUBLISH = Price(0.50, "million published messages of up to 64 KB", "aws.amazon.com/sns/pricing")
SNS_FILTER = Price(0.09, "gigabyte of messages that a filter reads", "aws.amazon.com/sns/pricing")
S3_GET = Price(0.40, "million GET requests", "aws.amazon.com/s3/pricing")
XRAY_TRACE = Price(5.00, "million recorded traces", "aws.amazon.com/xray/pricing")
STANDARD_TRANSITION = Price(DOLLARS_PER_MILLION, "million transitions", "aws.amazon.com/step-functions/pricing")
EXPRESS_REQUEST = Price(1.00, "million requests", "aws.amazon.com/step-functions/pricing")
EXPRESS_SECOND = Price(0.00001667, "gigabyte-second", "aws.amazon.com/step-functions/pricing")
EVENTBRIDGE_EVENT = Price(1.00, "million events", "aws.amazon.com/eventbridge/pricing")
SQS_MESSAGE = Price(0.40, "million requests", "aws.amazon.com/sqs/pricing")

TARGETS = {"eventbridge": EVENTBRIDGE_EVENT, "sqs_mwaa": SQS_MESSAGE}
"""Trigger types whose call has a price, apart from the work that it starts."""

XRAY_SAMPLED = 0.05
"""Share of requests that the default rule records beyond the first one of each second
(docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html)."""
ROUTER_GIGABYTES, ROUTER_SECONDS = 0.5, 0.2
"""Memory of the router (terraform/functions.tf), and its assumed duration."""
_MWAA_GIGABYTES, _MWAA_SECONDS = 0.25, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSize:
    """Sizes of one event on its way.

    Attributes:
        types: type of each trigger.
        transitions: state transitions.
        body: bytes of the message.
        router_log: bytes that the router writes to its log.
        machine_log: bytes that the state machine writes to its log.
    """

    types: tuple[str, ...]
    transitions: int
    body: int
    router_log: int
    machine_log: int


def idle_month(alarm_metrics: int, dashboards: int) -> float:
    """Dollars of a month without events; topics, queues, functions and the state machine cost nothing then."""
    return alarm_metrics * ALARM_METRIC.dollars + dashboards * DASHBOARD.dollars


def million_events(size: EventSize) -> dict[str, float]:
    """Dollars of a million events, by what is paid."""
    gigabytes = 1_000_000 / 10**9
    calls = size.types.count("mwaa_dag")
    seconds = ROUTER_GIGABYTES * ROUTER_SECONDS + calls * _MWAA_GIGABYTES * _MWAA_SECONDS
    return {
        "SNS: messages and filter": SNS_PUBLISH.dollars + size.body * gigabytes * SNS_FILTER.dollars,
        "Lambda: requests and duration": (1 + calls) * LAMBDA_REQUEST.dollars
        + seconds * 1_000_000 * LAMBDA_SECOND.dollars,
        "S3: the configuration, once per event": S3_GET.dollars,
        "Step Functions: state transitions": size.transitions * STANDARD_TRANSITION.dollars,
        "CloudWatch: the router's log": size.router_log * gigabytes * LOG_GIGABYTE.dollars,
        "CloudWatch: the state machine's log": size.machine_log * gigabytes * LOG_GIGABYTE.dollars,
        "X-Ray: recorded traces": XRAY_SAMPLED * XRAY_TRACE.dollars,
        "Targets: SQS messages and EventBridge events": sum(
            TARGETS[one].dollars for one in size.types if one in TARGETS
        ),
    }
