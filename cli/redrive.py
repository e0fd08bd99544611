"""``orchestrator redrive-dlq``: sends what was not delivered, or not routed, through the router again.

Nothing is lost by a crash or Ctrl-C: an event leaves its store only after the router's answer, and one that was sent
and not deleted is a duplicate the next time.
"""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError

from cli import redrive_output
from cli.io import print_json
from cli.redrive_output import Report, note
from operations.dead_letter_stores import DRY_RUN, REDRIVE, ReceiveSettings, S3Store, SqsStore, Store, StoreError
from operations.dead_letters import DeadLetter, ParsedPayload, parse_payload
from operations.deployed_router import DeployedRouter, RouterFailedError
from orchestration.errors import EventError, OrchestrationError
from orchestration.events import JobEvent, deliveries, read_event

_FUNCTION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]+")
_DEALT_WITH = {"STARTED", "DUPLICATE", "IGNORED"}


class RedriveError(OrchestrationError):
    """An option that cannot be declared. The person who typed it acts."""


def redrive_dlq(  # noqa: PLR0913 - one parameter an option
    *,
    function: Annotated[str, typer.Argument(help="Name of the router Lambda: PREFIX-downstream-orchestrator.")],
    region: Annotated[str, typer.Option(help="The router's region; by default the one that the AWS CLI uses.")] = "",
    queue: Annotated[
        str, typer.Option(help="URL of the delivery DLQ; by default the queue FUNCTION-delivery-dlq.")
    ] = "",
    bucket: Annotated[
        str, typer.Option(help="Bucket of failed invocations; by default the function's own failure destination.")
    ] = "",
    topic: Annotated[
        str, typer.Option(help="ARN of the topic that all raw messages, held without a topic, were published to.")
    ] = "",
    send: Annotated[bool, typer.Option("--send", help="Send and delete; without it, nothing is changed.")] = False,
    limit: Annotated[int | None, typer.Option(help="At most so many events; by default all.", min=1)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the reports as JSON.")] = False,
) -> None:
    """Send what was not delivered, or not routed, through the router again.

    Without --send: show what is held. With it, what was started, is a duplicate or is ignored is deleted; the rest stays.

    Exit 0: nothing stays, or can be sent; 1: some stay, or cannot be sent; 2: bad input.
    """
    if not _FUNCTION.fullmatch(function):
        raise RedriveError(f"found {function!r}, expected the function's name, without ARN or alias; see also --region")
    if topic and not _TOPIC.fullmatch(topic):
        raise RedriveError(f"--topic: found {topic!r}, expected a topic's ARN: arn:aws:sns:REGION:ACCOUNT:NAME")
    router = DeployedRouter.find(function, region)
    stores = _stores(router, queue, bucket, REDRIVE if send else DRY_RUN)

    def deal_with(store: Store, dead_letter: DeadLetter) -> Report:
        content = parse_payload(dead_letter, router.name, topic)
        report = _looked_at(dead_letter, content, router)
        if not send:
            return report
        if not content.refusal:
            report = _sent(report, dead_letter, content, router, store)
        note(f"{len(reports) + 1}. {redrive_output.line(report)}")
        return report

    reports: list[Report] = []
    more, stopped = False, 0
    try:
        more = _each(stores, limit, deal_with, reports)
    except KeyboardInterrupt:
        note("interrupted: what is not reported was not touched; the last one may have been started, and stays")
        stopped = 1
    except (ClientError, BotoCoreError) as error:
        note(f"orchestrator: stopped: {' '.join(str(error).split())}; what is not reported was not touched")
        stopped = 2
    if as_json:
        print_json([dataclasses.asdict(report) for report in reports])
    elif reports or not stopped:
        redrive_output.show(reports, function, [store.name for store in stores], send=send, more=more)
    raise typer.Exit(stopped or _exit_code(reports, stores, send=send, more=more))


def _stores(router: DeployedRouter, queue: str, bucket: str, reading: ReceiveSettings) -> list[Store]:
    """The delivery DLQ, then the failure destination, each opened before anything is sent.

    Raises:
        StoreError: one is not there, or may not be read.
    """
    sqs = boto3.client("sqs", region_name=router.region)
    delivery = queue or _queue_url(sqs, f"{router.name}-delivery-dlq", "name the delivery DLQ with --queue URL")
    stores: list[Store] = [SqsStore.open(sqs, delivery, reading)]
    destination = f"arn:aws:s3:::{bucket}" if bucket else router.failure_destination()
    service, name = (destination.split(":")[2], destination.rsplit(":", 1)[-1]) if destination else ("", "")
    if service == "s3":
        stores.append(S3Store.open(boto3.client("s3", region_name=router.region), name, router.name))
    elif service == "sqs":
        url = _queue_url(sqs, name, f"{router.name} names it as its failure destination: create it again")
        if url != delivery:  # one queue may serve as both
            stores.append(SqsStore.open(sqs, url, reading))
    else:
        found = f"is {destination}, which holds nothing that can be read" if destination else "is not configured"
        note(f"the failure destination of {router.name} {found}: only the delivery DLQ is looked at (else: --bucket)")
    return stores


def _queue_url(sqs: Any, name: str, what_to_do: str) -> str:
    try:
        return str(sqs.get_queue_url(QueueName=name)["QueueUrl"])
    except sqs.exceptions.QueueDoesNotExist as error:
        raise StoreError(f"queue {name!r} is not there in {sqs.meta.region_name}; {what_to_do}") from error


def _each(
    stores: Sequence[Store], limit: int | None, deal_with: Callable[[Store, DeadLetter], Report], reports: list[Report]
) -> bool:
    """Add a report of everything that is held; make visible again what stays, however this ends.

    Returns:
        Whether more is held than ``limit``.
    """
    try:
        for store in stores:
            for dead_letter in store.messages():
                if len(reports) == limit:
                    return True
                reports.append(deal_with(store, dead_letter))
        return False
    finally:
        for store in stores:
            store.release()


def _exit_code(reports: Sequence[Report], stores: Sequence[Store], *, send: bool, more: bool) -> int:
    """1 where something stays, or could not be sent; what others read at the moment stays, as far as is known."""
    in_flight = sum(store.in_flight for store in stores if isinstance(store, SqsStore))
    if in_flight:
        note(f"another reader had about {in_flight} messages, which were not seen: run this again in some minutes")
    if not send:
        return int(any(report.refused for report in reports))
    return int(more or in_flight > 0 or not all(report.deleted for report in reports))


def _looked_at(dead_letter: DeadLetter, content: ParsedPayload, router: DeployedRouter) -> Report:
    """What the event is, as the router would read it; nothing is sent."""
    report = Report(
        store=dead_letter.store,
        id=dead_letter.id,
        stored_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(dead_letter.since)),
        format=content.format,
        status=content.refusal or "IGNORED",
        reason=content.reason,
        error=content.error,
    )
    if content.format == "unreadable":
        return report
    held = list(deliveries(content.payload, ""))
    if not held:
        return dataclasses.replace(report, status="UNREADABLE", reason="found no records, expected at least one")
    for delivery in held:
        try:
            event = read_event(delivery, router.settings.approvals_topic_arn)
        except EventError as error:
            report = dataclasses.replace(
                report, status=content.refusal or "UNREADABLE", reason=content.reason or str(error)
            )
            continue
        job = {"job_name": event.job_name, "job_run_id": event.job_run_id}
        report = dataclasses.replace(
            report, jobs=(*report.jobs, job), warnings=(*report.warnings, *(() if content.refusal else event.warnings))
        )
        if report.status == "IGNORED":
            report = dataclasses.replace(report, status=_meaning(event))
    if report.status == "IGNORED":
        return dataclasses.replace(
            report, reason="the router would ignore it: no status SUCCESS, no decision that counts"
        )
    return report


