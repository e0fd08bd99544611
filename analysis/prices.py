"""List prices of AWS, for estimates: what an idle stack costs a month, and what a million events cost.

Region us-east-1, US dollars, beyond the free tiers, as published in 2025. Prices differ by region and change: compare them with
the pages before you budget.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.event_plan import DOLLARS_PER_MILLION

ALARM_METRIC = 0.10
"""A month of one metric of an alarm with standard resolution (aws.amazon.com/cloudwatch/pricing)."""
DASHBOARD = 3.00
"""A month of a dashboard beyond three (aws.amazon.com/cloudwatch/pricing)."""
LOG_GIGABYTE = 0.50
"""A gigabyte of collected logs; the first 10 TB of vended logs cost the same (aws.amazon.com/cloudwatch/pricing)."""
LAMBDA_MILLION = 0.20
"""A million requests (aws.amazon.com/lambda/pricing)."""
LAMBDA_GIGABYTE_SECOND = 0.0000133334
"""A gigabyte-second on arm64 (aws.amazon.com/lambda/pricing)."""
SNS_MILLION = 0.50
"""A million published messages of up to 64 KB; deliveries to functions are free (aws.amazon.com/sns/pricing)."""
SNS_FILTERED_GIGABYTE = 0.09
"""A gigabyte of message bodies that a subscription's filter reads (aws.amazon.com/sns/pricing)."""
S3_GET_MILLION = 0.40
"""A million GET requests (aws.amazon.com/s3/pricing)."""
XRAY_MILLION = 5.00
"""A million recorded traces (aws.amazon.com/xray/pricing)."""
XRAY_SAMPLED = 0.05
"""Share of requests that the default rule records beyond the first one of each second
(docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html)."""
TARGET_MILLION = {"glue_job": 0.0, "step_function": 0.0, "eventbridge": 1.00, "mwaa_dag": 0.0, "sqs_mwaa": 0.40}
"""A million calls of each trigger type, without the work that they start (aws.amazon.com/eventbridge/pricing, /sqs/pricing)."""

_ROUTER_GIGABYTES, _ROUTER_SECONDS = 0.5, 0.2
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
    return alarm_metrics * ALARM_METRIC + dashboards * DASHBOARD


def million_events(size: EventSize) -> dict[str, float]:
    """Dollars of a million events, by what is paid."""
    gigabyte = 1_000_000 / 10**9
    calls = size.types.count("mwaa_dag")
    seconds = _ROUTER_GIGABYTES * _ROUTER_SECONDS + calls * _MWAA_GIGABYTES * _MWAA_SECONDS
    return {
        "SNS: messages and filter": SNS_MILLION + size.body * gigabyte * SNS_FILTERED_GIGABYTE,
        "Lambda: requests and duration": (1 + calls) * LAMBDA_MILLION + seconds * 1_000_000 * LAMBDA_GIGABYTE_SECOND,
        "S3: the configuration, once per event": S3_GET_MILLION,
        "Step Functions: state transitions": size.transitions * DOLLARS_PER_MILLION,
        "CloudWatch: the router's log": size.router_log * gigabyte * LOG_GIGABYTE,
        "CloudWatch: the state machine's log": size.machine_log * gigabyte * LOG_GIGABYTE,
        "X-Ray: recorded traces": XRAY_SAMPLED * XRAY_MILLION,
        "Targets: SQS messages and EventBridge events": sum(TARGET_MILLION[one] for one in size.types),
    }
