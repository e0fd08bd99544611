"""A hanging S3 and SSM: the handler ends with a reason before Lambda ends it."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.config import Config

import tasks.downstream_orchestrator as task
from orchestration.configuration.loader import ConfigLoader
from orchestration.deadline import RESERVE_SECONDS, Deadline
from orchestration.errors import DeadlineError, RoutingError
from orchestration.settings import Settings
from orchestration.values.strictjson import JsonObject

EVENT: JsonObject = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS"}


@dataclass
class Silent:
    """A server that accepts connections and never answers."""

    url: str
    connections: list[socket.socket] = field(default_factory=list)


@pytest.fixture
def silent() -> Iterator[Silent]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Silent(f"http://127.0.0.1:{server.getsockname()[1]}")

        def accept() -> None:
            while True:
                try:
                    found.connections.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield found
        server.shutdown(socket.SHUT_RDWR)
        for one in found.connections:
            one.close()
        thread.join(5)


@dataclass
class Context:
    """The part of a Lambda context that the handler reads."""

    ends_at: float
    aws_request_id: str = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        return int((self.ends_at - time.monotonic()) * 1000)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, silent: Silent) -> None:
    values = {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-west-1",
        "AWS_ENDPOINT_URL": silent.url,
        "STATE_MACHINE_ARN": "arn:aws:states:us-west-1:123456789012:stateMachine:m",
        "WORKFLOW_CONFIG_S3_URI": "s3://bucket/key",
        "WORKFLOW_CONFIG_SSM_PARAMETER": "/config",
        "REQUIRE_CONFIG": "true",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    task._session.cache_clear()
    task._router.cache_clear()
    task._ssm.cache_clear()
    # A warm invocation: on a busy machine, the creation of the clients alone can take the time of one attempt.
    task._router()
    task._ssm()


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [12.0])
def test_hanging_services_end_with_a_reason_in_time(environment: None, silent: Silent, seconds: float) -> None:
    began = time.monotonic()
    with pytest.raises(RoutingError, match=r"not attempted, because an attempt may take 7 seconds") as raised:
        task.handler(EVENT, Context(began + seconds))
    assert time.monotonic() - began < seconds - 1
    assert "s3.GetObject" in str(raised.value)
    assert "ssm.GetParameter" in str(raised.value)
    assert silent.connections, "no attempt was made"


def test_attempts_of_all_services_fit_the_timeout() -> None:
    """S3, SSM and the lookup of the execution hang until their last attempt; the function's default timeout is 90 s."""
    attempt = task._CLIENT.connect_timeout + task._CLIENT.read_timeout
    assert attempt * task._CLIENT.retries["total_max_attempts"] * 3 < 90 - RESERVE_SECONDS


def test_deadline_error_is_not_retried(silent: Silent, monkeypatch: pytest.MonkeyPatch) -> None:
    deadline = Deadline()
    config = Config(connect_timeout=1, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 3})
    credentials = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-west-1"}
    client = deadline.watch(boto3.client("ssm", endpoint_url=silent.url, config=config, **credentials))
    deadline.begin(2 + RESERVE_SECONDS - 0.5)
    with pytest.raises(DeadlineError, match=r"ssm.GetParameter: not attempted"):
        client.get_parameter(Name="x")
    assert silent.connections == []


class BreakingBody:
    """Breaks off on the first read."""

    def __init__(self, text: bytes, error: Exception | None) -> None:
        self.text, self.error = text, error

    def read(self) -> bytes:
        if self.error is not None:
            raise self.error
        return self.text


class BreakingS3:
    """Breaks the body of the first ``breaks`` answers off."""

    def __init__(self, breaks: int, error: Exception) -> None:
        self.breaks, self.error, self.calls = breaks, error, 0

    def get_object(self, **_: Any) -> Any:
        self.calls += 1
        text = json.dumps({"workflows": {}}).encode()
        return {"Body": BreakingBody(text, self.error if self.calls <= self.breaks else None), "ETag": "e"}


def no_ssm() -> Any:
    raise AssertionError("the loader asked for an SSM client")


def test_broken_body_is_read_again() -> None:
    from botocore.exceptions import IncompleteReadError, ReadTimeoutError  # noqa: PLC0415

    settings = Settings(config_s3_uri="s3://bucket/key")
    for error in (
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
        ReadTimeoutError(endpoint_url="s3", error="timeout"),
    ):
        s3 = BreakingS3(1, error)
        assert ConfigLoader(s3, no_ssm).load(settings, lambda _: True).source == "s3://bucket/key"
        assert s3.calls == 2
        twice = ConfigLoader(BreakingS3(2, error), no_ssm).load(settings, lambda _: True)
        assert twice.source == "default"
