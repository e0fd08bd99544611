"""From the alarm to the replay, with the AWS CLI and with ours: ``pytest -s tests/packaging/test_from_alarm_to_replay.py``."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from dataclasses import dataclass

import pytest

from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from tests.cli.helpers import ROOT

TOOLS = (ROOT / ".venv" / "bin", ROOT / ".venv-awscli" / "bin")
MISSING = {"type": "glue_job", "job_name": "refresh"}
DOCUMENT = {"workflows": {"j": {"on_success": [{"type": "sqs_mwaa", "dag_id": "d"}, MISSING]}}}


@dataclass(slots=True)
class Way:
    """Commands of one way, with the characters that a person has to read, and the seconds."""

    commands: int = 0
    characters: int = 0
    seconds: float = 0.0

    def run(self, engine: Engine, command: str) -> str:
        environment = {"PATH": ":".join([*map(str, TOOLS), os.environ["PATH"]]), "AWS_ENDPOINT_URL": engine.endpoint}
        environment |= {"AWS_DEFAULT_REGION": engine.region, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
        began = time.monotonic()
        answer = subprocess.run(shlex.split(command), env=environment, capture_output=True, text=True, check=False)
        self.seconds += time.monotonic() - began
        self.commands += 1
        self.characters += len(answer.stdout)
        assert not answer.stderr, answer.stderr
        print(f"$ {command}\n{answer.stdout[:600]}")  # noqa: T201 - pytest -s
        return answer.stdout


def failed_event(simulator: Simulator, run: str) -> str:
    """Publish an event whose Glue job does not exist, then create the job; returns the execution's ARN."""
    glue = simulator.engine.client("glue")
    simulated = simulator.publish(json.dumps({"job_name": "j", "job_run_id": run, "status": "SUCCESS"}))
    assert simulated.executions[0].execution_status == "FAILED"
    glue.create_job(Name="refresh", Role="r", Command={"Name": "glueetl"})
    return simulated.executions[0].arn


def test_inspect_replaces_three_commands_and_their_json() -> None:
    if not all((tools / name).exists() for tools, name in zip(TOOLS, ("orchestrator", "aws"), strict=True)):
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("the AWS CLI is not installed: make awscli")
    with run_engine("us-west-1") as engine:
        simulator = Simulator.deploy(engine, DOCUMENT, ["glue_job:refresh"])
        glue, before, after = engine.client("glue"), Way(), Way()
        arn = failed_event(simulator, "before")
        machine = simulator.stack.state_machine
        listed = before.run(
            engine, f"aws stepfunctions list-executions --state-machine-arn {machine} --status-filter FAILED"
        )
        assert arn in listed
        before.run(engine, f"aws stepfunctions describe-execution --execution-arn {arn}")
        history = before.run(engine, f"aws stepfunctions get-execution-history --execution-arn {arn}")
        assert "Glue.EntityNotFoundException" in history
        assert "TRIGGERED" in before.run(engine, f"orchestrator replay {arn}")
        glue.delete_job(JobName="refresh")
        arn = failed_event(simulator, "after")
        inspected = after.run(engine, f"orchestrator inspect j after --function {simulator.stack.function}")
        assert "Glue.EntityNotFoundException: Job refresh not found." in inspected
        (command,) = [line.removeprefix("next: ") for line in inspected.splitlines() if line.startswith("next: ")]
        assert command == f"orchestrator replay {arn}"
        assert "TRIGGERED" in after.run(engine, command)
        assert len(glue.get_job_runs(JobName="refresh")["JobRuns"]) == 1
    print(f"before: {before}\nafter:  {after}")  # noqa: T201 - pytest -s
    assert (before.commands, after.commands) == (4, 2)
    assert after.characters < before.characters / 5
