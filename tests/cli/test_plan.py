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


def test_plan_without_an_accepted_trigger_exits_1(orchestrator: Orchestrator, config: Path, tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps({key: value for key, value in EVENT.items() if key != "artifacts"}))
    result = orchestrator("plan", "--config", str(config), "--event", str(path))
    assert result.exit_code == 1
    assert "needs" not in result.stdout
    assert (
        "  5 transitions ($0.000125)\n  problem: every trigger is rejected (1), so nothing would start: "
        in result.stdout
    )
    assert orchestrator("plan", "--config", str(config), "--event", str(path), "--json").exit_code == 1


def test_rejected_triggers_of_an_arrival_exit_0(orchestrator: Orchestrator, tmp_path: Path) -> None:
    """The event arrives at a join, so publishing it has an effect."""
    rejected = {"type": "glue_job", "job_name": "g", "arguments": {"--x": "${artifacts.nope}"}}
    join = {"all_of": ["a", "b"], "key": "${day}", "on_complete": [{"type": "glue_job", "job_name": "r"}]}
    config, event = tmp_path / "c.json", tmp_path / "e.json"
    config.write_text(json.dumps({"workflows": {"a": {"on_success": [rejected]}}, "joins": {"j": join}}))
    event.write_text('{"job_name": "a", "job_run_id": "1", "status": "SUCCESS", "day": "d"}')
    result = orchestrator("plan", "--config", str(config), "--event", str(event))
    assert (result.exit_code, "nothing would start" in result.stdout) == (0, False)


def test_problem_of_a_name_is_a_warning_of_the_plan(orchestrator: Orchestrator, tmp_path: Path) -> None:
    config, event = tmp_path / "c.json", tmp_path / "e.json"
    config.write_text('{"workflows": {"load_${deploy.envv}": {"on_success": [{"type": "glue_job", "job_name": "g"}]}}}')
    event.write_text('{"job_name": "load_prod", "job_run_id": "1", "status": "SUCCESS"}')
    (plan,) = json.loads(orchestrator("plan", "--config", str(config), "--event", str(event), "--json").stdout)
    assert plan["status"] == "IGNORED"
    assert ["${deploy.envv}" in warning for warning in plan["warnings"]] == [True]


def test_plan_with_one_accepted_trigger_exits_0(orchestrator: Orchestrator, config: Path, tmp_path: Path) -> None:
    document = json.loads(config.read_text())
    document["workflows"]["j"]["on_success"].append({"type": "sqs_mwaa", "dag_id": "d"})
    config.write_text(json.dumps(document))
    (tmp_path / "event.json").write_text(json.dumps(EVENT | {"artifacts": {}}))
    result = orchestrator("plan", "--config", str(config), "--event", str(tmp_path / "event.json"))
    assert (result.exit_code, "rejected" in result.stdout, "problem" in result.stdout) == (0, True, False)


@pytest.mark.parametrize(
    ("fields", "words"),
    [({}, "joins.both.key: "), ({"day": "1", "blob": "x" * 70_000}, "expected at most 60,000 for 2")],
)
def test_event_that_cannot_join_exits_1(
    orchestrator: Orchestrator, tmp_path: Path, fields: dict[str, str], words: str
) -> None:
    join = {"all_of": ["j", "k"], "key": "${day}", "on_complete": [{"type": "sqs_mwaa", "dag_id": "d"}]}
    (tmp_path / "config.json").write_text(json.dumps({"workflows": {}, "joins": {"both": join}}))
    event = json.dumps(EVENT | fields)
    result = orchestrator("plan", "--config", str(tmp_path / "config.json"), "--event", "-", stdin=event)
    assert result.exit_code == 1
    assert words in result.stdout


def test_each_record_of_an_envelope_has_a_plan(orchestrator: Orchestrator, config: Path, tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    messages = [json.dumps(EVENT | {"job_run_id": run}) for run in ("1", "2")]
    path.write_text(json.dumps({"Records": [{"Sns": {"Message": message}} for message in messages]}))
    result = orchestrator("plan", "--config", str(config), "--event", str(path), "--json")
    plans = json.loads(result.stdout)
    assert [(one["source"], one["job_run_id"], one["status"]) for one in plans] == [
        (f"{path}#Records[0].Sns.Message", "1", "WOULD_START"),
        (f"{path}#Records[1].Sns.Message", "2", "WOULD_START"),
    ]
    notes = result.stderr.splitlines()
    assert notes[0].startswith(f"orchestrator: {path}: is a Lambda event with records. The event is the content of Rec")


def test_note_about_many_events_is_printed_once(orchestrator: Orchestrator, config: Path, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text((json.dumps({"Type": "Notification", "Message": json.dumps(EVENT)}) + "\n") * 3)
    result = orchestrator("plan", "--config", str(config), "--event", str(path))
    note = "is an SNS notification. The event is the content of Message."
    assert (result.exit_code, result.stderr) == (0, f"orchestrator: {path}:1 and 2 more: {note}\n")


@pytest.mark.parametrize("stdin", [True, False])
def test_byte_order_mark_is_left_out_and_reported(orchestrator: Orchestrator, tmp_path: Path, stdin: bool) -> None:
    path = ROOT / "tests" / "events" / "bom.event.json"
    (tmp_path / "config.json").write_text(
        '\ufeff{"workflows": {"orders": {"on_success": [{"type": "sqs_mwaa", "dag_id": "d"}]}}}'
    )
    given = ["plan", "--config", str(tmp_path / "config.json"), "--event", "-" if stdin else str(path)]
    result = orchestrator(*given, stdin=path.read_bytes().decode() if stdin else "")
    assert (result.exit_code, "WOULD_START" in result.stdout) == (0, True)
    configuration, event = result.stderr.splitlines()
    note = "starts with a byte order mark (BOM), which is left out. Save the file without it"
    assert configuration == f"orchestrator: {tmp_path / 'config.json'}: {note}."
    assert event == f"orchestrator: {given[-1]}: {note}: SNS filters such a message."


def test_job_that_looks_alike_is_shown_escaped(orchestrator: Orchestrator, tmp_path: Path) -> None:
    config = {"workflows": {"caf\u00e9": {"on_success": [{"type": "sqs_mwaa", "dag_id": "d"}]}}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    event = json.dumps(EVENT | {"job_name": "cafe\u0301"})
    result = orchestrator("plan", "--config", str(tmp_path / "config.json"), "--event", "-", stdin=event)
    assert result.stdout == (
        r'-: IGNORED the configuration has no workflow for job "cafe\u0301", but has "caf\u00e9", which looks alike. Write both '
        "names with the same characters\n"
    )


def test_misspelt_member_of_a_join_is_suggested(orchestrator: Orchestrator, tmp_path: Path) -> None:
    join = {"all_of": ["orders", "k"], "key": "${day}", "on_complete": [{"type": "sqs_mwaa", "dag_id": "d"}]}
    (tmp_path / "config.json").write_text(json.dumps({"workflows": {}, "joins": {"both": join}}))
    event = json.dumps(EVENT | {"job_name": "ordres"})
    result = orchestrator("plan", "--config", str(tmp_path / "config.json"), "--event", "-", stdin=event)
    assert "Did you mean 'orders'?" in result.stdout
