"""Reads recorded events from folders: events of test cases, JSON Lines, and inputs of executions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from analysis.plans.envelopes import contained_events
from analysis.plans.event_files import EXPECTED, decoded, read_bytes
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
    for source, written in _texts(paths):
        try:
            events = [
                (read_event(Delivery(source=source, body=text, topic_arn="(SNS)")), kind)
                for text, kind in _events(written)
            ]
        except (EventError, strictjson.StrictJSONError) as error:
            left_out.append(f"{source}: {str(error).removeprefix(f'{source}: ')}")
            continue
        for event, of_execution in events:
            kind = of_execution or event.event_kind
            if kind is not None:
                shapes[event.job_name, kind].append(EventShape(source=source, fields=event.fields, recorded=True))
    return shapes, left_out


def _texts(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Name and text of each file, and of each line of JSON Lines."""
    for path in _files(paths):
        text = decoded(str(path), read_bytes(path))
        if path.suffix != ".jsonl":
            yield str(path), text
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield f"{path}:{number}", line


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
        events = [file for file in found if not file.name.endswith(EXPECTED)]
        if not events:
            raise EventError(f"{path}: has no events. Name a .json file, a .jsonl file, or a folder of them.")
        yield from events


def _events(text: str) -> list[tuple[str, EventKind | None]]:
    """The texts of the events, without their envelopes; the input of an execution also has the event's kind."""
    value = strictjson.loads(text)
    if not isinstance(value, dict) or not isinstance(value.get("event"), dict) or "triggers" not in value:
        return [(event.text, None) for event in contained_events(text)]
    if strictjson.first_invalid(value["event"]) is not None:
        return [(text, None)]  # the reader refuses it
    event = strictjson.dumps(value["event"])
    return [(event, _KINDS.get(str(object_at(value, "routing").get("event_kind"))))]
