"""``orchestrator validate``: all problems of a configuration, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helpers import Orchestrator
from tests.invalid_configs import INVALID_CONFIGS

TWO_PROBLEMS = INVALID_CONFIGS["two problems in two triggers"]


@pytest.fixture
def two_problems(tmp_path: Path) -> str:
    """A configuration with two problems."""
    path = tmp_path / "config.json"
    path.write_text(TWO_PROBLEMS.text)
    return str(path)


def test_valid_configuration_exits_0(orchestrator: Orchestrator) -> None:
    assert orchestrator("validate").exit_code == 0


def test_every_problem_is_printed_and_exits_2(orchestrator: Orchestrator, two_problems: str) -> None:
    result = orchestrator("validate", two_problems)
    assert result.exit_code == 2
    places = [line.split(" ", maxsplit=1) for line in result.stdout.splitlines()]
    assert [text.rpartition(" [")[0] for _, text in places] == list(TWO_PROBLEMS.errors)
    assert [text.rpartition(" ")[2] for _, text in places] == ["[missing-field]", "[unknown-type]"]
    assert [place for place, _ in places] == [f"{two_problems}:1:47", f"{two_problems}:1:95"]


def test_several_files_are_checked(orchestrator: Orchestrator, two_problems: str, tmp_path: Path) -> None:
    good = tmp_path / "good.json"
    good.write_text('{"workflows": {}}')
    result = orchestrator("validate", str(good), two_problems)
    assert (result.exit_code, len(result.stdout.splitlines())) == (2, 3)
    assert f"{good}: valid, 0 workflows with 0 triggers" in result.stdout


def test_broken_json_is_a_problem_in_every_format(orchestrator: Orchestrator, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text('{\n"workflows": {},\n}')
    result = orchestrator("validate", str(path))
    assert (result.exit_code, result.stderr) == (2, "")
    assert result.stdout == f"{path}:2:16 found a trailing comma before '}}'. Remove the comma [syntax]\n"
    (problem,) = json.loads(orchestrator("validate", str(path), "--json").stdout)["problems"]
    assert (problem["code"], problem["line"], problem["column"]) == ("syntax", 2, 16)
    log = json.loads(orchestrator("validate", str(path), "--sarif").stdout)
    assert [one["ruleId"] for one in log["runs"][0]["results"]] == ["syntax"]


def test_strict_makes_warnings_errors(orchestrator: Orchestrator, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"workflows": {"j": {}}}')
    lenient, strict = orchestrator("validate", str(path)), orchestrator("validate", str(path), "--strict")
    assert (lenient.exit_code, strict.exit_code) == (0, 2)
    assert lenient.stdout.endswith("valid, 1 workflows with 0 triggers, 1 warnings\n")
    assert f"{path}:1:21 workflows.j: the workflow has no triggers" in strict.stdout


def test_json_lists_every_problem(orchestrator: Orchestrator, two_problems: str) -> None:
    report = json.loads(orchestrator("validate", two_problems, "--json").stdout)
    assert (report["valid"], len(report["problems"])) == (False, 2)


def test_region_refuses_targets_in_another_region(orchestrator: Orchestrator, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(INVALID_CONFIGS["sqs_mwaa: other region"].text)
    assert orchestrator("validate", str(config)).exit_code == 0
    assert orchestrator("validate", str(config), "--region", "us-west-1").exit_code == 2


def test_account_refuses_targets_in_another_account(orchestrator: Orchestrator, tmp_path: Path) -> None:
    target = {"type": "step_function", "arn": "arn:aws:states:us-west-1:123456789012:stateMachine:m"}
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"workflows": {"j": {"on_success": [target]}}}))
    assert orchestrator("validate", str(config), "--account", "123456789012").exit_code == 0
    result = orchestrator("validate", str(config), "--account", "210987654321")
    assert (result.exit_code, "found account 123456789012" in result.stdout) == (2, True)
    assert orchestrator("validate", str(config), "--account", "prod").exit_code == 2


@pytest.fixture
def two_warnings(tmp_path: Path) -> str:
    """A configuration with two warnings."""
    trigger = {"type": "glue_job", "job_name": "g", "arguments": {"path": "x", "--my-date": "y"}}
    path = tmp_path / "warnings.json"
    path.write_text(json.dumps({"workflows": {"j": {"on_success": [trigger]}}}))
    return str(path)


def test_ignored_codes_are_left_out(orchestrator: Orchestrator, two_warnings: str) -> None:
    one = orchestrator("validate", two_warnings, "--strict", "--ignore", "glue-argument")
    assert (one.exit_code, len(one.stdout.splitlines()), "[glue-hyphen]" in one.stdout) == (2, 1, True)
    both = orchestrator("validate", two_warnings, "--strict", "--ignore", "glue-argument", "--ignore", "glue-hyphen")
    assert (both.exit_code, both.stdout) == (0, f"{two_warnings}: valid, 1 workflows with 1 triggers\n")


def test_ignored_code_is_that_of_a_warning(orchestrator: Orchestrator, two_warnings: str) -> None:
    unknown = orchestrator("validate", two_warnings, "--ignore", "glue-arguments")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert unknown.stderr.rstrip().endswith(
        "--ignore: found 'glue-arguments', expected the code of a warning (docs/problem-codes.md). "
        "Did you mean 'glue-argument'?"
    )
    error = orchestrator("validate", two_warnings, "--ignore", "path-syntax")
    assert (error.exit_code, "which is the code of an error. Only warnings can be accepted" in error.stderr) == (
        2,
        True,
    )


def test_ignore_does_not_hide_errors(orchestrator: Orchestrator, two_problems: str) -> None:
    result = orchestrator("validate", two_problems, "--ignore", "glue-argument")
    assert (result.exit_code, len(result.stdout.splitlines())) == (2, 2)


def test_code_is_in_every_format(orchestrator: Orchestrator, two_warnings: str) -> None:
    assert "[glue-argument]" in orchestrator("validate", two_warnings).stdout
    listed = json.loads(orchestrator("validate", two_warnings, "--json").stdout)["problems"]
    assert [(problem["code"], problem["severity"]) for problem in listed] == [
        ("glue-argument", "warning"),
        ("glue-hyphen", "warning"),
    ]
    (run,) = json.loads(orchestrator("validate", two_warnings, "--sarif").stdout)["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["glue-argument", "glue-hyphen"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["glue-hyphen"]["help"] == {"text": "Write underscores."}


def test_sovereign_region_is_valid_in_every_type(orchestrator: Orchestrator) -> None:
    path = "tests/cli/regions/sovereign-region.config.json"
    for options in ([], ["--region", "eusc-de-east-1", "--account", "123456789012"]):
        result = orchestrator("validate", "--strict", path, *options)
        assert (result.exit_code, result.stdout) == (0, f"{path}: valid, 1 workflows with 4 triggers\n")


TEMPLATE = (
    '{"workflows": {"a": {"on_success": [\n'
    '  {"type": "glue_job", "job_name": "g", "arguments": {"--x": "${artifacts.output_pth}"}}]}}}'
)


def write_event(folder: Path, **fields: object) -> None:
    (folder / "events").mkdir(exist_ok=True)
    event = {"job_name": "a", "job_run_id": "1", "status": "SUCCESS", **fields}
    (folder / "events" / "a.event.json").write_text(json.dumps(event))


def test_events_show_a_misspelt_path_at_its_place(orchestrator: Orchestrator, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(TEMPLATE)
    write_event(tmp_path, artifacts={"output_path": "x"})
    assert orchestrator("validate", str(config)).exit_code == 0
    result = orchestrator("validate", str(config), "--events", str(tmp_path / "events"), "--json")
    (problem,) = json.loads(result.stdout)["problems"]
    assert (result.exit_code, problem["line"], problem["column"]) == (2, 2, 62)
    assert (problem["severity"], problem["suggestion"]) == ("error", "artifacts.output_path")
    text = orchestrator("validate", str(config), "--events", str(tmp_path / "events")).stdout
    assert text.startswith(f"{config.as_posix()}:2:62 workflows.a.on_success[0].arguments.--x: found")
    assert "Did you mean 'artifacts.output_path'?" in text


def test_file_that_is_no_event_is_left_out_with_a_line(orchestrator: Orchestrator, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(TEMPLATE.replace("pth", "path"))
    write_event(tmp_path, artifacts={"output_path": "x"})
    (tmp_path / "events" / "b\n.json").write_text("{")
    result = orchestrator("validate", str(config), "--events", str(tmp_path / "events"))
    assert (result.exit_code, result.stderr.count("\n")) == (0, 1)
    assert result.stderr.startswith("orchestrator: not a job event, left out: ")


@pytest.mark.parametrize(
    ("fields", "words"), [({"status": "FAILED"}, "has no event that a workflow"), (None, "No such file")]
)
def test_events_without_an_event_exit_2(
    orchestrator: Orchestrator, tmp_path: Path, fields: dict[str, object] | None, words: str
) -> None:
    if fields is not None:
        write_event(tmp_path, **fields)
    result = orchestrator("validate", "--events", str(tmp_path / "events"))
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert words in result.stderr


def test_events_of_other_jobs_are_an_error(orchestrator: Orchestrator, tmp_path: Path) -> None:
    """Nothing would be compared: the wrong folder, or the wrong --env."""
    config = tmp_path / "config.json"
    config.write_text(TEMPLATE.replace('"a"', '"load_${deploy.env}"'))
    write_event(tmp_path, job_name="load_prod", artifacts={"output_path": "x"})
    events = str(tmp_path / "events")
    other = orchestrator("validate", str(config), "--events", events)
    assert (other.exit_code, "has no event of a job that the configuration follows" in other.stderr) == (2, True)
    assert "[event-path]" in orchestrator("validate", str(config), "--events", events, "--env", "prod").stdout


def test_accepted_event_path_needs_the_events(orchestrator: Orchestrator, tmp_path: Path) -> None:
    """The same file is checked with and without events."""
    config = tmp_path / "config.json"
    config.write_text(TEMPLATE.replace('"job_name": "g"', '"job_name": "g", "accept": ["event-path-missing"]'))
    write_event(tmp_path, artifacts={"output_pth": "x"})
    (tmp_path / "events" / "b.json").write_text('{"job_name": "a", "job_run_id": "2", "status": "SUCCESS"}')
    for options in ([], ["--events", str(tmp_path / "events")]):
        result = orchestrator("validate", "--strict", str(config), *options)
        assert (result.exit_code, result.stdout) == (0, f"{config}: valid, 1 workflows with 1 triggers\n")


def test_condition_on_what_a_chain_does_not_publish_is_an_error(orchestrator: Orchestrator) -> None:
    path = "tests/cli/shapes/chain-when.config.json"
    result = orchestrator("validate", path)
    assert result.exit_code == 2
    assert result.stdout.startswith(f"{path}:2:79 workflows.silver.on_success[0].when.metrics.records_written: found")
    assert "has no 'metrics.records_written'. The trigger never starts" in result.stdout


@pytest.mark.parametrize("stdin", [True, False])
def test_byte_order_mark_is_left_out_and_reported(orchestrator: Orchestrator, tmp_path: Path, stdin: bool) -> None:
    path = tmp_path / "config.json"
    path.write_text('\ufeff{"workflows": {}}')
    result = orchestrator("validate", "--strict", "-" if stdin else str(path), stdin=path.read_text())
    name = "(standard input)" if stdin else str(path)
    assert (result.exit_code, result.stdout) == (0, f"{name}: valid, 0 workflows with 0 triggers\n")
    assert result.stderr == (
        f"orchestrator: {name}: starts with a byte order mark (BOM), which is left out. Save the file without it.\n"
    )
