"""Reads a job event from a file and from the options of ``orchestrator publish``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cli.io import read_text
from orchestration.errors import EventError
from orchestration.values import strictjson


def event_fields(
    file: Path | None, job: str, run_id: str, objects: dict[str, list[str]], more: list[str]
) -> dict[str, Any]:
    """The event of the file with the options' fields, which have priority.

    Args:
        file: JSON file with an event, or None.
        job: ``job_name``; empty: the file's.
        run_id: ``job_run_id``; empty: the file's.
        objects: fields of ``artifacts`` and ``metrics``, each as NAME=VALUE.
        more: other fields, each as NAME=VALUE. The value is JSON, else text.

    Raises:
        EventError: an option or the file cannot be read.
    """
    if file is None and not (job and run_id):
        raise EventError("publish: name a file, or --job and --run-id.")
    fields = {} if file is None else _read(file)
    fields |= {name: value for name, value in (("job_name", job), ("job_run_id", run_id)) if value}
    for name, options in objects.items():
        if options:
            before = fields.get(name)
            fields[name] = (before if isinstance(before, dict) else {}) | dict(map(_pair, options))
    return fields | dict(map(_pair, more))


def _read(file: Path) -> dict[str, Any]:
    try:
        given = strictjson.loads(read_text(file))
    except strictjson.StrictJSONError as error:
        raise EventError(f"{file}: {error}.") from error
    if not isinstance(given, dict):
        raise EventError(f"{file}: expected a JSON object with job_name and job_run_id.")
    return given


def _pair(option: str) -> tuple[str, Any]:
    name, equals, text = option.partition("=")
    if not name or not equals:
        raise EventError(f"{option!r}: expected NAME=VALUE.")
    try:
        return name, strictjson.loads(text)
    except strictjson.StrictJSONError:
        return name, text


def event_text(fields: dict[str, Any]) -> str:
    """The event as JSON text.

    Raises:
        EventError: a value is not plain JSON.
    """
    wrong = strictjson.first_invalid(strictjson.bounded(fields))
    if wrong is not None:
        raise EventError(f"the event: found {wrong.reason}, expected plain JSON.")
    return strictjson.dumps(fields)
