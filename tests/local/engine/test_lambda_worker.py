"""A worker answers each line with one line, even if its handler prints or raises."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local.engine.invocation import Reply, Request

Ask = Callable[..., list[Reply]]
ROOT = Path(__file__).parents[3]
HANDLERS = """
import boto3, logging, subprocess, sys
def ok(event, context):
    print("printed")
    logging.getLogger().warning("logged %s", event)
    return {"name": context.function_name, "arn": context.invoked_function_arn, "id": context.aws_request_id}
def raw(event, context):
    subprocess.run([sys.executable, "-c", "print('from a child process')"])
    return "after"
def unserializable(event, context):
    return {1, 2}
def cyclic(event, context):
    value = []
    value.append(value)
    return value
def fails(event, context):
    raise ValueError("words")
def calls(event, context):
    try:
        boto3.client("glue", endpoint_url="http://127.0.0.1:1").start_job_run(JobName="j")
    except Exception as error:
        return type(error).__name__
"""


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    (tmp_path / "handlers_of_the_test.py").write_text(HANDLERS)

    def run(*names: str) -> list[Reply]:
        lines = [
            Request(f"handlers_of_the_test.{name}", {"a": 1}, f"id-{name}", "f", "arn").to_line() for name in names
        ]
        keys = {"AWS_DEFAULT_REGION": "us-west-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
        answer = subprocess.run(
            [sys.executable, "-m", "local.engine.lambda_worker"],
            cwd=ROOT,
            input="".join(f"{line}\n" for line in lines),
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "AWS_MAX_ATTEMPTS": "1", **keys},
            capture_output=True,
            text=True,
            check=True,
        )
        return [Reply.from_line(line) for line in answer.stdout.splitlines()]

    return run


def test_handler_gets_its_context_and_its_lines_are_logs(ask: Ask) -> None:
    (reply,) = ask("ok")
    assert reply.result == {"name": "f", "arn": "arn", "id": "id-ok"}
    assert "printed\n" in reply.logs
    assert "[WARNING]\tid-ok\tlogged {'a': 1}\n" in reply.logs


def test_output_of_child_processes_is_not_a_reply(ask: Ask) -> None:
    (reply,) = ask("raw")
    assert reply.result == "after"


def test_worker_answers_after_errors(ask: Ask) -> None:
    replies = ask("unserializable", "cyclic", "fails", "missing", "ok")
    errors = [reply.error["errorType"] if reply.error else None for reply in replies]
    assert errors == ["TypeError", "ValueError", "ValueError", "AttributeError", None]
    error = replies[2].error or {}
    assert error["errorMessage"] == "words"
    assert "in fails" in str(error["stackTrace"])
    assert "lambda_worker" not in str(error["stackTrace"])


def test_calls_of_the_handler_belong_to_its_reply(ask: Ask) -> None:
    first, second = ask("calls", "ok")
    assert first.result == "EndpointConnectionError"
    assert [(call.service, call.operation, call.parameters) for call in first.calls] == [
        ("glue", "StartJobRun", {"JobName": "j"})
    ]
    assert second.calls == ()
