"""Reads a job event from a file and from the options of ``orchestrator publish``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cli.event_input import read_event_file
from operations.publishing.options import conflict, named_values
from orchestration.errors import EventError
from orchestration.values import strictjson
from orchestration.values.strictjson import Json, JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOptions:
    """Options that give fields of an event.

    Attributes:
        job: ``job_name``; empty: the file's.
        run_id: ``job_run_id``; empty: the file's.
        approve: the event has the decision APPROVED.
        artifacts: each as NAME=VALUE.
        metrics: each as NAME=VALUE.
        fields: other fields, each as NAME=VALUE.
    """

    job: str = ""
    run_id: str = ""
    approve: bool = False
    artifacts: list[str] = field(default_factory=list)
    metrics: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)


def event_fields(file: Path | None, options: EventOptions) -> JsonObject:
    """The event of the file with the options' fields, which have priority over the file's.

    Args:
        file: JSON file with an event, or None. An event without a file has the status SUCCESS.
        options: the options.

    Raises:
        EventError: an option or the file cannot be read, or two options contradict each other.
    """
    if file is None and not (options.job and options.run_id):
        raise EventError("publish: name a file, or --job and --run-id.")
    fields = {} if file is None else _read(file)
    named: dict[str, tuple[str, Json]] = {}
    for name, option, value in _given(options, fields):
        if name in named and (error := conflict(named[name], (option, value))):
            raise EventError(error)
        named[name] = option, value
    fields |= {name: value for name, (_, value) in named.items()}
    if file is None and not options.approve:
        fields.setdefault("status", "SUCCESS")
    return fields


def _given(options: EventOptions, before: JsonObject) -> Iterator[tuple[str, str, Json]]:
    """Each field of the options: its name, the option as a person writes it, and the value."""
    if options.job:
        yield "job_name", f"--job {options.job}", options.job
    if options.run_id:
        yield "job_run_id", f"--run-id {options.run_id}", options.run_id
    if options.approve:
        yield "decision", "--approve", "APPROVED"
    for name, option, texts in (
        ("artifacts", "--artifact", options.artifacts),
        ("metrics", "--metric", options.metrics),
    ):
        if texts:
            existing = before.get(name)
            if not isinstance(existing, dict | None):
                raise EventError(f"{option}: the file's field {name!r} is not an object. Correct the file.")
            yield name, option, (existing or {}) | named_values(option, texts)
    for name, value in named_values("--field", options.fields).items():
        yield name, f"--field {name}", value


def _read(file: Path) -> JsonObject:
    try:
        given = strictjson.loads(read_event_file(file).text)
    except strictjson.StrictJSONError as error:
        raise EventError(f"{file}: {error}.") from error
    if not isinstance(given, dict):
        raise EventError(f"{file}: expected a JSON object with job_name and job_run_id.")
    return given


def event_text(fields: JsonObject) -> str:
    """The event as JSON text.

    Raises:
        EventError: a value is not plain JSON.
    """
    wrong = strictjson.first_invalid(strictjson.bounded(fields))
    if wrong is not None:
        raise EventError(f"the event: found {wrong.reason}, expected plain JSON.")
    return strictjson.dumps(fields)
