"""``orchestrator plan``: events from files, folders and JSON Lines, and the difference between two configurations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.helpers import ROOT, Orchestrator

EVENT = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS", "artifacts": {"path": "s3://b/p"}}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return written(tmp_path / "new.json", "${artifacts.path}", "load")


def written(path: Path, argument: str, *jobs: str) -> Path:
    """A configuration whose workflow starts these Glue jobs with ``--path``."""
    triggers = [{"type": "glue_job", "job_name": job, "arguments": {"--path": argument}} for job in jobs]
    path.write_text(json.dumps({"workflows": {"j": {"on_success": triggers}}}))
    return path


@pytest.fixture
def events(tmp_path: Path) -> Path:
    folder = tmp_path / "events"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps(EVENT))
    lines = [EVENT | {"job_name": "nobody"}, EVENT | {"status": "Success"}]
    (folder / "b.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n\nnot json\n")
    (folder / "notes.txt").write_text("ignored")
    (folder / "a.expected.json").write_text("{}")
    return folder


def test_example_event_is_planned(orchestrator: Orchestrator) -> None:
    result = orchestrator("plan", "--event", str(ROOT / "local" / "events" / "success.json"))
    assert result.exit_code == 0, result.stderr
    assert "glue_job load_images_to_redshift" in result.stdout
    assert "13 transitions ($0.000325); needs events:PutEvents, glue:StartJobRun" in result.stdout


def test_event_on_standard_input_is_planned(orchestrator: Orchestrator, config: Path) -> None:
    result = orchestrator("plan", "--config", str(config), "--event", "-", "--json", stdin=json.dumps(EVENT))
    (found,) = json.loads(result.stdout)
    assert (result.exit_code, found["source"], found["status"]) == (0, "-", "WOULD_START")


def test_each_event_has_a_plan(orchestrator: Orchestrator, config: Path, events: Path) -> None:
    result = orchestrator("plan", "--config", str(config), "--event", str(events), "--json")
    found: list[dict[str, Any]] = json.loads(result.stdout)
    assert [(Path(one["source"]).name, one["status"]) for one in found] == [
        ("a.json", "WOULD_START"),
        ("b.jsonl:1", "IGNORED"),
        ("b.jsonl:2", "IGNORED"),
        ("b.jsonl:4", "FAILED"),
    ]
    assert found[0]["triggers"][0]["request"]["Arguments"]["--path"] == "s3://b/p"
    assert "status 'Success'" in found[2]["reason"]
    assert result.exit_code == 1  # for the event that the router would refuse


def test_refused_event_exits_1_and_names_its_file_once(orchestrator: Orchestrator, tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text("{")
    result = orchestrator("plan", "--event", str(path))
    assert result.exit_code == 1
    assert " ".join(result.stdout.split()).startswith(
        f"{path}: FAILED event: expected a job event as JSON, but it is not JSON"
    )


def test_line_of_json_lines_may_have_line_ends_of_unicode(
    orchestrator: Orchestrator, config: Path, tmp_path: Path
) -> None:
    (tmp_path / "events.jsonl").write_text(json.dumps(EVENT | {"note": "a\u2028b\x85c"}, ensure_ascii=False) + "\r\n")
    result = orchestrator("plan", "--config", str(config), "--event", str(tmp_path / "events.jsonl"), "--json")
    assert [one["status"] for one in json.loads(result.stdout)] == ["WOULD_START"]


def test_difference_lists_changed_fields(
    orchestrator: Orchestrator, config: Path, events: Path, tmp_path: Path
) -> None:
    old = written(tmp_path / "old.json", "s3://fixed", "load", "report")
    arguments = ["plan", "--config", str(config), "--against", str(old), "--event", str(events / "a.json")]
    result = orchestrator(*arguments)
    assert result.exit_code == 0
    assert "2 triggers differ" in result.stdout
    assert '- Arguments.--path: "s3://fixed"' in result.stdout
    assert '+ Arguments.--path: "s3://b/p"' in result.stdout
    assert orchestrator(*arguments, "--fail-on-change").exit_code == 1
    (found,) = json.loads(orchestrator(*arguments, "--json").stdout)
    assert [(one["change"], one["name"]) for one in found["changes"]] == [("changed", "load"), ("removed", "report")]
    same = orchestrator(
        "plan", "--config", str(config), "--against", str(config), "--event", str(events), "--fail-on-change"
    )
    assert (same.exit_code, same.stdout) == (0, "no change for 4 events\n")


@pytest.mark.parametrize("name", ["missing.json", "empty"])
def test_unusable_events_exit_2_with_one_line(
    orchestrator: Orchestrator, config: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "empty").mkdir()
    result = orchestrator("plan", "--config", str(config), "--event", str(tmp_path / name))
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
