"""Probes for the patches of Step Functions."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.asl.component import eval_component
from moto.stepfunctions.parser.asl.component.common.retry.max_attempts_decl import MaxAttemptsDecl

from local.defaults import ACCOUNT
from local.engine.engine import Engine
from local.engine.patches.replace import replaced

NESTED = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"


def run(engine: Engine, state: dict[str, Any], given: Any = None) -> dict[str, Any]:
    """Run one execution of a state machine with a single state; returns its description."""
    client = engine.client("stepfunctions")
    definition = json.dumps({"StartAt": "S", "States": {"S": {**state, "End": True}}})
    arn = client.create_state_machine(name=f"m{time.monotonic_ns()}", definition=definition, roleArn=ROLE)[
        "stateMachineArn"
    ]
    execution = client.start_execution(stateMachineArn=arn, name="e", input=json.dumps(given or {}))["executionArn"]
    return ended(client, execution)


def ended(client: Any, execution: str) -> dict[str, Any]:
    """Wait until the execution ends; returns its description."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        described: dict[str, Any] = client.describe_execution(executionArn=execution)
        if described["status"] != "RUNNING":
            return described
        time.sleep(0.02)
    raise TimeoutError(execution)


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


def state_sizes(engine: Engine) -> bool:
    """Return True if 200,000 bytes of UTF-8, and no more than 256 KiB, pass through a state."""
    passes, fails = ({"text": "ä" * (size // 2)} for size in (200_000, 270_000))
    found = [run(engine, {"Type": "Pass"}, given)["status"] for given in (passes, fails)]
    return found == ["SUCCEEDED", "FAILED"]


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


def service_error_names(engine: Engine) -> bool:
    parameters = {"QueueUrl": f"{engine.endpoint}/{ACCOUNT}/nowhere", "MessageBody": "m"}
    task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": parameters}
    return bool(run(engine, task)["error"] == "SQS.QueueDoesNotExistException")


def synchronous_job_runs(engine: Engine) -> bool:
    engine.client("glue").create_job(Name="j", Role=ROLE, Command={"Name": "glueetl"})
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::glue:startJobRun.sync",
        "Parameters": {"JobName": "j"},
        "ResultSelector": {"state.$": "$.JobRunState"},
    }
    described = run(engine, task)
    return bool(described["status"] == "SUCCEEDED" and json.loads(described["output"])["state"] == "SUCCEEDED")


def described_executions(engine: Engine) -> bool:
    described = run(engine, {"Type": "Pass", "Result": "text"})
    short = engine.client("stepfunctions").describe_execution(
        executionArn=described["executionArn"], includedData="METADATA_ONLY"
    )
    return bool(described["output"] == '"text"' and "output" not in short)


def job_run_states(engine: Engine) -> bool:
    engine.patch_context.job_runs["j"] = {"JobRunState": "FAILED", "ErrorMessage": "injected"}
    glue = engine.client("glue")
    glue.create_job(Name="j", Role=ROLE, Command={"Name": "glueetl"})
    found = glue.get_job_run(JobName="j", RunId=glue.start_job_run(JobName="j")["JobRunId"])["JobRun"]
    engine.patch_context.job_runs.clear()
    return bool(found["JobRunState"] == "FAILED")


def mock_config_file(engine: Engine) -> bool:
    client = engine.client("stepfunctions")
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": "q", "MessageBody": "m"},
    }
    definition = json.dumps({"StartAt": "Send", "States": {"Send": {**task, "End": True}}})
    arn = client.create_state_machine(name="m", definition=definition, roleArn=ROLE)["stateMachineArn"]
    engine.patch_context.mocks = {
        "StateMachines": {"m": {"TestCases": {"Sent": {"Send": "sent"}}}},
        "MockedResponses": {"sent": {"0": {"Return": {"MessageId": "mocked"}}}},
    }
    try:
        execution = client.start_execution(stateMachineArn=f"{arn}#Sent", name="e", input="{}")["executionArn"]
    except client.exceptions.ClientError:
        return False
    return "mocked" in ended(client, execution).get("output", "")


def validated_definitions(engine: Engine) -> bool:
    client = engine.client("stepfunctions")
    broken = {"StartAt": "S", "States": {"S": {"Type": "Nothing"}}}
    try:
        results = [
            client.validate_state_machine_definition(definition=json.dumps(definition))["result"]
            for definition in (NESTED, broken)
        ]
    except Exception:  # noqa: BLE001 - moto may raise any error for an operation that it does not know
        return False
    return results == ["OK", "FAIL"]


def listed_versions(engine: Engine) -> bool:
    client = engine.client("stepfunctions")
    made = client.create_state_machine(name="m", definition=json.dumps(NESTED), roleArn=ROLE, publish=True)
    try:
        listed = client.list_state_machine_versions(stateMachineArn=made["stateMachineArn"])["stateMachineVersions"]
    except Exception:  # noqa: BLE001 - as above
        return False
    return [one["stateMachineVersionArn"] for one in listed] == [made["stateMachineVersionArn"]]
