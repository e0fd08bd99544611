"""Results and outputs over 256 KiB on three interpreters, as the table in ``docs/testing.md`` has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.engine.engine import Engine, run_engine
from tests.localstack.interpreters import Case, Service, mock_file, run_second
from tests.localstack.server import LocalStack
from tests.node_programs import NodeProgram

LARGE = "x" * (257 * 1024)
SEND = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage",
    "Parameters": {"QueueUrl": "https://sqs.us-west-1.amazonaws.com/123456789012/q", "MessageBody": "m"},
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
    "ResultPath": None,
    "Next": "Ended",
}
TASK = Case(
    group="limits",
    name="task",
    machine="large-result",
    definition={
        "StartAt": "Send",
        "States": {
            "Send": SEND,
            "Caught": {"Type": "Pass", "Result": {"outcomes": [{"caught": True}]}, "End": True},
            "Ended": {"Type": "Pass", "Result": {"outcomes": [{"caught": False}]}, "End": True},
        },
    },
    given={},
    script={"Send": [{"return": {"MessageId": LARGE}}]},
)
OUTPUT = Case(
    group="limits",
    name="output",
    machine="large-output",
    definition={
        "StartAt": "Large",
        "States": {"Large": {"Type": "Pass", "Result": {"outcomes": [{"text": LARGE}]}, "End": True}},
    },
    given={},
    script={},
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with run_engine("us-west-1") as started:
        started.patch_context.mocks = mocked("every")
        yield started


def mocked(machine: str = "") -> dict[str, Any]:
    """The mocked cases of both, for the state machine ``machine`` or for that of each case."""
    document = mock_file([TASK, OUTPUT])
    tests = {name: test for one in document["StateMachines"].values() for name, test in one["TestCases"].items()}
    return {**document, "StateMachines": {machine: {"TestCases": tests}}} if machine else document


def caught(outcomes: list[dict[str, Any]]) -> bool:
    return bool(outcomes[0]["caught"])


def test_large_result_of_a_task(engine: Engine, second: NodeProgram, server: LocalStack) -> None:
    server.write_mocks(json.dumps(mocked()))
    embedded = Service(engine.client("stepfunctions")).run(TASK)
    localstack = Service(server.client()).run(TASK)
    assert (caught(embedded.outcomes), caught(localstack.outcomes)) == (True, True)
    assert not caught(run_second(second, TASK).outcomes)


def test_large_output_of_a_state(engine: Engine, second: NodeProgram, server: LocalStack) -> None:
    server.write_mocks(json.dumps(mocked()))
    embedded = Service(engine.client("stepfunctions")).run(OUTPUT)
    localstack = Service(server.client()).run(OUTPUT)
    assert (embedded.status, embedded.error) == ("FAILED", "States.DataLimitExceeded")
    assert (localstack.status, localstack.error) == (embedded.status, embedded.error)
    assert run_second(second, OUTPUT).status == "SUCCEEDED"
