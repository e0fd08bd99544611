"""A deployed router whose dead-letter stores are empty before each test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from local.engine.engine import Engine
from local.simulation.simulator import Simulator
from operations.repair import dead_letter_stores
from tests.conftest import Router
from tests.operations.repair.harness import CONFIG, Redrive


@pytest.fixture(scope="module")
def router(engine: Engine) -> Router:
    return Router(Simulator.deploy(engine, CONFIG))


@pytest.fixture
def redrive(router: Router, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Redrive]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    engine = router.simulator.engine
    variables = {"ENDPOINT_URL": engine.endpoint, "DEFAULT_REGION": engine.region, "CONFIG_FILE": os.devnull}
    for name, value in variables.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "testing")
    monkeypatch.setattr(dead_letter_stores, "LONG_POLL_SECONDS", 0)  # the engine has one server: short polling sees all
    one = Redrive(router, capsys, monkeypatch)
    yield one
    one.settle()
    while messages := one.sqs.receive_message(QueueUrl=one.url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            one.sqs.delete_message(QueueUrl=one.url, ReceiptHandle=message["ReceiptHandle"])
    for key in one.objects():
        one.s3.delete_object(Bucket=one.bucket, Key=key)
