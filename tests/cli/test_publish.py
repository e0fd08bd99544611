"""``orchestrator publish`` on the local stack: messages, approvals, outcomes, and events that would start nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from operations.publishing.publish import Published
from tests.cli.helpers import Orchestrator
from tests.pasting import pasted

ROUTER = "local-downstream-orchestrator"
LOAD = {
    "type": "glue_job",
    "job_name": "load",
    "arguments": {"--path": "${artifacts.path}", "--rows": "${metrics.rows}"},
}
APPROVE = {"type": "sqs_mwaa", "dag_id": "approved"}
MANY = [{"type": "sqs_mwaa", "dag_id": f"dag-{number}"} for number in range(41)]
DOCUMENT: dict[str, Any] = {
    "workflows": {
        "images": {"on_success": [LOAD], "on_approval": [APPROVE]},
        "gone": {"on_success": [LOAD, {"type": "glue_job", "job_name": "missing"}]},
        "many": {"on_success": MANY},
        "both": {"on_success": [LOAD]},
        "partly": {"on_success": [LOAD, APPROVE]},
    },
    "joins": {
        "daily": {"all_of": ["first", "second"], "key": "${day}", "on_complete": [APPROVE]},
        "weekly": {"all_of": ["first", "both"], "key": "${week:-none}"},
    },
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with run_engine("us-west-1") as started:
        Simulator.deploy(started, DOCUMENT, ["glue_job:missing"])
        yield started


@pytest.fixture(autouse=True)
def environment(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"AWS_ENDPOINT_URL": engine.endpoint, "AWS_DEFAULT_REGION": engine.region}
    for name, value in {**variables, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)


def of(job: str, run: str, *more: str) -> list[str]:
    return ["publish", "--function", ROUTER, "--job", job, "--run-id", run, *more]


def arguments_of(engine: Engine, run: str) -> dict[str, str]:
    """Return the arguments of the only Glue job run that the upstream run started."""
    runs: list[dict[str, dict[str, str]]] = engine.client("glue").get_job_runs(JobName="load")["JobRuns"]
    (arguments,) = (one["Arguments"] for one in runs if one["Arguments"]["--triggered_by_run_id"] == run)
    return arguments


def test_published_event_starts_its_triggers(orchestrator: Orchestrator, engine: Engine) -> None:
    fields = ["--artifact", "path=s3://bucket/1", "--metric", "rows=12", "--field", "created_by=me"]
    result = orchestrator(*of("images", "first", *fields, "--wait"))
    assert result.exit_code == 0, result.stderr
    assert "to arn:aws:sns:us-west-1:123456789012:local-job_events" in result.stdout
    assert "  TRIGGERED glue_job load: " in result.stdout
    arguments = arguments_of(engine, "first")
    assert (arguments["--path"], arguments["--rows"]) == ("s3://bucket/1", "12")
    again = orchestrator(*of("images", "first", *fields, "--wait"))
    assert again.exit_code == 0
    assert "this run has started before, at " in again.stderr


def test_approval_goes_to_the_approvals_topic(orchestrator: Orchestrator) -> None:
    result = orchestrator(*of("images", "approved", "--approve", "--wait", "--json"))
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["topic_arn"].endswith(":local-job_approvals")
    ((outcome,),) = (execution["outcomes"] for execution in report["executions"])
    assert (outcome["type"], outcome["name"], outcome["result"]["status"]) == ("sqs_mwaa", "approved", "TRIGGERED")


def test_failed_trigger_is_printed_and_exits_1(orchestrator: Orchestrator) -> None:
    fields = ["--artifact", "path=p", "--metric", "rows=1"]
    result = orchestrator(*of("gone", "1", *fields, "--wait"))
    assert result.exit_code == 1
    assert "  TRIGGERED glue_job load: " in result.stdout
    assert "  FAILED glue_job missing: Glue.EntityNotFoundException" in result.stdout


def test_outcomes_of_batches_are_printed(orchestrator: Orchestrator) -> None:
    result = orchestrator(*of("many", "1", "--wait", "--json"))
    executions = json.loads(result.stdout)["executions"]
    assert (result.exit_code, [len(one["outcomes"]) for one in executions]) == (0, [2, 40, 1])


@pytest.mark.parametrize("stdin", [True, False])
def test_event_comes_from_a_file_or_standard_input(orchestrator: Orchestrator, tmp_path: Path, stdin: bool) -> None:
    event = {
        "job_name": "images",
        "job_run_id": "?",
        "status": "SUCCESS",
        "artifacts": {"path": "a"},
        "metrics": {"rows": 1},
    }
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event))
    named = ["-"] if stdin else [str(path)]
    options = ["--function", ROUTER, "--run-id", f"from-{stdin}", "--wait"]
    result = orchestrator("publish", *named, *options, stdin=path.read_text())
    assert result.exit_code == 0, result.stderr


def test_topic_needs_no_router(orchestrator: Orchestrator, engine: Engine) -> None:
    topic = "arn:aws:sns:us-west-1:123456789012:local-job_events"
    result = orchestrator("publish", "--topic-arn", topic, "--job", "images", "--run-id", "topic")
    assert (result.exit_code, result.stdout.endswith(f"to {topic}\n")) == (0, True)


def test_misspelt_job_is_refused_with_the_close_name(orchestrator: Orchestrator) -> None:
    result = orchestrator(*of("imagse", "1", "--wait", "--timeout", "600"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "orchestrator: the event would start nothing: the configuration has no workflow for job 'imagse'. Did you mean 'images'? "
        "It was not published. To publish it for other subscribers, name the topic: --topic-arn\n"
    )


def test_event_that_would_fail_whole_is_refused(orchestrator: Orchestrator) -> None:
    result = orchestrator(*of("images", "no-artifacts"))
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "every trigger is rejected (1), so nothing would start: " in result.stderr


def test_other_content_of_a_run_is_refused(orchestrator: Orchestrator) -> None:
    fields = ["--artifact", "path=1", "--metric", "rows=1", "--wait"]
    assert orchestrator(*of("images", "content", *fields)).exit_code == 0
    result = orchestrator(*of("images", "content", *fields, "--field", "day=7"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "with other content (day was absent and is now 7)" in result.stderr


def test_repeated_arrival_ends_the_wait(orchestrator: Orchestrator) -> None:
    options = ["--field", "day=2026-02-02", "--wait", "--timeout", "600"]
    orchestrator(*of("second", "r1", *options))
    result = orchestrator(*of("second", "r2", *options))
    assert result.exit_code == 3
    assert result.stderr.startswith(
        "orchestrator: join 'daily' for key '2026-02-02' ignored the event (REPEATED): the job has arrived with run 'r1', which "
        "counts. Run: orchestrator inspect daily 2026-02-02"
    )


def test_check_is_printed_before_the_message(orchestrator: Orchestrator) -> None:
    result = orchestrator(*of("both", "check", "--artifact", "path=1", "--metric", "rows=1", "--field", "week=9"))
    starts, arrives, published = result.stdout.splitlines()
    assert (starts, arrives) == ("starts glue_job load", "arrives at join weekly for key 9")
    assert published.startswith("published message ")
    partly = orchestrator(*of("partly", "check"))
    assert partly.stdout.startswith("starts sqs_mwaa approved\npublished")
    assert partly.stderr.startswith("orchestrator: warning: the router will reject trigger ")


def test_report_has_the_plan_and_the_status(orchestrator: Orchestrator) -> None:
    options = ["--artifact", "path=1", "--metric", "rows=1", "--wait", "--json"]
    reports = [json.loads(orchestrator(*of("images", "report", *options)).stdout) for _ in range(2)]
    assert [report["status"] for report in reports] == ["STARTED", "DUPLICATE"]
    assert [report["executions"][0]["status"] for report in reports] == ["STARTED", "DUPLICATE"]
    assert [trigger["name"] for trigger in reports[0]["plan"]["triggers"]] == ["load"]
    assert "status" not in json.loads(orchestrator(*of("images", "report", *options[:4], "--json")).stdout)


def test_event_without_an_outcome_has_what_the_log_has(
    orchestrator: Orchestrator, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.publishing.publish.publish", lambda topic, text: Published(topic, "lost"))
    result = orchestrator(
        *of("images", "lost", "--artifact", "path=1", "--metric", "rows=1", "--wait", "--timeout", "1")
    )
    assert result.exit_code == 1
    assert (
        "orchestrator: no execution started in 1 s. The router's log of the last 14 days has no such" in result.stderr
    )


@pytest.mark.parametrize(
    ("text", "argument"), [("1.10", "1.10"), ("215e6", "215e6"), ("5e123456", "5e123456"), ("12", "12"), ('"07"', "07")]
)
def test_number_of_an_option_reaches_the_target_unchanged(
    orchestrator: Orchestrator, engine: Engine, text: str, argument: str
) -> None:
    run = f"number-{text}"
    result = orchestrator(*of("images", run, "--artifact", f"path={text}", "--metric", "rows=1", "--wait"))
    assert result.exit_code == 0, result.stderr
    assert arguments_of(engine, run)["--path"] == argument


def test_envelope_and_byte_order_mark_are_left_out(orchestrator: Orchestrator, engine: Engine, tmp_path: Path) -> None:
    fields = {"artifacts": {"path": "a"}, "metrics": {"rows": 1}}
    event = {"job_name": "images", "job_run_id": "wrapped", "status": "SUCCESS"} | fields
    path = tmp_path / "event.json"
    path.write_text("\ufeff" + json.dumps({"Records": [{"Sns": {"Message": json.dumps(event)}}]}))
    result = orchestrator("publish", str(path), "--function", ROUTER, "--wait")
    assert result.exit_code == 0, result.stderr
    assert arguments_of(engine, "wrapped")["--path"] == "a"
    assert f"{path}: starts with a byte order mark (BOM), which is left out. Save the file without it" in result.stderr
    assert (
        f"{path}: is a Lambda event with records. The event is the content of Records[0].Sns.Message" in result.stderr
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--topic-arn", "arn:aws:sns:us-west-1:123456789012:t", "--function", ROUTER], "expected either --function"),
        (["--topic-arn", "jobs"], "expected the ARN of an SNS topic"),
        (["--topic-arn", "arn:aws:sns:us-west-1:123456789012:t", "--wait"], "--wait: needs --function"),
        (["--function", ROUTER], "name a file, or --job and --run-id"),
        (of("images", "1", "--artifact", "path")[1:], "'path': expected NAME=VALUE"),
        (of("images", "1", "--field", r'x="\ud800"')[1:], "the event: found an unpaired surrogate"),
        (of("images", "1", "--field", "x=" + "[" * 5_000 + "]" * 5_000)[1:], "the event: found a value nested deeper"),
        (of("images", "1", "--field", "x=[NaN]")[1:], "the event: found NaN"),
        (["--function", ROUTER, "README.md"], "README.md: it is not JSON"),
        (of("images", "1", "--field", "job_name=both")[1:], "--job images and --field job_name give the same field"),
        (of("images", "1", "--field", "job_run_id=2")[1:], "--run-id 1 and --field job_run_id give the same field"),
        (of("images", "1", "--approve", "--field", "decision=REJECTED")[1:], "--approve and --field decision give"),
        (
            of("images", "1", "--artifact", "a=1", "--field", "artifacts={}")[1:],
            "--artifact and --field artifacts give",
        ),
        (of("images", "1", "--metric", "a=1", "--metric", "a=2")[1:], "--metric a: found two values"),
        (of("images\udcff", "1")[1:], r"argument 'images\udcff': is not UTF-8."),
        (of("images", "1", "--field", "x=[1.10]")[1:], "--field x: found the number 1.10, which JSON prints as 1.1"),
        (of("images", "1", "--field", "artifacts=text")[1:], "event field 'artifacts': found a string"),
        (
            of("images", "1", "--field", "status=Success")[1:],
            "Write 'SUCCESS' instead of 'Success'. It was not published",
        ),
        (of("images", "1", "--field", "status=FAILED")[1:], "no status SUCCESS, and no decision APPROVED"),
        (["--function", "nobody", "--job", "j", "--run-id", "r"], "function 'nobody': does not exist"),
        (["--topic-arn", "arn:aws:sns:us-west-1:123456789012:t", "--job", "j", "--run-id", "r"], "NotFound"),
    ],
)
def test_unusable_options_exit_2_with_one_line(orchestrator: Orchestrator, options: list[str], words: str) -> None:
    result = orchestrator("publish", *options)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.stderr
    assert words in result.stderr


def test_wait_names_the_joins_of_an_event(orchestrator: Orchestrator) -> None:
    # The command does not wait for an execution that cannot start: the timeout is longer than any test.
    first = orchestrator(*of("first", "r1", "--field", "day=2026-01-01", "--wait", "--timeout", "600"))
    assert first.exit_code == 3
    daily, weekly = first.stderr.splitlines()
    assert daily == (
        "orchestrator: the event arrived at join 'daily' for key '2026-01-01'. It waits for second. Run: orchestrator inspect "
        f"daily 2026-01-01 --function {ROUTER}"
    )
    assert weekly.startswith(
        "orchestrator: the event arrived at join 'weekly' for key 'none'. It waits for both. Run: orchestrator inspect weekly "
    )
    shown = orchestrator("inspect", "daily", "2026-01-01", "--function", ROUTER)
    assert "arrived  first r1" in shown.stdout
    second = orchestrator(*of("second", "r2", "--field", "day=2026-01-01", "--wait", "--timeout", "60", "--json"))
    assert second.exit_code == 3
    report = json.loads(second.stdout)
    assert report["executions"] == []
    (join,) = report["joins"]
    assert (join["join"], join["state"], join["missing"]) == ("daily", "complete", [])
    assert "for key '2026-01-01'. It is complete. Run: orchestrator inspect daily 2026-01-01" in second.stderr


@pytest.mark.parametrize("key", ["-k; touch hacked", "$(touch hacked)", "a\ntouch hacked"])
def test_command_of_a_join_is_read_by_the_cli(orchestrator: Orchestrator, key: str, tmp_path: Path) -> None:
    waiting = orchestrator(*of("first", "r1", "--field", f"day={json.dumps(key)}", "--wait", "--timeout", "600"))
    daily = next(line for line in waiting.stderr.splitlines() if "'daily'" in line)
    (call,) = pasted(daily.partition("Run: ")[2], tmp_path)
    shown = orchestrator(*call)
    assert (shown.exit_code, "arrived  first r1" in shown.stdout) == (1, True), shown.stderr
    assert [word for word in call if word != "--"] in (
        ["inspect", "daily", key, "--function", ROUTER],
        ["inspect", "--function", ROUTER, "daily", key],
    )


def test_wait_names_joins_and_outcomes_of_one_event(orchestrator: Orchestrator) -> None:
    result = orchestrator(
        *of("both", "r1", "--artifact", "path=x", "--metric", "rows=1", "--field", "week=7", "--wait")
    )
    assert result.exit_code == 0, result.stderr
    assert "  TRIGGERED glue_job load: " in result.stdout
    assert "the event arrived at join 'weekly' for key '7'. It waits for first." in result.stderr
