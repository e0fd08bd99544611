"""``orchestrator test``: cases that pass, fail, are updated, and run on the engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml

from tests.cli.helpers import Orchestrator

LOAD = {"type": "glue_job", "job_name": "load", "arguments": {"--path": "${artifacts.path}"}}
BROKEN = {"type": "glue_job", "job_name": "report", "arguments": {"--size": "${metrics.size}"}}
MANY = [{"type": "sqs_mwaa", "dag_id": f"dag-{number}"} for number in range(41)]
EVENT = {"job_name": "images", "job_run_id": "1", "status": "SUCCESS", "artifacts": {"path": "s3://bucket/1"}}


class Project:
    """A folder with a configuration and its test cases."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cases = folder / "workflow_tests"
        self.cases.mkdir()

    @property
    def options(self) -> list[str]:
        return [str(self.cases), "--config", str(self.folder / "config.json")]

    def config(self, *triggers: Any, **jobs: Any) -> None:
        workflows = {"images": {"on_success": list(triggers)}} | jobs
        (self.folder / "config.json").write_text(json.dumps({"workflows": workflows}))

    def event(self, name: str, **fields: Any) -> None:
        path = self.cases / f"{name}.event.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(EVENT | fields))

    def expected(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.cases / f"{name}.expected.json").read_text())
        return found


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = Project(tmp_path)
    found.config(LOAD, BROKEN, many={"on_success": MANY})
    found.event("loaded")
    found.event("nested/many", job_name="many")
    found.event("failed", job_run_id="2", status="FAILED")
    return found


def test_updated_cases_pass_until_the_configuration_changes(orchestrator: Orchestrator, project: Project) -> None:
    missing = orchestrator("test", *project.options)
    assert (missing.exit_code, missing.stdout.count("is missing. Check the result, then run with --update")) == (1, 3)
    updated = orchestrator("test", *project.options, "--update")
    assert (updated.exit_code, updated.stdout.splitlines()[-1]) == (0, "3 of 3 expected results changed")
    passed = orchestrator("test", *project.options)
    assert (passed.exit_code, passed.stdout) == (0, "3 of 3 cases passed\n")
    project.config(LOAD | {"arguments": {"--path": "${artifacts.path}/new"}}, BROKEN, many={"on_success": MANY})
    failed = orchestrator("test", *project.options)
    assert failed.exit_code == 1
    assert "FAILED loaded: the event's result differs from loaded.expected.json" in failed.stdout
    assert '-          "--path": "s3://bucket/1"' in failed.stdout
    assert '+          "--path": "s3://bucket/1/new"' in failed.stdout
    assert failed.stdout.endswith("2 of 3 cases passed\n")


def test_expected_result_has_ids_requests_and_rejections(orchestrator: Orchestrator, project: Project) -> None:
    orchestrator("test", *project.options, "--update")
    found = project.expected("loaded")
    ((trigger,), (rejected,)) = found["triggers"], found["rejected"]
    assert (trigger["type"], trigger["request"]["Arguments"]["--path"]) == ("glue_job", "s3://bucket/1")
    assert len(trigger["id"]) == 8
    assert rejected["Error"] == "ResolutionError"
    assert project.expected("failed")["status"] == "IGNORED"
    assert len(project.expected("nested/many")["triggers"]) == 41


def test_formatting_of_the_expected_file_does_not_matter(orchestrator: Orchestrator, project: Project) -> None:
    orchestrator("test", *project.options, "--update")
    path = project.cases / "loaded.expected.json"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=7, sort_keys=True))
    assert orchestrator("test", *project.options).exit_code == 0


def test_junit_report_has_each_case(orchestrator: Orchestrator, project: Project, tmp_path: Path) -> None:
    orchestrator("test", *project.options, "--update")
    (project.cases / "failed.expected.json").write_text('{"status": "WOULD_START"}')
    assert orchestrator("test", *project.options, "--junit", str(tmp_path / "report.xml")).exit_code == 1
    (suite,) = JUnitXml.fromfile(str(tmp_path / "report.xml"))
    cases = {case.name: case for case in suite}
    assert set(cases) == {"loaded", "nested/many", "failed"}
    assert (suite.tests, suite.failures) == (3, 1)
    assert '-  "status": "WOULD_START"' in cases["failed"].result[0].text


