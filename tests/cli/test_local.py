"""``orchestrator local`` and ``orchestrator replay``, used as a person would: two variables, then boto3 and the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.cli.test_cli import COMMAND, ROOT, orchestrator
from tests.local.helpers import Event


class Local:
    """``orchestrator local``, running."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "local", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, **environment},
        )
        assert self.process.stdout is not None
        watchdog = threading.Timer(60, self.process.kill)
        watchdog.start()
        self.variables: dict[str, str] = {}
        self.lines: list[str] = []
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                self.variables[name] = value
            if line.startswith("# Ctrl-C"):
                break
        watchdog.cancel()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def test_local_with_two_variables_and_replay(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    local = Local()
    try:
        assert set(local.variables) == {"AWS_CONFIG_FILE", "AWS_PROFILE"}
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        for name, value in local.variables.items():
            monkeypatch.setenv(name, value)
        session = boto3.session.Session()
        sns, sfn = session.client("sns"), session.client("stepfunctions")
        topic = next(one["TopicArn"] for one in sns.list_topics()["Topics"] if one["TopicArn"].endswith("job_events"))
        body = event(job_name="transform_images")
        sns.publish(TopicArn=topic, Message=json.dumps(body))
        machine = topic.replace(":sns:", ":states:").replace(
            "local-job_events", "stateMachine:local-downstream-orchestrator"
        )
        execution = wait_for_execution(sfn, machine)
        assert execution["status"] == "SUCCEEDED"
        # All triggers started: there is nothing to replay, until a trigger is named.
        assert orchestrator("replay", execution["executionArn"]).returncode == 3
        wish = orchestrator("replay", execution["executionArn"], "--only", "2", "--dry-run")
        assert json.loads(wish.stdout)["$replay"]["only"] == [2]
        replayed = orchestrator("replay", execution["executionArn"], "--only", "2,4", "--tag", "again")
        assert (replayed.returncode, replayed.stdout.count("TRIGGERED")) == (0, 2)
        same = orchestrator("replay", execution["executionArn"], "--only", "2,4", "--tag", "again")
        assert (same.returncode, "DUPLICATE" in same.stdout) == (3, True)
        by_name = orchestrator(
            "replay", execution["name"], "--function", "local-downstream-orchestrator", "--only", "1", "--json"
        )
        assert json.loads(by_name.stdout)["executions"][0]["outcomes"][0]["type"] == "step_function"
        for bad in ([execution["name"]], [f"{execution['executionArn']}x"], [execution["executionArn"], "--only", "x"]):
            answer = orchestrator("replay", *bad)
            assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    finally:
        code = local.stop()
    assert code == 0
    assert not Path(local.variables["AWS_CONFIG_FILE"]).exists()


WRONG_AIRFLOWS = [
    ("http://127.0.0.1:1", "secret", "cannot reach Airflow"),
    ("file:///etc/hosts", "secret", "expected a URL such as"),
    ("http://127.0.0.1:1", "", "set ORCHESTRATOR_AIRFLOW_PASSWORD to the password of admin"),
]


@pytest.mark.parametrize(("url", "password", "words"), WRONG_AIRFLOWS)
def test_an_airflow_that_cannot_be_used_is_one_line(url: str, password: str, words: str) -> None:
    answer = orchestrator("local", "--airflow", url, ORCHESTRATOR_AIRFLOW_PASSWORD=password)
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
    assert words in answer.stderr
    assert "secret" not in answer.stderr


def wait_for_execution(sfn: Any, machine: str) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        ended = [
            one for one in sfn.list_executions(stateMachineArn=machine)["executions"] if one["status"] != "RUNNING"
        ]
        if ended:
            first: dict[str, Any] = ended[0]
            return first
        time.sleep(0.1)
    raise TimeoutError(machine)
