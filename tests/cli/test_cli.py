"""The command line as a person runs it: exit codes, one line for what is wrong, JSON for programs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from orchestration.triggers import REGISTRY
from tests.invalid_case import InvalidCase
from tests.invalid_configs import INVALID_CONFIGS
from tests.trigger_types import every_field_config

ROOT = Path(__file__).parents[2]
Event = Callable[..., dict[str, Any]]
COMMAND = [sys.executable, "-P", "-m", "cli.main"]


def orchestrator(*arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    answer = subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1", **environment},
    )
    assert "Traceback" not in answer.stderr
    return answer


def simulate(event: Any, *arguments: str, config: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Simulate the event; the default configuration is that of the payload table."""
    text = event if isinstance(event, str) else json.dumps(event)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as every_field:
        every_field.write(json.dumps(every_field_config()))
        every_field.flush()
        path = str(config or every_field.name)
        return orchestrator("simulate", "--config", path, "--event", "-", *arguments, given=text)


def test_all_triggered_is_exit_0(event: Event) -> None:
    answer = simulate(event(), "--json")
    assert answer.returncode == 0, answer.stderr
    report = json.loads(answer.stdout)
    (execution,) = report["executions"]
    assert (execution["execution_status"], execution["transitions"]) == ("SUCCEEDED", 3 + 2 * len(REGISTRY))
    assert [trigger["status"] for trigger in execution["triggers"]] == ["TRIGGERED"] * len(REGISTRY)
    assert execution["triggers"][0]["received"]["--source_path"] == "s3://bucket/output/path"
    assert 0 < report["seconds"] < 60


def test_a_missing_target_fails_alone_and_is_exit_1(event: Event) -> None:
    answer = simulate(event(), "--without-target", "glue_job:my-downstream-job", "--json")
    assert answer.returncode == 1
    (execution,) = json.loads(answer.stdout)["executions"]
    assert execution["execution_status"] == "FAILED"
    assert f'1 of {len(REGISTRY)} triggers failed: ["my-downstream-job"]' in execution["cause"]
    statuses = {trigger["type"]: trigger["status"] for trigger in execution["triggers"]}
    assert statuses.pop("glue_job") == "FAILED"
    assert set(statuses.values()) == {"TRIGGERED"}
    assert execution["triggers"][0]["error"] == "Glue.EntityNotFoundException"


def test_a_missing_bus_is_lost_not_triggered(event: Event) -> None:
    answer = simulate(event(), "--without-target", "eventbridge:dwh-bus/JobComplete", "--json")
    assert answer.returncode == 1
    report = json.loads(answer.stdout)
    assert report["executions"][0]["execution_status"] == "SUCCEEDED"  # as on AWS
    assert [trigger["status"] for trigger in report["executions"][0]["triggers"]].count("LOST") == 1


def test_the_report_for_people(event: Event) -> None:
    answer = simulate(event(), "--without-target", "glue_job:my-downstream-job")
    for words in (
        "STARTED: upstream-spark-application-00-",
        "FAILED     glue_job my-downstream-job",
        "TRIGGERED  sqs_mwaa my_downstream_dag",
        "mwaa_dag my_downstream_dag received",
        '"record_count": 999000',
        "warning: mwaa_dag my_downstream_dag: the event has no field 'metrics.nowhere'",
    ):
        assert words in answer.stdout


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"status": "FAILED"},
            "FILTERED: the subscription filter of job_events dropped the event: its status is not SUCCESS",
        ),
        ({"job_name": "nobody"}, "IGNORED: the configuration has no workflow for job 'nobody'"),
    ],
)
def test_nothing_to_trigger_is_exit_3(event: Event, change: dict[str, Any], words: str) -> None:
    answer = simulate(event(**change))
    assert (answer.returncode, answer.stdout.startswith(words)) == (3, True), answer.stdout


def test_an_empty_trigger_list_is_exit_3(event: Event) -> None:
    answer = simulate(event(job_name="a"), config=ROOT / "tests" / "configs" / "valid-empty-lists.json")
    assert (answer.returncode, "workflow 'a' has no on_success triggers" in answer.stdout) == (3, True)


def test_a_path_into_a_missing_field_fails_that_trigger(event: Event) -> None:
    answer = simulate(event(artifacts=...))
    assert answer.returncode == 1
    assert "ResolutionError: glue_job my-downstream-job: arguments.--source_path" in answer.stdout


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "the event: expected a job event as JSON, but it is not JSON"),
        ("[]", "found a list, expected a JSON object"),
        ('{"job_run_id": "r", "status": "SUCCESS"}', "'job_name': found nothing, expected a non-empty string"),
        ('{"job_name": "j", "status": "SUCCESS"}', "'job_run_id': found nothing"),
        ('{"job_name": "j", "job_run_id": "r", "status": "SUCCESS", "x": NaN}', "it contains NaN"),
        ('{"job_name": "j", "job_run_id": "r", "$replay": {"of": "e", "tag": "t"}}', "must be a direct invocation"),
        (json.dumps({"job_name": "j", "job_run_id": "r", "blob": "x" * 300_000}), "found 300,0"),
    ],
    ids=["not-json", "a-list", "no-job-name", "no-run-id", "nan", "replay", "300-kb"],
)
def test_a_bad_event_is_one_line_and_exit_2(body: str, words: str) -> None:
    answer = simulate(body)
    assert answer.returncode == 2
    assert words in answer.stderr
    assert (answer.stderr.count("\n"), answer.stdout) == (1, "")


