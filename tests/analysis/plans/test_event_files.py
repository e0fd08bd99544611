"""Events of files, JSON Lines and folders, with names for people; unusable paths are one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.plans.event_files import BOM_NOTE, EventText, only_event, read_events
from orchestration.errors import EventError


def test_file_is_one_event(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text('{"a":\n 1}')
    assert list(read_events([path])) == [EventText(source=str(path), text='{"a":\n 1}')]


def test_byte_order_mark_is_left_out_with_a_note() -> None:
    path = Path(__file__).parents[2] / "events" / "bom.event.json"
    (event,) = read_events([path])
    assert path.read_bytes() == b"\xef\xbb\xbf" + event.text.encode()
    assert event.notes == (BOM_NOTE,)


def test_byte_order_mark_of_json_lines_is_the_files(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('\ufeff{"a": 1}\n{"b": 1}\n')
    assert [(event.text, event.notes) for event in read_events([path])] == [('{"a": 1}', (BOM_NOTE,)), ('{"b": 1}', ())]


def test_event_in_an_envelope_names_it(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps({"Type": "Notification", "Message": '{"job_name": "j"}'}))
    (event,) = read_events([path])
    note = "is an SNS notification. The event is the content of Message"
    assert event == EventText(source=f"{path}#Message", text='{"job_name": "j"}', notes=(note,))


def test_nested_envelopes_are_named_from_the_inside(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    body = json.dumps({"Type": "Notification", "Message": '{"job_name": "j"}'})
    path.write_text(json.dumps({"Messages": [{"Body": body}]}))
    (event,) = read_events([path])
    assert event.notes[0].startswith("is an SNS notification in an answer of SQS. The event is")


def test_several_events_in_one_file_are_refused_for_one() -> None:
    records = [{"Sns": {"Message": "{}"}}] * 4
    with pytest.raises(EventError) as refused:
        only_event("event.json", json.dumps({"Records": records}).encode())
    assert str(refused.value) == (
        "event.json: has 4 events (Records[0].Sns.Message, Records[1].Sns.Message, Records[2].Sns.Message, ...), expected one. "
        "Save the one that you mean. The command plan shows all of them."
    )


def test_each_line_is_an_event_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"a": 1}\n\n{"b": "x\u2028y"}\n')
    assert list(read_events([path])) == [
        EventText(source=f"{path}:1", text='{"a": 1}'),
        EventText(source=f"{path}:3", text='{"b": "x\u2028y"}'),
    ]


def test_folder_has_events_but_no_expected_results(tmp_path: Path) -> None:
    for name in ("b.json", "a.event.json", "a.expected.json", "notes.txt", "c.jsonl"):
        (tmp_path / name).write_text("{}")
    assert [Path(event.source).name for event in read_events([tmp_path])] == ["a.event.json", "b.json", "c.jsonl:1"]


def test_several_paths_are_read_in_order(tmp_path: Path) -> None:
    paths = [tmp_path / "b.json", tmp_path / "a.json"]
    for path in paths:
        path.write_text("{}")
    assert [event.source for event in read_events(paths)] == [str(path) for path in paths]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.json", None, "No such file or directory. Name a readable file."),
        ("bad.json", b"\xff", "is not UTF-8 (byte 0)."),
        ("windows.json", "{}".encode("utf-16"), "is not UTF-8 but UTF-16. Save the file again as UTF-8."),
        ("empty.json", b'{"Records": []}', "a Lambda event with records without events."),
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