def test_simulation_runs_each_case_on_one_engine(orchestrator: Orchestrator, project: Project) -> None:
    orchestrator("test", *project.options, "--update")
    result = orchestrator("test", *project.options, "--simulate")
    assert (result.exit_code, result.stdout) == (0, "3 of 3 cases passed\n")
    project.event("again")
    orchestrator("test", *project.options, "--update")
    result = orchestrator("test", *project.options, "--simulate")
    assert result.exit_code == 1
    assert "another case has the same job_name and job_run_id" in result.stdout


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "has no files NAME.event.json"),
        ({"a.expected.json": "{}", "b.event.json": "{}"}, "a.expected.json: has no event"),
    ],
)
def test_unusable_folder_exits_2_with_one_line(
    orchestrator: Orchestrator, tmp_path: Path, files: dict[str, str], words: str
) -> None:
    folder = tmp_path / "cases"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    result = orchestrator("test", str(folder))
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert words in result.stderr
    assert "is not a folder" in orchestrator("test", str(folder / "none")).stderr


def test_broken_expected_file_is_a_failed_case(orchestrator: Orchestrator, project: Project) -> None:
    orchestrator("test", *project.options, "--update")
    (project.cases / "loaded.expected.json").write_text("{")
    result = orchestrator("test", *project.options, "--json")
    problems = {one["name"]: one["problem"] for one in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert problems["loaded"].startswith("loaded.expected.json: it is not JSON")
    assert problems["failed"] == ""


def test_expected_result_of_joined_event_has_skipped_triggers(orchestrator: Orchestrator, project: Project) -> None:
    project.config(LOAD | {"id": "load", "when": {"metrics": {"rows": [{"numeric": [">", 0]}]}}})
    given = json.loads((project.folder / "config.json").read_text())
    join = {"all_of": ["images", "orders"], "key": "${job_run_id}", "on_complete": [LOAD]}
    (project.folder / "config.json").write_text(json.dumps(given | {"joins": {"both": join}}))
    assert orchestrator("test", *project.options, "--update").exit_code == 0
    expected = project.expected("loaded")
    assert expected["status"] == "WOULD_JOIN"
    assert [one["id"] for one in expected["skipped"]] == ["load"]
    assert [one["join"] for one in expected["joins"]] == ["both"]


def test_update_reports_a_result_that_starts_nothing(orchestrator: Orchestrator, project: Project) -> None:
    project.config(BROKEN)
    (project.cases / "nested" / "many.event.json").unlink()
    updated = orchestrator("test", *project.options, "--update")
    assert updated.exit_code == 1
    assert updated.stderr.startswith("orchestrator: loaded: every trigger is rejected (1), so nothing would start: ")
    assert updated.stderr.endswith("Keep the result only if the case must fail.\n")
    assert "rejected" in project.expected("loaded")
    # The case may be meant to fail: it passes, and a later update has nothing to report.
    assert orchestrator("test", *project.options).exit_code == 0
    again = orchestrator("test", *project.options, "--update")
    assert (again.exit_code, again.stderr) == (0, "")


def test_update_reports_an_event_that_the_router_refuses(orchestrator: Orchestrator, project: Project) -> None:
    project.event("loaded", artifacts=7)
    updated = orchestrator("test", *project.options, "--update")
    assert updated.exit_code == 1
    assert "orchestrator: loaded: event field 'artifacts': found a number, expected an object. Keep" in updated.stderr


def test_event_of_a_case_is_read_as_plan_reads_it(orchestrator: Orchestrator, project: Project) -> None:
    orchestrator("test", *project.options, "--update")
    path = project.cases / "loaded.event.json"
    path.write_text("\ufeff" + json.dumps({"Type": "Notification", "Message": path.read_text()}))
    for options in ([], ["--simulate"]):
        result = orchestrator("test", *project.options, *options)
        assert (result.exit_code, result.stdout) == (0, "3 of 3 cases passed\n")
        assert f"{path}: starts with a byte order mark (BOM)" in result.stderr
        assert f"{path}: is an SNS notification. The event is the content of Message." in result.stderr
    path.write_text(json.dumps({"Records": [{"Sns": {"Message": "{}"}}] * 2}))
    result = orchestrator("test", *project.options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        "loaded.event.json: has 2 events (Records[0].Sns.Message, Records[1].Sns.Message), expected one"
        in result.stderr
    )
