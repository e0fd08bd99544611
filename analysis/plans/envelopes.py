"""Takes job events out of the envelopes in which AWS services deliver them.

People save what a queue, a log or a failure bucket has. The router reads the envelopes of SNS only, so these files are no
input for it as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from orchestration.errors import EventError
from orchestration.values import strictjson
from orchestration.values.strictjson import Json, JsonObject

_DEPTH = 4
"""Envelopes around one event: an SQS record of a failure destination has four."""


@dataclass(frozen=True, slots=True)
class Contained:
    """An event within a document.

    Attributes:
        text: the event, as it was published.
        place: path in the document; empty if the document is the event.
        envelopes: names of the envelopes around it, outermost first.
    """

    text: str
    place: str = ""
    envelopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Envelope:
    """One kind of envelope.

    Attributes:
        name: name for people.
        marker: text that every such document has.
        contents: path and content of each event in a document; None if the document is not of this kind.
    """

    name: str
    marker: str
    contents: Callable[[JsonObject], list[tuple[str, Json]] | None]


def contained_events(text: str) -> list[Contained]:
    """The events in a document; a document without an envelope is one event.

    Raises:
        EventError: an envelope has no events, or something else than events. The text names the place.
    """
    if not any(envelope.marker in text for envelope in _ENVELOPES):
        return [Contained(text)]
    return list(_open(text, "", ()))


def _open(content: Json, place: str, names: tuple[str, ...]) -> Iterator[Contained]:
    value = _parsed(content) if isinstance(content, str) else content
    envelope, contents = _envelope(value) if len(names) < _DEPTH else (None, [])
    if envelope is None:
        yield Contained(content if isinstance(content, str) else _text(content, place), place, names)
        return
    if not contents:
        raise EventError(f"{place or envelope.name}: {envelope.name} without events. Name a file with an event.")
    for path, inner in contents:
        yield from _open(inner, f"{place}.{path}" if place else path, (*names, envelope.name))


def _envelope(value: Json) -> tuple[_Envelope | None, list[tuple[str, Json]]]:
    if isinstance(value, dict) and "job_name" not in value:
        for envelope in _ENVELOPES:
            contents = envelope.contents(value)
            if contents is not None:
                return envelope, contents
    return None, []


def _parsed(text: str) -> Json:
    try:
        return strictjson.loads(text)
    except strictjson.StrictJSONError:
        return None  # The reader of the event reports it.


def _text(value: Json, place: str) -> str:
    invalid = strictjson.first_invalid(strictjson.bounded(value))
    if invalid is not None:
        raise EventError(f"{place}: found {invalid.reason}, expected plain JSON.")
    return strictjson.dumps(value)


def _notification(value: JsonObject) -> list[tuple[str, Json]] | None:
    """Source: docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html."""
    message = value.get("Message")
    return [("Message", message)] if value.get("Type") == "Notification" and isinstance(message, str) else None


def _records(value: JsonObject) -> list[tuple[str, Json]] | None:
    """Source: docs.aws.amazon.com/lambda/latest/dg/with-sns.html and with-sqs.html."""
    records = value.get("Records")
    if not isinstance(records, list):
        return None
    return [_record(f"Records[{number}]", record) for number, record in enumerate(records)]


def _record(place: str, record: Json) -> tuple[str, Json]:
    fields = record if isinstance(record, dict) else {}
    message = strictjson.object_at(fields, "Sns").get("Message")
    if isinstance(message, str):
        return f"{place}.Sns.Message", message
    body = fields.get("body")
    if fields.get("eventSource") == "aws:sqs" and isinstance(body, str):
        return f"{place}.body", body
    source = fields.get("eventSource", fields.get("EventSource", "nothing"))
    raise EventError(f"{place}: found a record of {source!r:.40}, expected one of SNS or SQS with a job event.")


def _received(value: JsonObject) -> list[tuple[str, Json]] | None:
    """Source: docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html."""
    messages = value.get("Messages")
    if not isinstance(messages, list):
        return None
    bodies = [message.get("Body") if isinstance(message, dict) else None for message in messages]
    return [(f"Messages[{number}].Body", body) for number, body in enumerate(bodies)]


def _detail(value: JsonObject) -> list[tuple[str, Json]] | None:
    """Source: docs.aws.amazon.com/eventbridge/latest/userguide/eb-events.html."""
    detail = value.get("detail")
    return [("detail", detail)] if "detail-type" in value and isinstance(detail, dict) else None


def _failed_invocation(value: JsonObject) -> list[tuple[str, Json]] | None:
    """Source: docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html."""
    return [("requestPayload", value["requestPayload"])] if isinstance(value.get("requestPayload"), dict) else None


def _execution_input(value: JsonObject) -> list[tuple[str, Json]] | None:
    event = value.get("event")
    return [("event", event)] if isinstance(event, dict) and {"triggers", "routing"} <= value.keys() else None


_ENVELOPES = (
    _Envelope("an SNS notification", '"Message"', _notification),
    _Envelope("a Lambda event with records", '"Records"', _records),
    _Envelope("an answer of SQS", '"Messages"', _received),
    _Envelope("an EventBridge event", '"detail-type"', _detail),
    _Envelope("a failed invocation of Lambda", '"requestPayload"', _failed_invocation),
    _Envelope("an execution input", '"routing"', _execution_input),
)
