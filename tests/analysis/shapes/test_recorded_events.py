"""Events of folders: test cases, JSON Lines, inputs of executions, and files without an event."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.shapes.recorded_events import recorded_events
from orchestration.errors import EventError

EVENT = {"job_name": "a", "job_run_id": "1", "status": "SUCCESS"}


def write(path: Path, *values: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(value) for value in values))


def test_events_are_found_by_job_and_kind(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "er" / "a.event.json", EVENT)
    write(tmp_path / "deep" / "er" / "a.expected.json", {"status": "WOULD_START"})
    write(tmp_path / "b.json", {**EVENT, "status": "X", "decision": "APPROVED"})
    write(tmp_path / "c.jsonl", {**EVENT, "job_name": "c"}, {**EVENT, "job_name": "c", "job_run_id": "2"})
    write(tmp_path / "failed.json", {**EVENT, "status": "FAILED"})
    shapes, left_out = recorded_events([tmp_path])
    assert {key: len(events) for key, events in shapes.items()} == {
        ("a", "on_success"): 1,
        ("a", "on_approval"): 1,
        ("c", "on_success"): 2,
    }
    assert left_out == []
    assert shapes["c", "on_success"][1].source == f"{tmp_path / 'c.jsonl'}:2"


def test_input_of_an_execution_is_its_event(tmp_path: Path) -> None:
    execution = {"event": {**EVENT, "x": 1}, "triggers": [], "routing": {"event_kind": "on_complete"}}
    write(tmp_path / "input.json", execution)
    shapes, _ = recorded_events([tmp_path / "input.json"])
    ((key, (event,)),) = shapes.items()
    assert (key, event.fields["x"], event.recorded) == (("a", "on_complete"), 1, True)


def test_events_in_envelopes_are_unwrapped(tmp_path: Path) -> None:
    records = [{"Sns": {"Message": json.dumps({**EVENT, "x": number})}} for number in range(2)]
    write(tmp_path / "lambda.json", {"Records": records})
    shapes, left_out = recorded_events([tmp_path])
    assert ([event.fields["x"] for event in shapes["a", "on_success"]], left_out) == ([0, 1], [])


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"job_name": 7, "job_run_id": "1"}', '{"a": NaN}'])
def test_file_that_is_no_event_is_left_out_with_its_reason(tmp_path: Path, text: str) -> None:
    write(tmp_path / "good.json", EVENT)
    (tmp_path / "bad.json").write_text(text)
    shapes, (line,) = recorded_events([tmp_path])
    assert len(shapes) == 1
    assert line.startswith(f"{tmp_path / 'bad.json'}: ")


def test_missing_and_empty_folders_are_errors(tmp_path: Path) -> None:
    with pytest.raises(EventError, match="has no events"):
        recorded_events([tmp_path])
    with pytest.raises(EventError, match=r"nowhere: No such file"):
        recorded_events([tmp_path / "nowhere"])
