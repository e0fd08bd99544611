"""``orchestrator local``, used as a person uses it: two environment variables, then boto3 and ``orchestrator replay``."""

from __future__ import annotations

import json
import os
import re
import socket
import threading
import time
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.cli.helpers import Local, Orchestrator, run_process
from tests.local.helpers import Event


def wait_for_execution(sfn: Any, machine: str) -> dict[str, Any]:
    """Return the first execution that ended."""
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


INVALID_REPLAYS = (
    ("{name}",),
    ("{arn}x",),
    ("{arn}", "--only", "nobody"),
    ("{arn}", "--only", "=x"),
    ("{arn}", "--again"),
    ("{arn}", "--failed"),
    ("{arn}", "--since", "1h"),
    ("--failed", "--since", "1h"),
    ("--failed", "--function", "local-downstream-orchestrator", "--since", "yesterday"),
    (),
)


def test_local_serves_boto3_and_replay(
    orchestrator: Orchestrator, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
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
        sns.publish(TopicArn=topic, Message=json.dumps(event(job_name="transform_images")))
        machine = topic.replace(":sns:", ":states:").replace(
            "local-job_events", "stateMachine:local-downstream-orchestrator"
        )
        execution = wait_for_execution(sfn, machine)
        assert execution["status"] == "SUCCEEDED"
        arn, name = execution["executionArn"], execution["name"]
        # All triggers started, so a replay starts none until it names one.
        assert orchestrator("replay", arn).exit_code == 3
        items = json.loads(sfn.describe_execution(executionArn=arn)["input"])["triggers"]
        two = f"{items[2]['id']},{items[4]['id']}"
        dry = orchestrator("replay", arn, "--only", two, "--again", "--dry-run", "--json")
        assert [one["action"] for one in json.loads(dry.stdout)["replay"]["triggers"]] == ["WOULD_START"] * 2
        replayed = run_process("replay", arn, "--only", two, "--again")
        assert (replayed.exit_code, replayed.stdout.count("TRIGGERED")) == (0, 2)
        repeated = orchestrator("replay", arn, "--only", two)
        assert (repeated.exit_code, repeated.stdout.count("LEFT_OUT")) == (3, 2)
        function = ("--function", "local-downstream-orchestrator")
        by_name = orchestrator("replay", name, *function, "--only", items[1]["id"], "--again", "--json")
        assert json.loads(by_name.stdout)["executions"][0]["outcomes"][0]["type"] == "step_function"
        assert orchestrator("replay", "--failed", *function, "--since", "1h").exit_code == 3
        for invalid in INVALID_REPLAYS:
            result = orchestrator("replay", *(one.format(arn=arn, name=name) for one in invalid))
            assert (result.exit_code, result.stderr.count("\n")) == (2, 1), invalid
    finally:
        code = local.stop()
    assert code == 0
    assert not Path(local.variables["AWS_CONFIG_FILE"]).exists()


@pytest.mark.slow
def test_local_prints_events_and_triggers_as_they_happen(event: Event, tmp_path: Path) -> None:
    broken = {"type": "glue_job", "job_name": "b", "arguments": {"--x": "${nowhere}"}}
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"workflows": {"j": {"on_success": [{"type": "glue_job", "job_name": "a"}, broken]}}}))
    local = Local("--config", str(config))
    try:
        profile = local.variables["AWS_PROFILE"]
        environment = {"AWS_CONFIG_FILE": local.variables["AWS_CONFIG_FILE"]}
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            sns = boto3.session.Session(profile_name=profile).client("sns")
            topic = next(
                one["TopicArn"] for one in sns.list_topics()["Topics"] if one["TopicArn"].endswith("job_events")
            )
            for change in ({"status": "Success"}, {"job_name": "nobody"}, {"job_name": "j", "job_run_id": "shown"}):
                sns.publish(TopicArn=topic, Message=json.dumps(event(**change)))
        assert local.process.stdout is not None
        watchdog = threading.Timer(30, local.process.kill)
        watchdog.start()
        lines: list[str] = []
        while not all(any(word in line for line in lines) for word in ("next: ", "IGNORED", "FILTERED")):
            lines.append(local.process.stdout.readline()[len("00:00:00 ") :].rstrip())
            assert lines[-1], lines
        watchdog.cancel()
    finally:
        code = local.stop()
    assert code == 0
    assert any(
        re.fullmatch("FILTERED  message .* on job_events: its filter passes only status SUCCESS", one) for one in lines
    )
    assert any(one.startswith("IGNORED  nobody ") and "no workflow for job 'nobody'" in one for one in lines)
    started, triggered, failed, following = (one for one in lines if "j shown" in one or ":j-shown-" in one)
    assert started == "STARTED  j shown on_success, 2 triggers"
    assert re.match("  TRIGGERED  j shown  glue_job a: jr_", triggered)
    assert failed.startswith("  FAILED  j shown  ")
    assert "'nowhere'" in failed
    assert re.match("  next: orchestrator inspect arn:aws:states:.*:j-shown-", following)


@pytest.mark.slow
def test_upload_creates_the_new_targets(event: Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, new = tmp_path / "config.json", {"type": "glue_job", "job_name": "new_target"}
    config.write_text(json.dumps({"workflows": {"j": {"on_success": [{"type": "glue_job", "job_name": "a"}]}}}))
    local = Local("--config", str(config))
    try:
        for name, value in local.variables.items():
            monkeypatch.setenv(name, value)
        session = boto3.session.Session()
        s3, sns, sfn = (session.client(name) for name in ("s3", "sns", "stepfunctions"))
        bucket, key = "local-code-us-west-1", "code/local/orchestration/workflow_config.json"
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == config.read_bytes()  # as the person wrote it
        s3.put_object(Bucket=bucket, Key=key, Body=b"{")
        wait_for_line(local, "UPLOADED  configuration: the router cannot use it: ")
        wrong = {"type": "glue_job"}
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps({"workflows": {"j": {"on_success": [new, wrong]}}}))
        line = wait_for_line(local, "UPLOADED  configuration with ")
        assert line.endswith("1 workflows, 1 new targets, 1 problems; run: orchestrator validate")
        assert "job_name" in wait_for_line(local, "  workflows.j.on_success[1]")
        topic = next(one["TopicArn"] for one in sns.list_topics()["Topics"] if one["TopicArn"].endswith("job_events"))
        sns.publish(TopicArn=topic, Message=json.dumps(event(job_name="j", job_run_id="1")))
        assert "glue_job new_target: jr_" in wait_for_line(local, "  TRIGGERED")
        assert sfn.meta.endpoint_url.startswith("http://127.0.0.1:")
    finally:
        code = local.stop()
    assert code == 0


def wait_for_line(local: Local, beginning: str) -> str:
    """The next printed line that begins so, without its time."""
    assert local.process.stdout is not None
    watchdog = threading.Timer(30, local.process.kill)
    watchdog.start()
    for line in local.process.stdout:
        if line[len("00:00:00 ") :].startswith(beginning):
            watchdog.cancel()
            return line[len("00:00:00 ") :].rstrip()
    raise AssertionError(f"no line begins with {beginning!r}")


def test_port_in_use_exits_2_with_one_line(orchestrator: Orchestrator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as in_use:
        result = orchestrator("local", "--port", str(in_use.getsockname()[1]))
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "Choose another port with --port" in result.stderr
