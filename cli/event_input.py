"""Reads the events that a command is given, and prints how they differ from their files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.io import read_bytes
from orchestration.errors import EventError
from orchestration.log_lines import single_line

if TYPE_CHECKING:
    from analysis.plans.event_files import EventText
    from analysis.shapes.unknown_paths import Shapes


def read_event_files(paths: Iterable[Path]) -> list[EventText]:
    """Each event of files, folders and, for ``-``, standard input.

    Raises:
        InputFileError, EventError: an input cannot be read, or has no events.
    """
    from analysis.plans.event_files import events_of, read_events  # noqa: PLC0415 - --help does not need it

    events: list[EventText] = []
    for path in paths:
        events += events_of("-", read_bytes(path)) if str(path) == "-" else read_events([path])
    print_notes(events)
    return events


def read_event_file(path: Path) -> EventText:
    """The only event of a file, or of standard input for ``-``.

    Raises:
        InputFileError, EventError: it cannot be read, or has several events.
    """
    from analysis.plans.event_files import only_event  # noqa: PLC0415 - --help does not need it

    event = only_event(str(path), read_bytes(path))
    print_notes([event])
    return event


def read_known_events(paths: Sequence[Path]) -> Shapes:
    """The events of ``--events``; files that are not events are listed on the error output.

    Raises:
        EventError: a path cannot be read, or no event is of a job and kind that a configuration follows.
    """
    from analysis.shapes.recorded_events import recorded_events  # noqa: PLC0415 - no other option needs it

    shapes, left_out = recorded_events(paths)
    for line in left_out:
        typer.echo(f"orchestrator: not a job event, left out: {single_line(line)}", err=True)
    if not shapes:
        raise EventError(f"--events {paths[0]}: has no event that a workflow or join could receive.")
    return shapes


def print_notes(events: Sequence[EventText]) -> None:
    """Print each note once on standard error, with the number of further events that it is about."""
    about: dict[str, list[str]] = {}
    for event in events:
        for note in event.notes:
            about.setdefault(note, []).append(event.source.partition("#")[0])
    for note, sources in about.items():
        more = f" and {len(sources) - 1} more" if len(sources) > 1 else ""
        typer.echo(f"orchestrator: {sources[0]}{more}: {note}.", err=True)
