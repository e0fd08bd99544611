"""Fixtures: one engine a module, and what stands on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.engine import Engine, run_engine
from local.simulation import Simulator
from tests.local.helpers import CONFIG

EVENTS = Path(__file__).parent / "events"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """A running engine in us-west-1."""
    with run_engine("us-west-1") as started:
        yield started


@pytest.fixture
def event() -> Callable[..., dict[str, Any]]:
    """Makes the specification's job event, with fields changed."""

    def make(**fields: Any) -> dict[str, Any]:
        body: dict[str, Any] = json.loads((EVENTS / "job_completed.json").read_text())
        return {key: value for key, value in (body | fields).items() if value is not ...}

    return make


class Router:
    """Invokes the deployed router as AWS clients do."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.client = simulator.engine.client("lambda")

    def invoke(self, payload: Any) -> dict[str, Any]:
        """The function's result, or its error."""
        answer = self.client.invoke(FunctionName=self.simulator.stack.router, Payload=json.dumps(payload).encode())
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        return result

    def sns(self, event: Any, topic: str = "job_events", message_id: str = "m-1") -> dict[str, Any]:
        """An SNS record of the event."""
        message = event if isinstance(event, str) else json.dumps(event)
        arn = self.simulator.stack.topics[topic]
        return {"EventSource": "aws:sns", "Sns": {"Message": message, "MessageId": message_id, "TopicArn": arn}}

    def executions(self) -> list[str]:
        """Names of all executions of the orchestrator."""
        pages = self.simulator.engine.client("stepfunctions").get_paginator("list_executions")
        arn = self.simulator.stack.state_machine
        return [one["name"] for page in pages.paginate(stateMachineArn=arn) for one in page["executions"]]


@pytest.fixture(scope="module")
def router(engine: Engine) -> Router:
    """The router, deployed with the shared configuration and its targets."""
    return Router(Simulator.deploy(engine, CONFIG))
