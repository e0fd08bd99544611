"""Redrives dead letters: sends the events of the delivery DLQ and the failure destination through the router again.

A crash or Ctrl-C loses nothing. A dead letter is deleted only after the router answered, and an event that was sent but not
deleted is a duplicate in the next run.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from operations.repair.dead_letter_stores import ReceiveSettings, S3Store, SqsStore, Store, StoreError
from operations.repair.dead_letters import DeadLetter, ParsedPayload, parse_payload
from operations.stack.deployed_router import DeployedRouter, RouterFailedError
from orchestration.errors import EventError
from orchestration.event.job_event import JobEvent, deliveries, read_event

_HANDLED = ("STARTED", "JOINED", "DUPLICATE", "FOLLOWED", "NOT_STARTED", "DRY_RUN", "IGNORED")
"""Record statuses of the router after which an event needs no dead letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveReport:
    """One dead letter.

    Attributes:
        store: name of the queue, or ``s3://`` and the bucket.
        id: id of the message, or the object's key.
        stored_at: time at which SNS or Lambda stored it, UTC.
        payload_format: format of the body.
        status: ``PENDING`` if the router would start it; ``IGNORED``, ``UNREADABLE`` or ``TOPIC_UNKNOWN`` otherwise. After the
            redrive: the router's record status, or ``FAILED``.
        event_kind: ``on_success``, ``on_approval``, ``replay`` for a replay request, or empty.
        reason: reason of the status, and what to do.
        error: error that made it a dead letter, if known.
        jobs: ``{job_name, job_run_id}`` of each readable record.
        executions: names of the executions that it started or that already existed.
        deleted: True after it was deleted from its store.
    """

    store: str
    id: str
    stored_at: str
    payload_format: str
    status: str
    event_kind: str = ""
    reason: str = ""
    error: str = ""
    jobs: tuple[dict[str, str], ...] = ()
    executions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    deleted: bool = False

    @property
    def invalid(self) -> bool:
        """True if it cannot be sent, or if the router would refuse it."""
        return self.status in ("UNREADABLE", "TOPIC_UNKNOWN")


