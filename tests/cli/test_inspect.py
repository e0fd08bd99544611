"""``orchestrator executions`` and ``inspect`` on the local stack: outcomes, service calls, batches and replays of an event."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.component.common.retry import jitter_strategy_decl

from local.engine.engine import Engine, run_engine
from local.engine.faults import Fault
from local.engine.patches.replace import replaced
from local.simulation.simulator import Simulator
from tests.cli.helpers import Orchestrator, Result

ROUTER = "local-downstream-orchestrator"
LOAD = {"type": "glue_job", "job_name": "load", "arguments": {"--path": "${artifacts.path:-none}"}}
GONE = {"type": "glue_job", "job_name": "gone", "id": "gone"}
BROKEN = {"type": "glue_job", "job_name": "broken", "arguments": {"--x": "${nowhere}"}}
SEND = {"type": "sqs_mwaa", "dag_id": "report", "id": "report"}
DOCUMENT: dict[str, Any] = {
    "workflows": {
        "good": {"on_success": [LOAD, SEND], "on_approval": [SEND]},
        "bad": {"on_success": [LOAD, GONE, BROKEN]},
        "many": {"on_success": [{"type": "sqs_mwaa", "dag_id": f"dag-{number}"} for number in range(41)]},
        "slow": {"on_success": [SEND]},
        "conditional": {
            "on_success": [SEND, {**LOAD, "id": "rows", "when": {"metrics": {"rows": [{"numeric": [">", 0]}]}}}]
        },
    },
    "joins": {"both": {"all_of": ["left", "right"], "key": "${start_date}", "on_complete": [SEND]}},
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """A success, an approval, a failure with a replay, batches, and a call that is retried."""
    with run_engine("us-west-1") as started:
        Simulator.deploy(started, DOCUMENT, ["glue_job:gone"])
        send(started, "good", "1")
        send(started, "good", "1", decision="APPROVED", status="")
        bad = send(started, "bad", "1")
        started.client("glue").create_job(Name="gone", Role="r", Command={"Name": "glueetl"})
        send(started, "bad", "1", **{"$replay": {"of": bad["executions"][0]["name"], "only": ["gone"]}})
        started.client("glue").delete_job(JobName="gone")
        send(started, "many", "1")
        send(started, "conditional", "1")
        send(started, "left", "1", start_date="2026-01-01")
        fault = Fault(status=400, code="InvalidParameterValue", times=2)
        longest = types.SimpleNamespace(uniform=lambda _, seconds: seconds)  # a random wait may be too short to see
        with (
            started.patch_context.faults.inject("sqs.SendMessage", fault),
            replaced(jitter_strategy_decl, "random", longest),
        ):
            send(started, "slow", "1")
        started.client("stepfunctions").start_execution(
            stateMachineArn=f"arn:aws:states:us-west-1:123456789012:stateMachine:{ROUTER}", name="by-hand", input="{}"
        )
        yield started


def send(engine: Engine, job: str, run: str, **fields: Any) -> dict[str, Any]:
    payload = {"job_name": job, "job_run_id": run, "status": "SUCCESS", "$wait_seconds": 30} | fields
    answer = engine.client("lambda").invoke(FunctionName=f"{ROUTER}:live", Payload=json.dumps(payload).encode())
    record: dict[str, Any] = json.loads(answer["Payload"].read())["records"][0]
    return record


@pytest.fixture(autouse=True)
def environment(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"AWS_ENDPOINT_URL": engine.endpoint, "AWS_DEFAULT_REGION": engine.region}
    for name, value in {**variables, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)


def inspected(orchestrator: Orchestrator, *names: str, code: int = 0) -> list[dict[str, Any]]:
    result = orchestrator("inspect", *names, "--function", ROUTER, "--json")
    assert result.exit_code == code, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_job_and_run_need_no_search(orchestrator: Orchestrator) -> None:
    success, approval = inspected(orchestrator, "good", "1")
    assert [success["event_kind"], approval["event_kind"]] == ["on_success", "on_approval"]
    assert [one["status"] for one in success["executions"]] == ["SUCCEEDED"]
    ((run,),) = [one["runs"] for one in success["triggers"] if one["type"] == "glue_job"]
    assert (run["status"], run["request"]["Arguments"]["--path"], run["id"][:3]) == ("TRIGGERED", "none", "jr_")
    assert [(call["error"], call["waited"]) for call in run["calls"]] == [("", 0.0)]
    assert success["config_source"].startswith("s3://")
    assert success["url"].endswith(f"#/v2/executions/details/{success['arn']}")


def test_failed_triggers_have_errors_replays_and_a_command(orchestrator: Orchestrator) -> None:
    (found,) = inspected(orchestrator, "bad", "1", code=1)
    load, gone, broken = found["triggers"]
    assert [run["status"] for run in load["runs"]] == ["TRIGGERED"]
    assert [(run["number"], run["status"], run["error"]) for run in gone["runs"]] == [
        (0, "FAILED", "Glue.EntityNotFoundException"),
        (1, "TRIGGERED", ""),
    ]
    assert (broken["name"], broken["runs"][0]["error"]) == ("broken", "ResolutionError")
    assert "'nowhere'" in broken["runs"][0]["cause"]
    assert found["replay"] == f"orchestrator replay {found['arn']}"
    replayed = gone["runs"][1]["execution"]
    assert inspected(orchestrator, replayed, code=1) == [found]
    arn = found["arn"].rpartition(":")[0]
    alone = orchestrator("inspect", f"{arn}:{replayed}", "--json")
    assert json.loads(alone.stdout)[0]["triggers"] == found["triggers"]


def test_retried_call_shows_errors_and_waits(orchestrator: Orchestrator) -> None:
    (found,) = inspected(orchestrator, "slow", "1")
    ((run,),) = [trigger["runs"] for trigger in found["triggers"]]
    assert [bool(call["error"]) for call in run["calls"]] == [True, True, False]
    assert run["calls"][0]["waited"] == 0
    assert all(call["waited"] >= 0.5 for call in run["calls"][1:])
    shown = orchestrator("inspect", "slow", "1", "--function", ROUTER)
    assert "after a wait of " in shown.stdout
    assert "SQS." in shown.stdout


def test_triggers_of_batches_have_their_executions(orchestrator: Orchestrator) -> None:
    (found,) = inspected(orchestrator, "many", "1")
    assert len(found["executions"]) == 3
    assert {one["status"] for one in found["executions"]} == {"SUCCEEDED"}
    assert len(found["triggers"]) == 41
    assert all(trigger["batch"] and trigger["runs"][0]["calls"] for trigger in found["triggers"])


def test_text_has_the_next_command_and_requests(orchestrator: Orchestrator) -> None:
    result = orchestrator("inspect", "bad", "1", "--function", ROUTER, "--requests")
    assert result.exit_code == 1
    assert "    original: FAILED" in result.stdout
    assert "    replay 1: TRIGGERED" in result.stdout
    assert '"JobName": "gone"' in result.stdout
    assert "next: orchestrator replay arn:aws:states:" in result.stdout


def test_run_that_started_nothing_exits_3(orchestrator: Orchestrator) -> None:
    result = orchestrator("inspect", "good", "nothing", "--function", ROUTER)
    assert (result.exit_code, result.stdout) == (3, "")
    assert (
        "job 'good' run 'nothing' started nothing. The router's log of the last 14 days has no such event"
        in result.stderr
    )


def test_event_that_only_arrived_at_a_join_names_the_join(orchestrator: Orchestrator) -> None:
    result = orchestrator("inspect", "left", "1", "--function", ROUTER)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "It only arrived at joins: join both key 2026-01-01: WAITING" in result.stderr


def test_ignored_event_has_the_routers_reason(orchestrator: Orchestrator, engine: Engine) -> None:
    for status in ("Success", "Success", "FAILED"):
        assert send(engine, "good", 'say "ignored"', status=status)["status"] == "IGNORED"
    result = orchestrator("inspect", "good", 'say "ignored"', "--function", ROUTER)
    assert result.exit_code == 3
    assert result.stderr.count("no status SUCCESS") == 2
    assert "Write 'SUCCESS' instead of 'Success'" in result.stderr
    send(engine, "nobody", "1")
    result = orchestrator("inspect", "nobody", "1", "--function", ROUTER)
    assert "The router ignored it: the configuration has no workflow for job 'nobody'" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["name"], "together with --function"),
        (["a", "b", "c", "--function", ROUTER], "found 3 names"),
        (["nobody", "--function", ROUTER], "execution 'nobody': cannot describe it"),
        (["by-hand", "--function", ROUTER], "the router did not start it"),
    ],
)
def test_unusable_execution_exits_2_with_one_line(orchestrator: Orchestrator, arguments: list[str], words: str) -> None:
    result = orchestrator("inspect", *arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert words in result.stderr


def listed(orchestrator: Orchestrator, *options: str, code: int = 0) -> list[tuple[str, str, str]]:
    result = orchestrator("executions", "--function", ROUTER, *options, "--json")
    assert result.exit_code == code, result.stderr
    return [(one["job_name"], one["kind"], one["status"]) for one in json.loads(result.stdout)]


def test_every_execution_is_listed_newest_first(orchestrator: Orchestrator) -> None:
    found = listed(orchestrator)
    assert found[0][:2] == ("", "other")
    assert found[1:] == [
        ("slow", "event", "SUCCEEDED"),
        ("conditional", "event", "SUCCEEDED"),
        ("many", "batch", "SUCCEEDED"),
        ("many", "batch", "SUCCEEDED"),
        ("many", "event", "SUCCEEDED"),
        ("bad", "replay", "SUCCEEDED"),
        ("bad", "event", "FAILED"),
        ("good", "event", "SUCCEEDED"),
        ("good", "event", "SUCCEEDED"),
    ]


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--job", "good"], 2),
        (["--job", "good", "--run", "1"], 2),
        (["--job", "goo"], 0),
        (["--job", "good", "--run", "2"], 0),
        (["--status", "FAILED", "--job", "bad"], 1),
        (["--trigger", "gone"], 2),
        (["--trigger", "glue_job"], 3),
        (["--trigger", "dag-40"], 2),
        (["--limit", "2"], 2),
        (["--since", "0m"], 0),
    ],
)
def test_executions_are_filtered(orchestrator: Orchestrator, options: list[str], count: int) -> None:
    assert len(listed(orchestrator, *options, code=0 if count else 3)) == count


def test_list_for_people_has_the_cause(orchestrator: Orchestrator) -> None:
    result: Result = orchestrator("executions", "--function", ROUTER, "--job", "bad")
    assert "FAILED  bad 1 on_success  3 triggers" in result.stdout
    (cause,) = [line for line in result.stdout.splitlines() if "2 of 3 triggers failed" in line]
    assert cause.endswith("…")  # it goes on, as --json shows
    assert "bad 1 on_success (replay)  1 triggers" in result.stdout


def test_follow_prints_new_executions_until_ctrl_c(
    orchestrator: Orchestrator, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    polls = iter(["an event", "nothing", "Ctrl-C"])

    def sleep(_: float) -> None:
        now = next(polls)
        if now == "Ctrl-C":
            raise KeyboardInterrupt
        if now == "an event":
            send(engine, "good", "followed")

    monkeypatch.setattr("cli.executions.time", SimpleNamespace(sleep=sleep))
    result = orchestrator("executions", "--function", ROUTER, "--job", "good", "--follow")
    assert result.exit_code == 0
    assert result.stdout.count("good followed on_success") == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--status", "failed"], "--status 'failed': expected one of RUNNING"),
        (["--run", "1"], "--run: needs --job"),
        (["--since", "yesterday"], "--since 'yesterday': expected an age"),
        (["--follow", "--json"], "choose one"),
    ],
)
def test_unusable_options_exit_2_with_one_line(orchestrator: Orchestrator, options: list[str], words: str) -> None:
    result = orchestrator("executions", "--function", ROUTER, *options)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert words in result.stderr


def test_inspect_shows_skipped_triggers_with_the_reason(orchestrator: Orchestrator) -> None:
    result = orchestrator("inspect", "conditional", "1", "--function", ROUTER)
    assert result.exit_code == 0, result.stderr
    assert "SKIPPED  glue_job load  rows" in result.stdout
    assert 'metrics.rows: found nothing, expected [{"numeric":[">",0]}]' in result.stdout
