"""Shared fixtures: an engine for each test module, and the deployed router."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from moto.core.config import default_user_config

from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from local.stack import upload_config
from tests.local.helpers import CONFIG

EVENTS = Path(__file__).parent / "events"
ROOT = Path(__file__).parents[1]

# A new boto3 session for each mock_aws() would parse the service models again: 0.2 s of CPU a test.
default_user_config["core"]["reset_boto3_session"] = False

# Hypothesis would fail because of slow examples on a busy machine.
settings.register_profile("busy-machine", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("busy-machine")

SHARED_STACKS = ("tests/operations/doctor",)
"""Folders whose tests share one stack, so that one worker of pytest-xdist must run them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file, or of a folder with one stack, on one worker (``--dist loadgroup``)."""
    for item in items:
        path = item.path.relative_to(ROOT).as_posix()
        group = next((folder for folder in SHARED_STACKS if path.startswith(f"{folder}/")), path)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """A running engine in us-west-1."""
    with run_engine("us-west-1") as started:
        yield started


@pytest.fixture
def event() -> Callable[..., dict[str, Any]]:
    """Return a function that builds the specification's job event with changed fields; ``...`` removes a field."""

    def make(**fields: Any) -> dict[str, Any]:
        body: dict[str, Any] = json.loads((EVENTS / "job_completed.json").read_text())
        return {key: value for key, value in (body | fields).items() if value is not ...}

    return make


class Router:
    """The deployed router, invoked through Lambda's API as AWS clients do."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.client = simulator.engine.client("lambda")

    def invoke(self, payload: Any) -> dict[str, Any]:
        """Invoke the router and return its result, or its error."""
        answer = self.client.invoke(FunctionName=self.simulator.stack.router, Payload=json.dumps(payload).encode())
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        return result

    def sns(self, event: Any, topic: str = "job_events", message_id: str = "m-1") -> dict[str, Any]:
        """Return an SNS record with the event as its message."""
        message = event if isinstance(event, str) else json.dumps(event)
        arn = self.simulator.stack.topics[topic]
        return {"EventSource": "aws:sns", "Sns": {"Message": message, "MessageId": message_id, "TopicArn": arn}}

    def configure(self, document: dict[str, Any]) -> None:
        """Upload another configuration with existing targets."""
        upload_config(self.simulator.engine, self.simulator.stack.config_uri, json.dumps(document))

    @contextmanager
    def config(self, document: dict[str, Any]) -> Iterator[None]:
        """Upload another configuration with existing targets, and restore the first one when the context closes."""
        self.configure(document)
        try:
            yield
        finally:
            self.configure(self.simulator.document)

    def executions(self) -> list[str]:
        """Return the names of all executions of the orchestrator."""
        pages = self.simulator.engine.client("stepfunctions").get_paginator("list_executions")
        arn = self.simulator.stack.state_machine
        return [one["name"] for page in pages.paginate(stateMachineArn=arn) for one in page["executions"]]


@pytest.fixture(scope="module")
def router(engine: Engine) -> Router:
    """Deploy the router with the shared configuration and its targets."""
    return Router(Simulator.deploy(engine, CONFIG))
