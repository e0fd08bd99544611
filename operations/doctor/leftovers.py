"""The dead-letter queue and the failure bucket are empty."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from operations.doctor.finding import Finding
from operations.doctor.stack import ExaminedStack
from operations.repair.dead_letter_stores import failures_of
from orchestration.values.shell import command

_CHECK = "dead letters"


def check(stack: ExaminedStack) -> Iterator[Finding]:
    """Count messages and objects."""
    redrive = f"Read them: {command('redrive-dlq', stack.name)} --dry-run, fix the cause, then redrive"
    queue = f"{stack.name}-delivery-dlq"
    sqs = stack.client("sqs")
    about = partial(Finding, check=_CHECK, subject=f"queue {queue}")
    try:
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        message = "does not exist, so an event that SNS cannot deliver is lost"
        yield about(status="problem", message=message, advice="Apply Terraform")
    else:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        count = sum(int(counts[name]) for name in names)
        yield _counted(about, count, "events that SNS could not deliver", redrive)
    destination = stack.router.failure_destination()
    if ":s3:" in destination:
        bucket = destination.rpartition(":")[2]
        about = partial(Finding, check=_CHECK, subject=f"bucket {bucket}")
        found = (
            stack.client("s3")
            .list_objects_v2(Bucket=bucket, Prefix=failures_of(stack.name), MaxKeys=100)
            .get("KeyCount", 0)
        )
        yield _counted(about, found, "events on which the router failed three times", redrive)


def _counted(about: partial[Finding], count: int, what: str, advice: str) -> Finding:
    if count:
        return about(status="problem", message=f"has {count} {what}", advice=advice)
    return about(status="ok", message="is empty")
