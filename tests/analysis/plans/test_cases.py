"""Test cases of a configuration: they are found by name, and compared with their expected results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.plans.cases import Case, find_cases, run_case
from orchestration.configuration.loader import LoadedConfig
from orchestration.errors import EventError
from tests.analysis.plans.test_event_plan import GLUE, SETTINGS

EVENT = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS"}
DOCUMENT: dict[str, Any] = {
    "workflows": {
        "j": {
            "on_success": [
                GLUE,
                {**GLUE, "id": "bad", "arguments": {"--x": "${nowhere}"}},
                {**GLUE, "id": "rows", "when": {"rows": [{"numeric": [">", 0]}]}},
            ]
        }
    },
    "joins": {"both": {"all_of": ["j", "k"], "key": "${day:-none}", "on_complete": [GLUE]}},
}
CONFIG = LoadedConfig(DOCUMENT, "test", "")


def case(folder: Path, **fields: Any) -> Case:
    """The case of a folder with one event."""
    (folder / "one.event.json").write_text(json.dumps(EVENT | fields))
    (found,) = find_cases(folder)
    return found


def test_cases_of_subfolders_are_sorted_by_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("sub/b", "c", "a"):
        (tmp_path / f"{name}.event.json").write_text("{}")
    (tmp_path / "a.expected.json").write_text("{}")
    assert [found.name for found in find_cases(tmp_path)] == ["a", "c", "sub/b"]
    assert find_cases(tmp_path)[2].expected == tmp_path / "sub" / "b.expected.json"


def test_unusable_folder_has_advice(tmp_path: Path) -> None:
    with pytest.raises(EventError, match=r"is not a folder. Name the folder of the files NAME.event.json"):
        find_cases(tmp_path / "none")
    with pytest.raises(EventError, match=r"has no files NAME.event.json. Write one event, then run with --update"):
        find_cases(tmp_path)
    (tmp_path / "a.event.json").write_text("{}")
    (tmp_path / "b.expected.json").write_text("{}")
    with pytest.raises(EventError, match=r"b.expected.json: has no event. Add b.event.json, or delete the file"):
        find_cases(tmp_path)


def test_written_result_passes(tmp_path: Path) -> None:
    found = case(tmp_path)
    first = run_case(found, CONFIG, SETTINGS)
    assert first.problem == "one.expected.json is missing. Check the result, then run with --update"
    assert first.diff[1] == "+++ result"
    found.expected.write_text(first.text)
    second = run_case(found, CONFIG, SETTINGS)
    assert (second.problem, second.diff, second.text) == ("", (), first.text)
    found.expected.write_text(json.dumps(json.loads(first.text)))  # the form of the file does not count
    assert run_case(found, CONFIG, SETTINGS).problem == ""


def test_result_has_every_part_of_the_plan(tmp_path: Path) -> None:
    result = json.loads(run_case(case(tmp_path), CONFIG, SETTINGS).text)
    assert list(result) == ["status", "event_kind", "triggers", "rejected", "skipped", "joins"]
    assert [trigger["request"]["JobName"] for trigger in result["triggers"]] == ["g"]
    assert [(one["id"], one["Error"]) for one in result["rejected"]] == [("bad", "ResolutionError")]
    assert [(one["id"], list(one)) for one in result["skipped"]] == [("rows", ["id", "name", "reason"])]
    assert result["joins"] == [{"join": "both", "key": "none"}]


def test_ignored_and_joined_events_have_no_triggers(tmp_path: Path) -> None:
    ignored = json.loads(run_case(case(tmp_path, status="FAILED"), CONFIG, SETTINGS).text)
    assert (list(ignored), ignored["status"]) == (["status", "reason"], "IGNORED")
    joined = json.loads(run_case(case(tmp_path, job_name="k"), CONFIG, SETTINGS).text)
    assert joined == {"status": "WOULD_JOIN", "joins": [{"join": "both", "key": "none"}]}


def test_other_result_fails_with_a_diff(tmp_path: Path) -> None:
    found = case(tmp_path)
    expected = json.loads(run_case(found, CONFIG, SETTINGS).text)
    expected["triggers"][0]["request"]["JobName"] = "other"
    found.expected.write_text(json.dumps(expected))
    result = run_case(found, CONFIG, SETTINGS)
    assert result.problem == "the event's result differs from one.expected.json"
    changed = [line.strip() for line in result.diff if line[0] in "+-"]
    assert changed[:2] == ["--- expected one.expected.json", "+++ result"]
    assert [line[0] + line[1:].strip() for line in changed[2:]] == ['-"JobName": "other",', '+"JobName": "g",']


@pytest.mark.parametrize(("content", "words"), [(b"{", "is not JSON"), (b"\xff", "is not UTF-8 (byte 0)")])
def test_unreadable_expected_result_is_a_problem(tmp_path: Path, content: bytes, words: str) -> None:
    found = case(tmp_path)
    found.expected.write_bytes(content)
    try:
        text = run_case(found, CONFIG, SETTINGS).problem
    except EventError as error:
        text = str(error)
    assert words in text
