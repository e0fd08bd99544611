"""``orchestrator simulate``: exit codes, the report for people, the report for programs, and invalid input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration.triggers import REGISTRY
from tests.cli.helpers import ROOT, Orchestrator, Result, run_process
from tests.invalid_case import InvalidCase
from tests.invalid_configs import INVALID_CONFIGS
from tests.trigger_types import every_field_config

CONFIGS = ROOT / "tests" / "configs"
Event = Callable[..., dict[str, Any]]
Simulate = Callable[..., Result]


@pytest.fixture
def every_field(tmp_path: Path) -> Path:
    """A configuration with every field of every trigger type."""
    path = tmp_path / "every_field.json"
    path.write_text(json.dumps(every_field_config()))
    return path


@pytest.fixture
def simulate(orchestrator: Orchestrator, every_field: Path) -> Simulate:
    def run(event: Any, *arguments: str, config: Path = every_field) -> Result:
        text = event if isinstance(event, str) else json.dumps(event)
        return orchestrator("simulate", "--config", str(config), "--event", "-", *arguments, stdin=text)

    return run


def test_all_triggered_exits_0(simulate: Simulate, event: Event) -> None:
    result = simulate(event(), "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    (execution,) = report["executions"]
    assert (execution["execution_status"], execution["transitions"]) == ("SUCCEEDED", 3 + 2 * len(REGISTRY))
    assert [trigger["status"] for trigger in execution["triggers"]] == ["TRIGGERED"] * len(REGISTRY)
    assert execution["triggers"][0]["received"]["--source_path"] == "s3://bucket/output/path"
    assert 0 < report["seconds"] < 60


def test_placeholders_name_targets_of_the_local_stack(orchestrator: Orchestrator, event: Event, tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event(job_name="transform_images", artifacts={"x": "1"})))
    config = Path(__file__).parents[1] / "configs" / "valid-placeholders.json"
    result = orchestrator("simulate", "--config", str(config), "--event", str(path), "--json")
    assert result.exit_code == 0, result.stderr
    names = [one["name"] for one in json.loads(result.stdout)["executions"][0]["triggers"]]
    assert names == ["load-local", "publish-local", "bus-local/Done in local", "load_local", "d"]


def test_missing_target_fails_alone_and_exits_1(simulate: Simulate, event: Event) -> None:
    result = simulate(event(), "--without-target", "glue_job:my-downstream-job", "--json")
    assert result.exit_code == 1
    (execution,) = json.loads(result.stdout)["executions"]
    assert execution["execution_status"] == "FAILED"
    assert f'1 of {len(REGISTRY)} triggers failed: ["my-downstream-job"]' in execution["cause"]
    statuses = {trigger["type"]: trigger["status"] for trigger in execution["triggers"]}
    assert statuses.pop("glue_job") == "FAILED"
    assert set(statuses.values()) == {"TRIGGERED"}
    assert execution["triggers"][0]["error"] == "Glue.EntityNotFoundException"


def test_event_without_a_receiver_is_lost(simulate: Simulate, event: Event) -> None:
    result = simulate(event(), "--without-target", "eventbridge:dwh-bus/JobComplete", "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report["executions"][0]["execution_status"] == "SUCCEEDED"  # as on AWS
    assert [trigger["status"] for trigger in report["executions"][0]["triggers"]].count("LOST") == 1


def test_report_for_people(simulate: Simulate, event: Event) -> None:
    result = simulate(event(), "--without-target", "glue_job:my-downstream-job")
    for words in (
        "STARTED: upstream-spark-application-00-",
        "FAILED     glue_job my-downstream-job",
        "TRIGGERED  sqs_mwaa my_downstream_dag",
        "mwaa_dag my_downstream_dag received",
        '"record_count": 999000',
        "warning: mwaa_dag my_downstream_dag: the event has no field 'metrics.nowhere'",
    ):
        assert words in result.stdout


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"status": "FAILED"},
            "FILTERED: the subscription filter of job_events dropped the event: found status 'FAILED', expected 'SUCCESS'",
        ),
        ({"job_name": "nobody"}, "IGNORED: the configuration has no workflow for job 'nobody'"),
    ],
    ids=["filtered", "ignored"],
)
def test_event_without_triggers_exits_3(simulate: Simulate, event: Event, change: dict[str, Any], words: str) -> None:
    result = simulate(event(**change))
    assert (result.exit_code, result.stdout.startswith(words)) == (3, True), result.stdout


def test_empty_trigger_list_exits_3(simulate: Simulate, event: Event) -> None:
    result = simulate(event(job_name="a"), config=CONFIGS / "valid-empty-lists.json")
    assert (result.exit_code, "workflow 'a' has no on_success triggers" in result.stdout) == (3, True)


def test_missing_event_field_fails_its_trigger(simulate: Simulate, event: Event) -> None:
    result = simulate(event(artifacts=...))
    assert result.exit_code == 1
    assert "ResolutionError: glue_job my-downstream-job: arguments.--source_path" in result.stdout


def test_missing_default_queue_fails_its_trigger(simulate: Simulate, event: Event) -> None:
    options = ("--without-target", "sqs_mwaa:d", "--json")
    result = simulate(event(job_name="a"), *options, config=CONFIGS / "valid-default-queue.json")
    assert result.exit_code == 1
    (trigger,) = json.loads(result.stdout)["executions"][0]["triggers"]
    assert (trigger["type"], trigger["status"]) == ("sqs_mwaa", "FAILED")


def test_same_target_name_in_two_places(simulate: Simulate, event: Event, tmp_path: Path) -> None:
    triggers = [
        {"type": "mwaa_dag", "environment_name": "one", "dag_id": "d"},
        {"type": "mwaa_dag", "environment_name": "two", "dag_id": "d"},
        {"type": "sqs_mwaa", "dag_id": "d", "queue_url": "https://sqs.us-west-1.amazonaws.com/1/one"},
        {"type": "sqs_mwaa", "dag_id": "d", "queue_url": "https://sqs.us-west-1.amazonaws.com/1/two"},
        {"type": "glue_job", "job_name": "j", "arguments": {"--key": "arn:aws:kms:us-east-1:1:key/k"}},
    ]
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"workflows": {"upstream": {"on_success": triggers}}}))
    result = simulate(event(), "--json", config=config)
    assert result.exit_code == 0, result.stdout


@pytest.mark.slow
def test_process_ignores_aws_profiles_of_the_machine(event: Event, every_field: Path) -> None:
    """A separate process: moto creates boto3 sessions when it is imported."""
    text, profile = json.dumps(event()).encode(), {"AWS_PROFILE": "nowhere", "AWS_CONFIG_FILE": "nowhere"}
    result = run_process("simulate", "--config", str(every_field), "--event", "-", stdin=text, **profile)
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "event: expected a job event as JSON, but it is not JSON"),
        ("[]", "found a list, expected a JSON object"),
        ('{"job_run_id": "r", "status": "SUCCESS"}', "'job_name': found nothing, expected a non-empty string"),
        ('{"job_name": "j", "status": "SUCCESS"}', "'job_run_id': found nothing"),
        ('{"job_name": "j", "job_run_id": "r", "status": "SUCCESS", "x": NaN}', "found NaN, which is not JSON"),
        ('{"job_name": "j", "job_run_id": "r", "$replay": {"of": "e"}}', "must be a direct invocation"),
        (json.dumps({"job_name": "j", "job_run_id": "r", "blob": "x" * 300_000}), "found 300,0"),
    ],
    ids=["not-json", "a-list", "no-job-name", "no-run-id", "nan", "replay", "300-kb"],
)
def test_invalid_event_exits_2_with_one_line(simulate: Simulate, body: str, words: str) -> None:
    result = simulate(body)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert words in result.stderr


@pytest.mark.parametrize("case", INVALID_CONFIGS.values(), ids=lambda case: case.name.replace(" ", "-"))
def test_invalid_config_exits_2_with_one_line(
    simulate: Simulate, event: Event, case: InvalidCase, tmp_path: Path
) -> None:
    config = tmp_path / "config.json"
    # One case names the orchestrator's own state machine, which has another name in the local stack.
    config.write_text(case.text.replace("stateMachine:orchestrator", "stateMachine:local-downstream-orchestrator"))
    result = simulate(event(), "--region", "us-west-1", config=config)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    # An unusable file has its name before the error, and an invalid entry has its place.
    unusable = case.errors[0].startswith(("the configuration: ", "workflows: "))
    of_the_file = f"{config}: {case.errors[0].removeprefix('the configuration: ')}"
    assert result.stderr.startswith(f"orchestrator: {of_the_file if unusable else case.errors[0]}")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--region", "nowhere-1"), "region: found 'nowhere-1', expected a region with Step Functions"),
        (("--topic", "job_event"), "--topic 'job_event': expected job_events or job_approvals."),
        (
            ("--without-target", "glue_job:other"),
            "--without-target glue_job:other: the configuration has no such trigger",
        ),
    ],
    ids=["region", "topic", "without-target"],
)
def test_invalid_option_exits_2_with_one_line(
    simulate: Simulate, event: Event, arguments: tuple[str, ...], words: str
) -> None:
    result = simulate(event(), *arguments)
    assert (result.exit_code, words in result.stderr, result.stderr.count("\n")) == (2, True, 1)


def test_input_that_is_not_utf_8_exits_2() -> None:
    result = run_process("simulate", "--event", "-", stdin=b"\xff\xfe", LC_ALL="C")
    assert (result.exit_code, "is not UTF-8" in result.stderr) == (2, True)


def test_skipped_triggers_are_shown_with_the_reason(simulate: Simulate, event: Event) -> None:
    result = simulate(event(metrics={"records_written": 0}))
    assert result.exit_code == 3
    assert f"IGNORED: no condition of the {len(REGISTRY)} on_success triggers matches: " in result.stdout
    assert result.stdout.count("SKIPPED") == len(REGISTRY)
    assert 'metrics.records_written: found 0, expected [{"numeric":[">",0]}]' in result.stdout


def test_event_of_an_envelope_is_simulated(simulate: Simulate, event: Event) -> None:
    notification = {"Type": "Notification", "Message": json.dumps(event())}
    result = simulate("\ufeff" + json.dumps(notification), "--json")
    assert (result.exit_code, json.loads(result.stdout)["status"]) == (0, "STARTED")
    assert "orchestrator: -: starts with a byte order mark (BOM)" in result.stderr
    assert "orchestrator: -: is an SNS notification. The event is the content of Message.\n" in result.stderr


def test_several_records_exit_2_with_one_line(simulate: Simulate, event: Event) -> None:
    record = {"Sns": {"Message": json.dumps(event())}}
    result = simulate({"Records": [record, record]})
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert (
        "-: has 2 events (Records[0].Sns.Message, Records[1].Sns.Message), expected one. Save the one" in result.stderr
    )
