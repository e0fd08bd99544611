"""Reads an SNS record or a direct payload into one ``JobEvent``.

A job event has two required fields, ``job_name`` and ``job_run_id``. All other fields are free-form, and templates read
them by dot path.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from orchestration.errors import EventError
from orchestration.event.kinds import JOIN_DEADLINE, REPLAY, EventKind
from orchestration.values import strictjson
from orchestration.values.shell import command
from orchestration.values.strictjson import Json, JsonObject

if TYPE_CHECKING:
    from orchestration.event.replay_request import Replay

MAX_WAIT_SECONDS = 60
MAX_HOPS = 20
"""Links of a chain of events that the state machine published. A cycle would have no end."""
_WAIT, _HOPS = "$wait_seconds", "hops"


MAX_JOB_NAME, MAX_JOB_RUN_ID = 256, 512
"""Characters of the two ids, which travel several times in one execution input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """One upstream job's completion or approval.

    Attributes:
        fields: the whole event as published, without the reserved ``$…`` fields.
        event_kind: list of the workflow that applies, or None if the event starts nothing.
    """

    job_name: str
    job_run_id: str
    event_kind: EventKind | None
    fields: JsonObject
    replay: Replay | None = None
    wait_seconds: float = 0.0
    warnings: tuple[str, ...] = ()

    @property
    def hops(self) -> int:
        """Number of state machines' events before this one in a chain; 0 for an event that a job published."""
        hops = self.fields.get(_HOPS)
        return hops if type(hops) is int and hops > 0 else 0

    @property
    def artifacts(self) -> JsonObject:
        """Artifacts of the upstream job; empty if the event has none."""
        artifacts = self.fields.get("artifacts")
        return artifacts if isinstance(artifacts, dict) else {}

    @property
    def metrics(self) -> JsonObject:
        """Metrics of the upstream job; empty if the event has none."""
        metrics = self.fields.get("metrics")
        return metrics if isinstance(metrics, dict) else {}


class Delivery(NamedTuple):
    """One message of an invocation, not parsed yet, so that an invalid one cannot stop the others.

    Attributes:
        source: ``SNS message <id>`` or ``direct invocation``, for logs and errors.
        body: JSON text from SNS, or the payload of a direct invocation; None if the record is not an SNS record.
        topic_arn: the SNS topic, or empty.
        delivery_id: unique for every delivery, also of the same message: the Lambda's request id, with the record's
            number if the invocation has several records.
        not_sns: the record is not an SNS record. ``read_event`` refuses it.
    """

    source: str
    body: Json
    topic_arn: str = ""
    delivery_id: str = ""
    not_sns: bool = False

    @property
    def from_sns(self) -> bool:
        """True if SNS delivered it. SNS publishers cannot replay or wait."""
        return bool(self.topic_arn)


def deliveries(payload: Json, request_id: str) -> Iterator[Delivery]:
    """Split an invocation's payload into its messages.

    Source: docs.aws.amazon.com/lambda/latest/dg/with-sns.html (the record's shape).
    """
    records = payload.get("Records") if isinstance(payload, dict) and "job_name" not in payload else None
    if not isinstance(records, list):
        yield Delivery(source="direct invocation", body=payload, delivery_id=request_id)
        return
    for number, record in enumerate(records):
        delivery_id = request_id if len(records) == 1 else f"{request_id}#{number}"
        sns = record.get("Sns") if isinstance(record, dict) else None
        if not (isinstance(sns, dict) and isinstance(sns.get("Message"), str) and sns.get("TopicArn")):
            yield Delivery(source=f"Records[{number}]", body=None, delivery_id=delivery_id, not_sns=True)
            continue
        yield Delivery(
            source=f"SNS message {sns.get('MessageId', '(no id)')}",
            body=sns["Message"],
            topic_arn=str(sns["TopicArn"]),
            delivery_id=delivery_id,
        )


