"""The on-call story, played with the printed commands on the local stack: ``pytest -s tests/cli/test_on_call_story.py``."""

from __future__ import annotations

import json
import re
import shlex
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from local.stack import upload_config
from orchestration.values import strictjson
from tests.cli.helpers import Orchestrator, Result

LOAD_A = {"type": "glue_job", "job_name": "load", "arguments": {"--table": "a"}}
LOAD_B = {"type": "glue_job", "job_name": "load", "arguments": {"--table": "${artifacts.table}"}}
LOAD_B_FIXED = {"type": "glue_job", "job_name": "load", "arguments": {"--table": "b"}, "description": "table b"}
LOAD_C = {"type": "glue_job", "job_name": "load", "arguments": {"--table": "c"}}
GONE = {"type": "glue_job", "job_name": "refresh"}
EVENT = {"job_name": "transform_images", "job_run_id": "spark-0001", "status": "SUCCESS"}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with run_engine("us-west-1") as started:
        yield started


class Shell:
    """Runs ``orchestrator`` commands and prints them with their output."""

    def __init__(self, orchestrator: Orchestrator, capsys: pytest.CaptureFixture[str]) -> None:
        self.orchestrator, self.capsys = orchestrator, capsys

    def __call__(self, command: str, exit_code: int, stdin: str = "") -> Result:
        result = self.orchestrator(*shlex.split(command), stdin=stdin)
        with self.capsys.disabled():
            print(f"$ orchestrator {command}\n{result.stdout}{result.stderr}exit code {result.exit_code}\n")  # noqa: T201
        assert result.exit_code == exit_code, result
        return result


@pytest.fixture(autouse=True)
def environment(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "AWS_ENDPOINT_URL": engine.endpoint,
        "AWS_DEFAULT_REGION": engine.region,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def shell(orchestrator: Orchestrator, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(orchestrator, capsys)


@pytest.fixture(scope="module")
def simulator(engine: Engine) -> Simulator:
    document = {"workflows": {"transform_images": {"on_success": [LOAD_A, LOAD_B, GONE]}}}
    return Simulator.deploy(engine, document, ["glue_job:refresh"])


def test_printed_replay_starts_what_failed_once(engine: Engine, simulator: Simulator, shell: Shell) -> None:
    first = simulator.publish(json.dumps(EVENT))
    assert [one.status for one in first.triggers] == ["TRIGGERED", "FAILED", "FAILED"]
    a, b, gone = (one.trigger_id for one in first.triggers)
    command = first.executions[0].cause.rsplit("orchestrator ", 1)[1]
    # A data engineer fixes the second trigger and inserts a line above. The fixed entry has another id.
    upload(simulator, LOAD_C, LOAD_A, LOAD_B_FIXED, GONE)
    engine.client("glue").create_job(Name="refresh", Role="r", Command={"Name": "glueetl"})
    dry = shell(f"{command} --dry-run", 1).stdout
    assert f"REFUSED  {b}  glue_job load" in dry
    assert f"WOULD_START  {gone}  glue_job refresh  attempt 1" in dry
    assert f"STARTED  {gone}  glue_job refresh  attempt 1" in shell(command, 1).stdout
    (now,) = re.findall(r"New since then: .*([0-9a-f]{8}) \(glue_job load: table b\)", dry)
    shell(f"{command} --only {b}={now}", 0)
    assert tables(engine) == ["a", "b"]
    # The same commands again start nothing, and neither does the name of a trigger that started.
    shell(command, 3)
    shell(f"{command} --only {b}={now}", 3)
    assert "it has started: " in shell(f"{command} --only {a}", 3).stdout
    assert tables(engine) == ["a", "b"]
    shell(f"{command} --only {a} --again", 0)
    assert tables(engine) == ["a", "a", "b"]


@pytest.mark.slow
def test_all_failed_events_are_replayed_after_one_question(engine: Engine, simulator: Simulator, shell: Shell) -> None:
    glue, machine = engine.client("glue"), simulator.stack.function
    upload(simulator, LOAD_A, GONE)
    glue.delete_job(JobName="refresh")
    for number in range(3):
        simulator.publish(json.dumps(EVENT | {"job_run_id": f"night-{number}"}))
    before = len(tables(engine))
    glue.create_job(Name="refresh", Role="r", Command={"Name": "glueetl"})
    command = f"replay --failed --function {machine} --since 1h"
    assert shell(f"{command} --job another_job", 3).stdout == "no trigger failed\n"
    assert shell(f"{command} --dry-run", 0).stdout.count("WOULD_START") == 3
    assert "Start 3 triggers again?" in shell(command, 3, stdin="n\n").stderr
    assert shell(command, 2).stderr.endswith(
        "orchestrator: replay --failed: no terminal to ask on. Confirm with --yes.\n"
    )
    assert len(glue.get_job_runs(JobName="refresh")["JobRuns"]) == 0
    assert shell(command, 0, stdin="y\n").stdout.count("TRIGGERED") == 3
    assert len(glue.get_job_runs(JobName="refresh")["JobRuns"]) == 3
    shell(f"{command} --yes", 3)
    # An event whose first execution does not exist is reported, and does not stop the others.
    lost = {
        "event": EVENT | {"job_run_id": "lost"},
        "triggers": [{"id": "a", "type": "rejected", "name": "n", "request": {"Error": "E", "Cause": "c"}}],
        "routing": {"event_kind": "on_success", "batch": "1/1"},
    }
    sfn = engine.client("stepfunctions")
    started = sfn.start_execution(stateMachineArn=simulator.stack.state_machine, input=json.dumps(lost), name="by-hand")
    while sfn.describe_execution(executionArn=started["executionArn"])["status"] == "RUNNING":
        time.sleep(0.05)
    assert "cannot describe it" in shell(f"{command} --dry-run", 3).stderr
    assert len(tables(engine)) == before


def upload(simulator: Simulator, *triggers: Any) -> None:
    """Replace the configuration; targets that do not exist stay missing."""
    simulator.document = {"workflows": {"transform_images": {"on_success": list(triggers)}}}
    upload_config(simulator.engine, simulator.stack.config_uri, strictjson.dumps(simulator.document))


def tables(engine: Engine) -> list[str]:
    """Argument --table of every run of the Glue job."""
    runs = engine.client("glue").get_job_runs(JobName="load")["JobRuns"]
    return sorted(run["Arguments"]["--table"] for run in runs)
