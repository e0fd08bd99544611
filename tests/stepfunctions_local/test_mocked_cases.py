"""Creates the committed state machine at an endpoint and runs every mocked case of it.

``SFN_LOCAL_ENDPOINT`` names Step Functions Local (``http://127.0.0.1:8083``); without it, the very same file runs on the
embedded engine, with the waits between retries shortened.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from builder.machine import mocks
from builder.machine.definition import render
from builder.machine.integrations import INTEGRATIONS, variants
from local.engine.engine import run_engine
from orchestration.settings import Settings
from orchestration.starting.executions import ExecutionClient
from tests.localstack.cases import attempts
from tests.node_programs import NodeProgram
from tests.node_programs import running as second_interpreter
from tests.state_machine.harness import shortened

FILES = Path(__file__).parents[2] / "statemachines"
MOCKS = json.loads((FILES / "MockConfigFile.json").read_text())
DEFINITION = render(
    (FILES / "downstream_orchestrator.asl.json").read_text(),
    {
        "glue_run_function_arn": "arn:aws:lambda:us-west-1:123456789012:function:glue-run",
        "mwaa_dag_function_arn": "arn:aws:lambda:us-west-1:123456789012:function:mwaa-dag",
    },
)
CASES = {case.name: case for case in mocks.cases()}
CREDENTIALS = {"region_name": "us-west-1", "aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    endpoint = os.environ.get("SFN_LOCAL_ENDPOINT")
    if endpoint:
        yield boto3.client("stepfunctions", endpoint_url=endpoint, **CREDENTIALS)
        return
    with run_engine("us-west-1") as engine, shortened():
        engine.patch_context.mocks = MOCKS
        yield boto3.client("stepfunctions", endpoint_url=engine.endpoint, **CREDENTIALS)


@pytest.fixture(scope="module")
def executions(client: Any) -> ExecutionClient:
    role = "arn:aws:iam::123456789012:role/machine"
    machine = client.create_state_machine(name=mocks.STATE_MACHINE, definition=DEFINITION, roleArn=role)
    return ExecutionClient(client, Settings(state_machine_arn=machine["stateMachineArn"], region="us-west-1"))


SAMPLE: Any = mocks.sample_input().to_json()


@pytest.mark.parametrize("name", list(MOCKS["StateMachines"][mocks.STATE_MACHINE]["TestCases"]))
def test_case(executions: ExecutionClient, name: str) -> None:
    execution = f"{name}-{uuid.uuid4().hex[:8]}"
    executions.client.start_execution(
        stateMachineArn=f"{executions.settings.state_machine_arn}#{name}",
        name=execution,
        input=json.dumps(SAMPLE),
    )
    ended = executions.wait(execution, time.monotonic() + 100)
    outcomes = executions.outcomes(ended)
    statuses = {outcome.type: outcome.status for outcome in outcomes}
    failing = CASES[name].failing
    assert all(outcome.run_id for outcome in outcomes if outcome.type not in failing)
    assert statuses == {kind: "FAILED" if kind in failing else "TRIGGERED" for kind in statuses}
    assert len(statuses) == len(SAMPLE["triggers"])
    assert ended.status == ("FAILED" if failing else "SUCCEEDED")


@pytest.fixture(scope="module")
def second() -> Iterator[NodeProgram]:
    with second_interpreter("interpret.mjs") as program:
        yield program


@pytest.mark.parametrize("name", list(CASES))
def test_case_on_the_second_interpreter(second: NodeProgram, name: str) -> None:
    case = CASES[name]
    # The sample sets every field, so its items take the first state of each type.
    script = {variants(one)[0][1].state: attempts(case.responses[kind]) for kind, one in INTEGRATIONS.items()}
    context = {"Execution": {"Id": "arn:aws:states:us-west-1:123456789012:execution:m:e", "Name": "e"}}
    answer = second.ask({"definition": json.loads(DEFINITION), "input": SAMPLE, "context": context, "script": script})
    statuses = {one["type"]: one["result"]["status"] for one in answer["outcomes"]}
    assert statuses == {kind: "FAILED" if kind in case.failing else "TRIGGERED" for kind in INTEGRATIONS}
    assert answer["calls"] == {state: len(answers) for state, answers in script.items()}


def test_mock_file_has_all_cases_for_every_type() -> None:
    for kind in (trigger["type"] for trigger in SAMPLE["triggers"]):
        assert [case.name for case in CASES.values() if case.failing == {kind}], kind
        assert [case.name for case in CASES.values() if not case.failing and len(case.responses[kind]) > 1], kind
    assert CASES["AllFail"].failing == {trigger["type"] for trigger in SAMPLE["triggers"]}