def read_event(delivery: Delivery, approvals_topic_arn: str = "") -> JobEvent:
    """Parse and check one delivery.

    Args:
        delivery: the message.
        approvals_topic_arn: if given, a ``decision`` from another topic is ignored.

    Raises:
        EventError: the message is not a job event; the error gives the value found and the values accepted.
    """
    fields = _fields(delivery)
    _refuse_deadline(fields, delivery)
    job_name = _required_text(fields, "job_name", MAX_JOB_NAME)
    job_run_id = _required_text(fields, "job_run_id", MAX_JOB_RUN_ID)
    for name in ("artifacts", "metrics"):
        if not isinstance(fields.get(name), dict | None):
            raise EventError(f"event field {name!r}: found {_kind(fields[name])}, expected an object")
    replay, wait = fields.pop(REPLAY, None), fields.pop(_WAIT, None)
    warnings: list[str] = []
    if delivery.from_sns and replay is not None:
        raise EventError(
            f"event field '{REPLAY}': found in a message from SNS topic {delivery.topic_arn}, but a replay must be a direct "
            "invocation. Run: orchestrator replay EXECUTION_NAME"
        )
    if delivery.from_sns and wait is not None:
        warnings.append(f"event field '{_WAIT}' was ignored: it needs a direct invocation")
        wait = None
    decision_counts = not delivery.from_sns or approvals_topic_arn in ("", delivery.topic_arn)
    if fields.get("decision") == "APPROVED" and not decision_counts:
        warnings.append(
            f"decision APPROVED was ignored: it came from {delivery.topic_arn}, not from {approvals_topic_arn}"
        )
    _refuse_endless_chain(fields)
    return JobEvent(
        job_name=job_name,
        job_run_id=job_run_id,
        event_kind=_event_kind(fields, decision_counts=decision_counts),
        fields=fields,
        replay=None if replay is None else _read_replay(replay),
        wait_seconds=0.0 if wait is None else _read_wait(wait),
        warnings=tuple(warnings),
    )


def _fields(delivery: Delivery) -> JsonObject:
    if delivery.not_sns:
        raise EventError(
            "not an SNS record, expected one with Sns.Message and Sns.TopicArn. Subscribe the router to SNS topics only, or "
            "invoke it with the event itself"
        )
    # The Lambda runtime parsed a direct payload leniently, so it is parsed again strictly.
    try:
        text = str(delivery.body) if delivery.from_sns else json.dumps(delivery.body)
        value = strictjson.bounded(strictjson.loads(text))
    except RecursionError as error:
        raise EventError("event: expected a job event, but it is nested too deeply") from error
    except strictjson.StrictJSONError as error:
        raise EventError(f"event: expected a job event as JSON, but {error}") from error
    wrong = strictjson.first_invalid(value)
    if wrong is not None:
        raise EventError(f"event: found {wrong.reason}, expected plain JSON")
    if not isinstance(value, dict):
        raise EventError(f"event: found {_kind(value)}, expected a JSON object with job_name and job_run_id")
    return value


def _refuse_deadline(fields: JsonObject, delivery: Delivery) -> None:
    if delivery.from_sns and JOIN_DEADLINE in fields:
        raise EventError(
            f"event field '{JOIN_DEADLINE}': found in a message from SNS topic {delivery.topic_arn}, but only the state machine "
            "of a join's deadline may send it, by a direct invocation. Remove the field"
        )


def _event_kind(fields: JsonObject, *, decision_counts: bool) -> EventKind | None:
    if fields.get("decision") == "APPROVED" and decision_counts:
        return "on_approval"
    return "on_success" if fields.get("status") == "SUCCESS" else None


def _refuse_endless_chain(fields: JsonObject) -> None:
    hops = fields.get(_HOPS)
    if type(hops) is int and hops > MAX_HOPS:
        raise EventError(
            f"event field '{_HOPS}': found {hops}, expected at most {MAX_HOPS}. A chain of published events is this long only "
            f"in a cycle. Remove 'publish' of one trigger in it: {command('graph', options={'--job': str(fields['job_name'])})}"
        )


def _required_text(fields: JsonObject, name: str, length: int) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        found = "nothing" if name not in fields else f"{value!r:.80}"
        raise EventError(f"event field {name!r}: found {found}, expected a non-empty string")
    if len(value) > length:
        raise EventError(
            f"event field {name!r}: found {len(value):,} characters ({value[:40]!r}...), expected at most {length}"
        )
    return value


def _read_replay(value: Json) -> Replay:
    # Imported here: few events are replays, and the module slows the cold start.
    from orchestration.event.replay_request import read_replay  # noqa: PLC0415

    return read_replay(value)


def _read_wait(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_WAIT_SECONDS:
        raise EventError(f"event field '{_WAIT}': found {value!r:.80}, expected a number from 0 to {MAX_WAIT_SECONDS}")
    return float(value)


def _kind(value: Json) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