def _meaning(event: JobEvent) -> str:
    if event.replay is not None:
        return "REPLAY"
    return {"on_success": "SUCCESS", "on_approval": "APPROVAL", None: "IGNORED"}[event.event_kind]


def _sent(
    report: Report, dead_letter: DeadLetter, content: ParsedPayload, router: DeployedRouter, store: Store
) -> Report:
    """Invoke the router, and delete the event if every record of it was dealt with."""
    try:
        records = router.invoke(content.payload)
    except (RouterFailedError, ClientError, BotoCoreError) as error:
        return dataclasses.replace(report, status="FAILED", reason=str(error))
    found = {str(record.get("status")) for record in records}
    if not found or not found <= _DEALT_WITH:
        return dataclasses.replace(report, status="FAILED", reason=f"the router answered {records!r:.200}")
    first = next(status for status in ("STARTED", "DUPLICATE", "IGNORED") if status in found)
    executions = [one for record in records for one in record.get("executions", [])]
    rejected = [one for record in records for one in record.get("rejected", [])]
    report = dataclasses.replace(
        report,
        status="STARTED" if first == "STARTED" else first,
        reason="; ".join(record["reason"] for record in records if record.get("reason")),
        executions=tuple(one["name"] for one in executions),
        warnings=(
            *(warning for record in records for warning in record.get("warnings", [])),
            *(f"rejected: {one['name']}: {one['Error']}: {one['Cause']}" for one in rejected),
        ),
    )
    try:
        store.delete(dead_letter)
    except (ClientError, BotoCoreError) as error:
        warning = f"it could not be deleted from {dead_letter.store}, and is a duplicate the next time: {error}"
        return dataclasses.replace(report, warnings=(*report.warnings, warning))
    return dataclasses.replace(report, deleted=True)
