"""Somebody hears the alarms, and the dispatcher reads its queue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from operations.doctor import receivers
from operations.doctor.finding import Finding
from operations.doctor.stack import ExaminedStack

_MINUTES = 30


def check_alarms(stack: ExaminedStack) -> Iterator[Finding]:
    """Each alarm of the stack is enabled, is not ringing, and notifies a topic that has a confirmed subscriber."""
    pages = stack.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{stack.name}-")
    alarms = sorted((one for page in pages for one in page["MetricAlarms"]), key=lambda one: one["AlarmName"])
    about = partial(Finding, check="alarms", subject=f"{stack.name}-*")
    if not alarms:
        yield about(status="problem", message="the stack has no alarms", advice="Apply Terraform")
        return
    wrong = list[Finding]()
    silent = [one["AlarmName"] for one in alarms if not one.get("AlarmActions") or not one.get("ActionsEnabled", True)]
    if silent:
        message = f"{len(silent)} of {len(alarms)} alarms notify nobody, first {silent[0]}"
        wrong.append(about(status="problem", message=message, advice="Set alarm_topic_arn in Terraform"))
    for one in alarms:
        if one.get("StateValue") == "ALARM":
            advice = one.get("AlarmDescription") or "See docs/operations.md"
            wrong.append(
                Finding(
                    check="alarms", subject=one["AlarmName"], status="problem", message="is in ALARM", advice=advice
                )
            )
    wrong += receivers.check(stack, {action for one in alarms for action in one.get("AlarmActions", ())})
    yield from wrong
    if not wrong:
        yield about(status="ok", message=f"{len(alarms)} alarms, all with a receiver")


def check_dispatcher(stack: ExaminedStack) -> Iterator[Finding]:
    """Each queue of sqs_mwaa triggers was read in the last half hour.

    Source: docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html.
    """
    default = stack.settings.mwaa_trigger_queue_url
    urls = {getattr(one, "queue_url", "") or default for one in stack.triggers if one.TYPE == "sqs_mwaa"}
    for url in sorted(filter(None, urls)):
        name = url.rpartition("/")[2]
        about = partial(Finding, check="dispatcher", subject=f"queue {name}")
        read = sum(_sum(stack, name, metric) for metric in ("NumberOfEmptyReceives", "NumberOfMessagesReceived"))
        if read:
            yield about(status="ok", message=f"read {read:g} times in {_MINUTES} minutes")
            continue
        yield about(
            status="problem",
            message=f"nobody has read it in {_MINUTES} minutes, so DAGs do not start",
            advice="Check in Airflow that the DAG event_dispatcher is deployed, not paused, and reads this queue",
        )


def _sum(stack: ExaminedStack, queue: str, metric: str) -> float:
    now = datetime.now(UTC)
    found = stack.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName=metric,
        Dimensions=[{"Name": "QueueName", "Value": queue}],
        StartTime=now - timedelta(minutes=_MINUTES),
        EndTime=now + timedelta(minutes=1),  # the API reads whole seconds
        Period=_MINUTES * 60,
        Statistics=["Sum"],
    )
    return float(sum(one["Sum"] for one in found["Datapoints"]))
