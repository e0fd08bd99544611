"""Reads events from files: one JSON object a file, JSON Lines, or a folder of both."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis.plans.envelopes import Contained, contained_events
from orchestration.errors import EventError

_SUFFIXES = (".json", ".jsonl")
EVENT, EXPECTED = ".event.json", ".expected.json"
"""Suffixes of a test case's event and of its expected result."""

BOM_NOTE = (
    "starts with a byte order mark (BOM), which is left out. Save the file without it: SNS filters such a message"
)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventText:
    """An event of a file, not parsed yet.

    Attributes:
        source: name for people: the file, the line of a JSON Lines file, the place in an envelope.
        text: the event as JSON, without a byte order mark and without envelopes.
        notes: differences between the file and the text.
    """

    source: str
    text: str
    notes: tuple[str, ...] = ()


def read_events(paths: Iterable[Path]) -> Iterator[EventText]:
    """Each event of the files and folders.

    Raises:
        EventError: a path does not exist, cannot be read, or has no events.
    """
    for path in paths:
        found = list(_events(path))
        if not found:
            raise EventError(f"{path}: has no events. Name a .json file, a .jsonl file, or a folder of them.")
        yield from found


def events_of(source: str, data: bytes, *, lines: bool = False) -> list[EventText]:
    """The events in the bytes of a file.

    Args:
        source: name of the file for people.
        data: its content.
        lines: each line is a document (JSON Lines).

    Raises:
        EventError: the bytes are not UTF-8, or an envelope has something else than events.
    """
    text = decoded(source, data)
    notes = (BOM_NOTE,) if data.startswith(codecs.BOM_UTF8) else ()
    if not lines:
        return _documents(source, text, notes)
    found: list[EventText] = []
    # Not splitlines: a text in JSON may contain U+2028 and other line ends of Unicode.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            found += _documents(f"{source}:{number}", line, notes if number == 1 else ())
    return found


def only_event(source: str, data: bytes) -> EventText:
    """The event in the bytes of a file that may have an envelope, but no second event.

    Raises:
        EventError: as ``events_of``, or the file has several events.
    """
    events = events_of(source, data)
    if len(events) > 1:
        places = ", ".join(event.source.removeprefix(f"{source}#") for event in events[:3])
        raise EventError(
            f"{source}: has {len(events)} events ({places}{', ...' if len(events) > 3 else ''}), expected one. Save the one that "
            "you mean. The command plan shows all of them."
        )
    return events[0]


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        EventError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise EventError(f"{path}: {error.strerror}. Name a readable file.") from error


def decoded(source: str, data: bytes) -> str:
    """The text of a file in UTF-8, without a byte order mark.

    Raises:
        EventError: the bytes are not UTF-8.
    """
    if data.startswith(_UTF_16):
        raise EventError(f"{source}: is not UTF-8 but UTF-16. Save the file again as UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise EventError(f"{source}: is not UTF-8 (byte {error.start}).") from error


def _documents(source: str, text: str, notes: tuple[str, ...]) -> list[EventText]:
    try:
        events = contained_events(text)
    except EventError as error:
        raise EventError(f"{source}: {error}") from error
    return [_event_text(source, event, notes) for event in events]


def _event_text(source: str, event: Contained, notes: tuple[str, ...]) -> EventText:
    if not event.place:
        return EventText(source=source, text=event.text, notes=notes)
    note = f"is {' in '.join(reversed(event.envelopes))}. The event is the content of {event.place}"
    return EventText(source=f"{source}#{event.place}", text=event.text, notes=(*notes, note))


def _events(path: Path) -> Iterator[EventText]:
    try:
        files = sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES) if path.is_dir() else None
    except OSError as error:
        raise EventError(f"{path}: {error.strerror}. Name a readable folder.") from error
    if files is None:
        yield from events_of(str(path), read_bytes(path), lines=path.suffix == ".jsonl")
        return
    for file in files:
        # A folder of test cases has an expected result for each event.
        if not file.name.endswith(EXPECTED):
            yield from _events(file)
