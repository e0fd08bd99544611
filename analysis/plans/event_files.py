"""Reads events from files: one JSON object a file, JSON Lines, or a folder of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from orchestration.errors import EventError

_SUFFIXES = (".json", ".jsonl")
EVENT, EXPECTED = ".event.json", ".expected.json"
"""Suffixes of a test case's event and of its expected result."""


def read_events(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Name and text of each event; of a JSON Lines file the name has the line's number.

    Raises:
        EventError: a path does not exist, cannot be read, or has no events.
    """
    for path in paths:
        found = list(_events(path))
        if not found:
            raise EventError(f"{path}: has no events. Name a .json file, a .jsonl file, or a folder of them.")
        yield from found


def _events(path: Path) -> Iterator[tuple[str, str]]:
    try:
        files = sorted(one for one in path.iterdir() if one.suffix in _SUFFIXES) if path.is_dir() else None
    except OSError as error:
        raise EventError(f"{path}: {error.strerror}. Name a readable folder.") from error
    if files is not None:
        for file in files:
            # A folder of test cases has an expected result for each event.
            if not file.name.endswith(EXPECTED):
                yield from _events(file)
        return
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise EventError(f"{path}: {error.strerror}. Name a readable file.") from error
    except UnicodeDecodeError as error:
        raise EventError(f"{path}: is not UTF-8 (byte {error.start}).") from error
    if path.suffix != ".jsonl":
        yield str(path), text
        return
    # Not splitlines: a text in JSON may contain U+2028 and other line ends of Unicode.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield f"{path}:{number}", line