@pytest.mark.parametrize("case", INVALID_CONFIGS.values(), ids=lambda case: case.name.replace(" ", "-"))
def test_a_bad_config_is_one_line_and_exit_2(
    event: Event, case: InvalidCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In this process, for there are many: nothing is started before the configuration is read."""
    given, config = tmp_path / "event.json", tmp_path / "config.json"
    given.write_text(json.dumps(event()))
    # One fixture names the orchestrator's own state machine, which has another name in the local stack.
    config.write_text(case.text.replace("stateMachine:orchestrator", "stateMachine:local-downstream-orchestrator"))
    arguments = ["simulate", "--config", str(config), "--event", str(given), "--region", "us-west-1"]
    monkeypatch.setattr(sys, "argv", ["orchestrator", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    out, err = capsys.readouterr()
    assert (caught.value.code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"orchestrator: {case.errors[0]}")


def test_an_unknown_missing_target_is_exit_2(event: Event) -> None:
    answer = simulate(event(), "--without-target", "glue_job:other")
    assert answer.returncode == 2
    assert "--without-target glue_job:other: the configuration has no such trigger" in answer.stderr


@pytest.mark.parametrize("arguments", [("validate", "nowhere.json"), ("simulate", "--event", "nowhere.json")])
def test_a_file_that_is_not_there(arguments: tuple[str, ...]) -> None:
    answer = orchestrator(*arguments)
    assert answer.returncode == 2
    assert (
        answer.stderr
        == "orchestrator: nowhere.json: No such file or directory; name a file that exists and can be read\n"
    )


def test_validate(tmp_path: Path) -> None:
    assert orchestrator("validate").returncode == 0
    case, path = INVALID_CONFIGS["two problems in two triggers"], tmp_path / "config.json"
    path.write_text(case.text)
    answer = orchestrator("validate", str(path))
    assert (answer.returncode, answer.stdout) == (2, "\n".join(case.errors) + "\n")
    report = json.loads(orchestrator("validate", str(path), "--json").stdout)
    assert (report["valid"], len(report["problems"])) == (False, 2)
    path.write_text(INVALID_CONFIGS["sqs_mwaa: other region"].text)
    assert orchestrator("validate", str(path)).returncode == 0
    assert orchestrator("validate", str(path), "--region", "us-west-1").returncode == 2


def test_a_default_queue_can_be_missing(event: Event) -> None:
    arguments = (
        "--config",
        "orchestration/workflow_config.json",
        "--without-target",
        "sqs_mwaa:filter_image_glue_pyspark",
        "--json",
    )
    text = json.dumps(event(job_name="transform_images"))
    answer = orchestrator("simulate", "--event", "-", *arguments, given=text)
    assert answer.returncode == 1
    statuses = {one["type"]: one["status"] for one in json.loads(answer.stdout)["executions"][0]["triggers"]}
    assert statuses["sqs_mwaa"] == "FAILED"


def test_targets_of_one_name_in_two_places(tmp_path: Path, event: Event) -> None:
    triggers = [
        {"type": "mwaa_dag", "environment_name": "one", "dag_id": "d"},
        {"type": "mwaa_dag", "environment_name": "two", "dag_id": "d"},
        {"type": "sqs_mwaa", "dag_id": "d", "queue_url": "https://sqs.us-west-1.amazonaws.com/1/one"},
        {"type": "sqs_mwaa", "dag_id": "d", "queue_url": "https://sqs.us-west-1.amazonaws.com/1/two"},
        {"type": "glue_job", "job_name": "j", "arguments": {"--key": "arn:aws:kms:us-east-1:1:key/k"}},
    ]
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"workflows": {"upstream": {"on_success": triggers}}}))
    answer = simulate(event(), "--json", config=config)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--region", "nowhere-1"), "region: found 'nowhere-1', expected a region with Step Functions"),
        (("--topic", "job_event"), "--topic: found 'job_event', expected job_events or job_approvals"),
    ],
)
def test_bad_options_are_one_line_and_exit_2(event: Event, arguments: tuple[str, ...], words: str) -> None:
    answer = simulate(event(), *arguments)
    assert (answer.returncode, words in answer.stderr, answer.stderr.count("\n")) == (2, True, 1)


def test_a_taken_port_is_one_line_and_exit_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = orchestrator("local", "--port", str(taken.getsockname()[1]))
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert "choose another with --port" in answer.stderr


def test_the_engine_ignores_this_machines_aws_configuration(event: Event) -> None:
    text = json.dumps(event(job_name="load_promos"))
    answer = orchestrator("simulate", "--event", "-", given=text, AWS_PROFILE="nowhere", AWS_CONFIG_FILE="nowhere")
    assert answer.returncode == 0, answer.stderr


def test_standard_input_that_is_not_utf_8() -> None:
    command = [*COMMAND, "simulate", "--event", "-"]
    answer = subprocess.run(
        command, cwd=ROOT, input=b"\xff\xfe", capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    assert (answer.returncode, b"it is not UTF-8" in answer.stderr, b"Traceback" in answer.stderr) == (2, True, False)


def test_demo() -> None:
    answer = orchestrator("demo", "--json")
    assert answer.returncode == 0, answer.stderr
    scenes = json.loads(answer.stdout)
    assert [scene["simulation"]["status"] for scene in scenes] == [
        "STARTED",
        "STARTED",
        "FILTERED",
        "DUPLICATE",
        "STARTED",
    ]
    assert all(scene["passed"] for scene in scenes)


def test_help_is_quick_to_load() -> None:
    """The engine is imported only by the commands that run it."""
    program = "import sys, cli.main; sys.exit('moto' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
