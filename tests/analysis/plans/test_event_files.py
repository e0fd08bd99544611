"""Events of files, JSON Lines and folders, with names for people; unusable paths are one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.plans.event_files import read_events
from orchestration.errors import EventError


def test_file_is_one_event(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text('\ufeff{"a":\n 1}')
    assert list(read_events([path])) == [(str(path), '{"a":\n 1}')]


def test_each_line_is_an_event_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"a": 1}\n\n{"b": "x\u2028y"}\n')
    assert list(read_events([path])) == [(f"{path}:1", '{"a": 1}'), (f"{path}:3", '{"b": "x\u2028y"}')]


def test_folder_has_events_but_no_expected_results(tmp_path: Path) -> None:
    for name in ("b.json", "a.event.json", "a.expected.json", "notes.txt", "c.jsonl"):
        (tmp_path / name).write_text("{}")
    assert [Path(name).name for name, _ in read_events([tmp_path])] == ["a.event.json", "b.json", "c.jsonl:1"]


def test_several_paths_are_read_in_order(tmp_path: Path) -> None:
    paths = [tmp_path / "b.json", tmp_path / "a.json"]
    for path in paths:
        path.write_text("{}")
    assert [name for name, _ in read_events(paths)] == [str(path) for path in paths]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.json", None, "No such file or directory. Name a readable file."),
        ("bad.json", b"\xff", "is not UTF-8 (byte 0)."),
        ("empty.jsonl", b"\n\n", "has no events. Name a .json file, a .jsonl file, or a folder of them."),
        ("folder", b"", "has no events."),
    ],
)
def test_unusable_path_is_one_line(tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(EventError) as failed:
        list(read_events([path]))
    assert str(failed.value).startswith(f"{path}: ")
    assert words in str(failed.value)
