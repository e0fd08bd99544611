"""The patches of ``local/engine/patches/interpreter/stepfunctions.py`` work, and moto still needs them."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.asl.component import eval_component
from moto.stepfunctions.parser.asl.component.common.retry.max_attempts_decl import MaxAttemptsDecl

from local.engine.engine import Engine
from local.engine.patches.replace import replaced
from tests.local.engine.patches.probing import (
    ROLE,
    Probe,
    check_with_the_patch,
    check_without_the_patch,
    run,
)

NESTED = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}


def service_casing(engine: Engine) -> bool:
    arn = engine.client("stepfunctions").create_state_machine(
        name="nested", definition=json.dumps(NESTED), roleArn=ROLE
    )
    parameters = {"StateMachineArn": arn["stateMachineArn"], "Name": "n", "Input": {"a": 1}}
    task = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "Parameters": parameters}
    described = run(engine, task)
    return bool(described["status"] == "SUCCEEDED" and "ExecutionArn" in json.loads(described["output"]))


def cached_clients(engine: Engine) -> bool:
    """Return True if a Task's call reaches the engine; without the patch, moto takes the port from the environment."""
    url = engine.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    parameters = {"QueueUrl": url, "MessageBody": "m"}
    task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": parameters}
    return bool(run(engine, task)["status"] == "SUCCEEDED")


def json_path_results(engine: Engine) -> bool:
    given = {"one": [{"a": {"b": 1}}]}
    state = {"Type": "Pass", "Parameters": {"all.$": "$.one[*].a.b", "first.$": "$.one[0].a", "none.$": "$..nowhere"}}
    output = run(engine, state, given).get("output", "null")
    return bool(json.loads(output) == {"all": [1], "first": {"b": 1}, "none": []})


def atomic_start(engine: Engine) -> bool:
    """Return True if only one of four threads can start a name.

    A pause after moto's search for the name lets the other threads search before moto adds the execution.
    """
    client = engine.client("stepfunctions")
    arn = client.create_state_machine(name="m", definition=json.dumps(NESTED), roleArn=ROLE)["stateMachineArn"]
    search = StateMachine._handle_name_input_idempotency

    def search_and_pause(machine: StateMachine, name: str, given: str) -> Any:
        found = search(machine, name, given)
        time.sleep(0.05)
        return found

    def start(number: int) -> bool:
        try:
            client.start_execution(stateMachineArn=arn, name="one", input=json.dumps({"n": number}))
        except client.exceptions.ExecutionAlreadyExists:
            return False
        return True

    with replaced(StateMachine, "_handle_name_input_idempotency", search_and_pause), ThreadPoolExecutor(4) as pool:
        return sum(pool.map(start, range(4))) == 1


def executions_of_versions(engine: Engine) -> bool:
    client = engine.client("stepfunctions")
    made = client.create_state_machine(name="m", definition=json.dumps(NESTED), roleArn=ROLE, publish=True)
    client.start_execution(stateMachineArn=made["stateMachineArn"], name="one", input="{}")
    try:
        client.start_execution(stateMachineArn=made["stateMachineVersionArn"], name="one", input='{"other": 1}')
    except client.exceptions.ExecutionAlreadyExists:
        return True
    except client.exceptions.ClientError:
        return False
    return False


def retry_counts(engine: Engine) -> bool:
    """Return True if a retrier has one key although two threads ask for it while moto creates it."""

    def slow_uid() -> str:
        time.sleep(0.05)
        return str(time.monotonic_ns())

    retrier = MaxAttemptsDecl(3)
    with replaced(eval_component, "long_uid", slow_uid), ThreadPoolExecutor(2) as pool:
        return len(set(pool.map(lambda _: retrier.heap_key, range(2)))) == 1


def any_account(engine: Engine) -> bool:
    client = engine.client("stepfunctions")
    try:
        client.describe_state_machine(stateMachineArn="arn:aws:states:us-west-1:123456789:stateMachine:m")
    except client.exceptions.InvalidArn:
        return False
    except client.exceptions.StateMachineDoesNotExist:
        return True
    return True


def state_sizes(engine: Engine) -> bool:
    """Return True if 200,000 bytes of UTF-8, and no more than 256 KiB, pass through a state."""
    passes, fails = ({"text": "ä" * (size // 2)} for size in (200_000, 270_000))
    found = [run(engine, {"Type": "Pass"}, given)["status"] for given in (passes, fails)]
    return found == ["SUCCEEDED", "FAILED"]


PROBES = (
    service_casing,
    cached_clients,
    json_path_results,
    atomic_start,
    executions_of_versions,
    retry_counts,
    any_account,
    state_sizes,
)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_passes_with_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_with_the_patch(empty_engine, probe)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_fails_without_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_without_the_patch(empty_engine, probe)
