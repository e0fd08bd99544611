"""Small inputs whose values went wrong once: paths, null and defaults, with the commands that show the right answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.helpers import ROOT, Orchestrator, Result

CASES = ROOT / "tests" / "cases"


def validated(orchestrator: Orchestrator, case: str, *options: str) -> list[str]:
    """Problems of a case, without the file's name."""
    result = orchestrator("validate", str(CASES / f"{case}.config.json"), *options)
    name = f"{case}.config.json:"
    return [line.rpartition(name)[2] for line in result.stdout.splitlines() if name in line]


def planned(orchestrator: Orchestrator, case: str, event: Path) -> Any:
    result = orchestrator("plan", "--config", str(CASES / f"{case}.config.json"), "--event", str(event), "--json")
    return json.loads(result.stdout)[0]


def test_null_takes_the_default_and_rejects_mixed_text(orchestrator: Orchestrator) -> None:
    plan = planned(orchestrator, "null-in-template", CASES / "null-in-template.event.json")
    (trigger,) = plan["triggers"]
    assert trigger["type"] == "rejected"
    assert trigger["request"]["Cause"].startswith(
        "glue_job load: arguments.--dir: the event's field 'artifacts.day' is null, but template ${artifacts.day} needs a text."
    )


def test_null_takes_the_default_of_its_template(orchestrator: Orchestrator, tmp_path: Path) -> None:
    event = json.loads((CASES / "null-in-template.event.json").read_text())
    event["artifacts"]["day"] = "2026-01-31"
    (tmp_path / "event.json").write_text(json.dumps(event))
    (trigger,) = planned(orchestrator, "null-in-template", tmp_path / "event.json")["triggers"]
    arguments = trigger["request"]["Arguments"]
    assert (arguments["--path"], arguments["--dir"]) == ("s3://bucket/default", "s3://bucket/2026-01-31/")


@pytest.mark.parametrize(("value", "described"), [(None, "null"), ([], "a list"), ({}, "an object")])
def test_null_in_a_key_is_refused(orchestrator: Orchestrator, tmp_path: Path, value: Any, described: str) -> None:
    for case, field, join in (("null-join-key", "start_date", "report"), ("null-in-key-text", "business_date", "m")):
        for job in ("a", "b"):
            event = {"job_name": job, "job_run_id": "1", "status": "SUCCESS", field: value}
            (tmp_path / "event.json").write_text(json.dumps(event))
            (found,) = planned(orchestrator, case, tmp_path / "event.json")["joins"]
            expected = (
                f"joins.{join}.key: the event's field {field!r} is {described}, expected a text or an integer. Publish "
            )
            assert (found["join"], found["error"].startswith(expected)) == (join, True), found


def test_path_syntax_is_refused_with_the_spelling(orchestrator: Orchestrator) -> None:
    place = "workflows.j.on_success[0].parameter_mapping"
    assert validated(orchestrator, "path-syntax") == [
        (
            f"11:15 {place}.path: found '$.artifacts.path': a path does not begin with '$' or '@'. Write artifacts.path "
            "[path-syntax]"
        ),
        (
            f"12:16 {place}.first: found 'artifacts.files[0]': a path has no brackets. An index is a segment, such as "
            "files.0. Write artifacts.files.0 [path-syntax]"
        ),
        (
            f"14:14 {place}.neg: found 'artifacts.files.-1': an index is not negative. It counts from 0 at the start of the "
            "list. Expected a path such as artifacts.output_path [path-syntax]"
        ),
    ]


def test_router_refuses_the_same_paths(orchestrator: Orchestrator) -> None:
    (trigger,) = planned(orchestrator, "path-syntax", CASES / "path-syntax.event.json")["triggers"]
    assert trigger["type"] == "rejected"
    cause = trigger["request"]["Cause"]
    assert "Write artifacts.path;" in cause
    assert "Write artifacts.files.0;" in cause
    assert "found 'artifacts.files.-1'" in cause


def test_default_that_changes_the_type_is_a_warning(orchestrator: Orchestrator) -> None:
    *found, summary = validated(orchestrator, "default-changes-type")
    assert summary == " valid, 1 workflows with 1 triggers, 3 warnings"
    assert [line.partition(" warning: ")[2] for line in found] == [
        f"workflows.orders.on_success[0].conf.{key}: found '${{{path}:-{default}}}', whose default is the text {default!r}. In "
        f'parameter_mapping, write "{key}": {{"path": "{path}", "default": {default}}} [default-type]'
        for key, path, default in (
            ("n", "metrics.n", "0"),
            ("flag", "metrics.flag", "false"),
            ("list", "artifacts.files", "[]"),
        )
    ]


@pytest.mark.parametrize("metrics", [{}, {"n": None, "flag": None}, {"n": "", "flag": ""}])
def test_advice_of_the_warning_keeps_the_type(orchestrator: Orchestrator, tmp_path: Path, metrics: Any) -> None:
    document = json.loads((CASES / "default-changes-type.config.json").read_text())
    (trigger,) = document["workflows"]["orders"]["on_success"]
    trigger["conf"] = {"p": "s3://b/${artifacts.day}/x"}
    trigger["parameter_mapping"] = {
        "n": {"path": "metrics.n", "default": 0},
        "flag": {"path": "metrics.flag", "default": False},
        "list": {"path": "artifacts.files", "default": []},
        "none": {"path": "metrics.none", "default": None},
    }
    config, event = tmp_path / "config.json", tmp_path / "event.json"
    config.write_text(json.dumps(document))
    event.write_text(
        json.dumps(
            {"job_name": "orders", "job_run_id": "1", "status": "SUCCESS", "metrics": metrics, "artifacts": {"day": 1}}
        )
    )
    checked: Result = orchestrator("validate", "--strict", str(config))
    assert checked.exit_code == 0, checked.stdout
    result = orchestrator("plan", "--config", str(config), "--event", str(event), "--json")
    (planned_trigger,) = json.loads(result.stdout)[0]["triggers"]
    conf = planned_trigger["request"]["MessageBody"]["conf"]
    assert {key: conf[key] for key in ("n", "flag", "list", "none", "p")} == {
        "n": 0,
        "flag": False,
        "list": [],
        "none": None,
        "p": "s3://b/1/x",
    }
    assert conf["flag"] is False
