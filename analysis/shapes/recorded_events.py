"""Reads recorded events from folders: events of test cases, JSON Lines, and inputs of executions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from analysis.plans.event_files import EXPECTED, read_events
from analysis.shapes.shape import EventShape
from analysis.shapes.unknown_paths import Shapes
from orchestration.errors import EventError
from orchestration.event.job_event import Delivery, read_event
from orchestration.event.kinds import EVENT_KINDS, JOIN_KINDS, EventKind
from orchestration.values import strictjson
from orchestration.values.strictjson import object_at

_SUFFIXES = (".json", ".jsonl")
_KINDS: dict[str, EventKind] = {kind: kind for kind in (*EVENT_KINDS, *JOIN_KINDS)}


def recorded_events(paths: Iterable[Path]) -> tuple[Shapes, list[str]]:
    """The events of files and folders with their subfolders, and a line for each file that is not an event.

    An input of an execution has its event and the event's kind. A test case may have an event that the router refuses, so a
    wrong file is not an error.

    Raises:
        EventError: a path does not exist, cannot be read, or has no events.
    """
    shapes: Shapes = defaultdict(list)
    left_out = []
    for source, written in read_events(_files(paths)):
        try:
            text, kind = _event(written)
            event = read_event(Delivery(source=source, body=text, topic_arn="(SNS)"))
        except (EventError, strictjson.StrictJSONError) as error:
            left_out.append(f"{source}: {str(error).removeprefix(f'{source}: ')}")
            continue
        kind = kind or event.event_kind
        if kind is not None:
            shapes[event.job_name, kind].append(EventShape(source=source, fields=event.fields, recorded=True))
    return shapes, left_out


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
        events = [file for file in found if not file.name.endswith(EXPECTED)]
        # A folder without events is the reader's error.
        yield from events or [path]


def _event(text: str) -> tuple[str, EventKind | None]:
    """The event's text, and its kind if the file is the input of an execution."""
    value = strictjson.loads(text)
    if not isinstance(value, dict) or not isinstance(value.get("event"), dict) or "triggers" not in value:
        return text, None
    if strictjson.first_invalid(value["event"]) is not None:
        return text, None  # the reader refuses it
    return strictjson.dumps(value["event"]), _KINDS.get(str(object_at(value, "routing").get("event_kind")))