@dataclass(slots=True, kw_only=True)
class Redrive:
    """The dead letters of one router.

    Attributes:
        router: the router that receives the events.
        stores: the delivery DLQ, then the failure destination.
        topic: source topic of messages that do not record one, or empty.
        limit: maximum number of dead letters, or None for all.
        warnings: stores that are not read, with the reason.
        more: True if the stores have more dead letters than ``limit``.
    """

    router: DeployedRouter
    stores: Sequence[Store]
    topic: str = ""
    limit: int | None = None
    warnings: tuple[str, ...] = ()
    more: bool = False

    @classmethod
    def open(  # noqa: PLR0913 - one parameter an option
        cls,
        router: DeployedRouter,
        receive: ReceiveSettings,
        *,
        queue: str = "",
        bucket: str = "",
        topic: str = "",
        limit: int | None = None,
    ) -> Redrive:
        """Open both stores before anything is sent.

        Args:
            router: the deployed router.
            receive: how to receive messages.
            queue: URL of the delivery DLQ; by default the queue ``<function>-delivery-dlq``.
            bucket: bucket of failed invocations; by default the function's failure destination.
            topic: source topic of messages that do not record one.
            limit: maximum number of dead letters.

        Raises:
            StoreError: a store does not exist, or access is denied.
        """
        sqs = boto3.client("sqs", region_name=router.region)
        delivery = queue or _queue_url(sqs, f"{router.name}-delivery-dlq", "Name the delivery DLQ with --queue URL.")
        stores: list[Store] = [SqsStore.open(sqs, delivery, receive)]
        warnings: tuple[str, ...] = ()
        destination = f"arn:aws:s3:::{bucket}" if bucket else router.failure_destination()
        service, name = (destination.split(":")[2], destination.rsplit(":", 1)[-1]) if destination else ("", "")
        if service == "s3":
            stores.append(S3Store.open(boto3.client("s3", region_name=router.region), name, router.name))
        elif service == "sqs":
            url = _queue_url(sqs, name, f"{router.name} names it as its failure destination. Create it again.")
            if url != delivery:  # one queue may serve as both
                stores.append(SqsStore.open(sqs, url, receive))
        else:
            found = f"is {destination}, which stores no events" if destination else "is not configured"
            warnings = (f"failure destination of {router.name}: {found}. Only the delivery DLQ is read; see --bucket.",)
        return cls(router=router, stores=stores, topic=topic, limit=limit, warnings=warnings)

    @property
    def in_flight(self) -> int:
        """Approximate number of messages that another reader had received when the queues were opened."""
        return sum(store.in_flight for store in self.stores if isinstance(store, SqsStore))

    def preview(self) -> Generator[RedriveReport]:
        """Report each dead letter and change nothing."""
        for _, dead_letter in self._read(None):
            yield self._preview(dead_letter, parse_payload(dead_letter, self.router.name, self.topic))

    def send(self, only: Collection[str] | None = None) -> Generator[RedriveReport]:
        """Send each dead letter through the router, and delete those that the router handled.

        Args:
            only: ids to send; others stay unchanged. None for all.
        """
        for store, dead_letter in self._read(only):
            payload = parse_payload(dead_letter, self.router.name, self.topic)
            report = self._preview(dead_letter, payload)
            yield report if payload.refusal else self._send(report, dead_letter, payload, store)

    def _read(self, only: Collection[str] | None) -> Iterator[tuple[Store, DeadLetter]]:
        """Yield each dead letter once; afterwards, however this ends, other readers see those that remain."""
        count = 0
        try:
            for store in self.stores:
                for dead_letter in store.messages():
                    if only is not None and dead_letter.id not in only:
                        continue
                    if count == self.limit:
                        self.more = True
                        return
                    count += 1
                    yield store, dead_letter
        finally:
            for store in self.stores:
                store.release()

    def _preview(self, dead_letter: DeadLetter, payload: ParsedPayload) -> RedriveReport:
        """Read the event as the router would read it."""
        report = RedriveReport(
            store=dead_letter.store,
            id=dead_letter.id,
            stored_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(dead_letter.stored_at)),
            payload_format=payload.format,
            status=payload.refusal or "IGNORED",
            reason=payload.reason,
            error=payload.error,
        )
        if payload.format == "unreadable":
            return report
        records = list(deliveries(payload.payload, ""))
        if not records:
            return dataclasses.replace(report, status="UNREADABLE", reason="found no records, expected at least one")
        for record in records:
            try:
                event = read_event(record, self.router.settings.approvals_topic_arn)
            except EventError as error:
                refusal, reason = payload.refusal or "UNREADABLE", payload.reason or f"{record.source}: {error}"
                report = dataclasses.replace(report, status=refusal, reason=reason)
                continue
            job = {"job_name": event.job_name, "job_run_id": event.job_run_id}
            warnings = () if payload.refusal else event.warnings
            report = dataclasses.replace(report, jobs=(*report.jobs, job), warnings=(*report.warnings, *warnings))
            kind = _event_kind(event)
            if kind and not report.event_kind:
                status = "PENDING" if report.status == "IGNORED" else report.status
                report = dataclasses.replace(report, event_kind=kind, status=status)
        if report.status == "IGNORED":
            reason = "the router would ignore it: no status SUCCESS, and no decision APPROVED from the approvals topic"
            return dataclasses.replace(report, reason=reason)
        return report

    def _send(
        self, report: RedriveReport, dead_letter: DeadLetter, payload: ParsedPayload, store: Store
    ) -> RedriveReport:
        """Invoke the router, and delete the dead letter if the router handled every record of it."""
        try:
            records = self.router.invoke(payload.payload)
        except (RouterFailedError, ClientError, BotoCoreError) as error:
            return dataclasses.replace(report, status="FAILED", reason=str(error))
        found = {str(record.get("status")) for record in records}
        if not found or not found <= set(_HANDLED):
            return dataclasses.replace(
                report,
                status="FAILED",
                reason=f"the router processed no record, so the event stays in its store. It answered {records!r:.200}",
            )
        joins = [join for record in records for join in record.get("joins", [])]
        executions = [one for record in (*records, *joins) for one in record.get("executions", [])]
        rejected = [one for record in records for one in record.get("rejected", [])]
        report = dataclasses.replace(
            report,
            status=next(status for status in _HANDLED if status in found),
            reason="; ".join(record["reason"] for record in records if record.get("reason")),
            executions=tuple(one["name"] for one in executions),
            warnings=(
                *(warning for record in records for warning in record.get("warnings", [])),
                *(join["warning"] for join in joins if "warning" in join),
                *(f"rejected: {one['name']}: {one['Error']}: {one['Cause']}" for one in rejected),
            ),
        )
        try:
            store.delete(dead_letter)
        except (ClientError, BotoCoreError) as error:
            warning = f"not deleted from {dead_letter.store}: {error}. The next redrive reports it as a duplicate."
            return dataclasses.replace(report, warnings=(*report.warnings, warning))
        return dataclasses.replace(report, deleted=True)


def _event_kind(event: JobEvent) -> str:
    return "replay" if event.replay is not None else event.event_kind or ""


def _queue_url(sqs: Any, name: str, what_to_do: str) -> str:
    try:
        return str(sqs.get_queue_url(QueueName=name)["QueueUrl"])
    except sqs.exceptions.QueueDoesNotExist as error:
        raise StoreError(f"queue {name!r}: does not exist in {sqs.meta.region_name}. {what_to_do}") from error
