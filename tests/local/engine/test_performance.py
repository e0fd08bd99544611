"""The performance patches change no result, and a parsed definition holds no state."""

from __future__ import annotations

import ast
import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import moto.stepfunctions.parser.asl.component as interpreter
import pytest
from moto.stepfunctions.parser.utils import TMP_THREADS

from local.engine.engine import Engine
from local.engine.faults import Fault
from tests.local.engine.patch_probes.step_functions import ended
from tests.local.helpers import wait_until

ROLE = "arn:aws:iam::123456789012:role/machine"
NAMES = itertools.count()
SEND = {
    "StartAt": "Send",
    "States": {
        "Send": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"QueueUrl.$": "$.queue", "MessageBody.$": "$.text"},
            "Retry": [
                {"ErrorEquals": ["SQS.AmazonSQSException"], "IntervalSeconds": 1, "BackoffRate": 1, "MaxAttempts": 1}
            ],
            "End": True,
        }
    },
}


def mutations(source: str) -> Iterator[str]:
    """Yield ``Class.method.attribute`` for each assignment to ``self`` outside the constructors."""
    for cls in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)):
        for method in cls.body:
            if not isinstance(method, ast.FunctionDef) or method.name in ("__init__", "from_state_props"):
                continue
            for node in ast.walk(method):
                targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
                for target in targets:
                    if isinstance(target, ast.Attribute) and getattr(target.value, "id", "") == "self":
                        yield f"{cls.name}.{method.name}.{target.attr}"


def test_mutations_finds_an_assignment_to_self() -> None:
    source = "class A:\n def __init__(self):\n  self.a = 1\n def b(self):\n  self.c = 2\n  self.d += 1\n"
    assert sorted(mutations(source)) == ["A.b.c", "A.b.d"]


def test_parsed_definition_holds_no_state() -> None:
    """No class assigns to itself, except classes of one execution, and heap_key, which the patch retry_counts replaces."""
    per_execution = {"IterationWorker", "JobPool", "Counter", "MapRunRecord", "BranchWorker", "BranchWorkerPool"}
    folder = Path(next(iter(interpreter.__path__)))
    found = {one for path in folder.rglob("*.py") for one in mutations(path.read_text(encoding="utf-8"))}
    assert found, f"{folder}: found no assignments. Check the path of the interpreter's source."
    assert {one for one in found if one.split(".")[0] not in per_execution} == {"EvalComponent.heap_key.__heap_key"}


@pytest.fixture(scope="module")
def machine(engine: Engine) -> str:
    """A state machine that sends one message, with one retry."""
    arn: str = engine.client("stepfunctions").create_state_machine(
        name="send", definition=json.dumps(SEND), roleArn=ROLE
    )["stateMachineArn"]
    return arn


def run(engine: Engine, machine: str, **given: Any) -> dict[str, Any]:
    """Run one execution and return its description after its end."""
    client = engine.client("stepfunctions")
    arn = client.start_execution(stateMachineArn=machine, name=f"e-{next(NAMES)}", input=json.dumps(given))[
        "executionArn"
    ]
    return ended(client, arn)


def test_executions_of_one_definition_do_not_mix(engine: Engine, machine: str) -> None:
    url = engine.client("sqs").create_queue(QueueName="mixed")["QueueUrl"]
    with ThreadPoolExecutor(8) as pool:
        descriptions = list(pool.map(lambda number: run(engine, machine, queue=url, text=f"text-{number}"), range(24)))
    assert {one["status"] for one in descriptions} == {"SUCCEEDED"}
    for one in descriptions:
        events = engine.client("stepfunctions").get_execution_history(executionArn=one["executionArn"])["events"]
        text = json.loads(one["input"])["text"]
        (called,) = (event["taskScheduledEventDetails"] for event in events if "taskScheduledEventDetails" in event)
        assert json.loads(called["parameters"])["MessageBody"] == text


def test_each_execution_counts_its_own_retries(engine: Engine, machine: str) -> None:
    url = engine.client("sqs").create_queue(QueueName="retried")["QueueUrl"]
    for _ in range(3):
        with engine.patch_context.faults.inject("sqs.SendMessage", Fault(code="Broken")):
            assert run(engine, machine, queue=url, text="t")["status"] == "FAILED"
            assert engine.patch_context.faults.calls["sqs.SendMessage"] == 2


def test_ended_execution_keeps_history_frees_threads(engine: Engine, machine: str) -> None:
    url = engine.client("sqs").create_queue(QueueName="ended")["QueueUrl"]
    descriptions = [run(engine, machine, queue=url, text="t") for _ in range(5)]
    client = engine.client("stepfunctions")
    types = [
        one["type"] for one in client.get_execution_history(executionArn=descriptions[0]["executionArn"])["events"]
    ]
    assert (types[0], types[-1]) == ("ExecutionStarted", "ExecutionSucceeded")
    client.stop_execution(executionArn=descriptions[0]["executionArn"])
    assert client.describe_execution(executionArn=descriptions[0]["executionArn"])["status"] == "SUCCEEDED"
    threads = list(TMP_THREADS)
    wait_until(lambda: not any(thread.ident is None or thread.is_alive() for thread in threads))
    run(engine, machine, queue=url, text="t")
    assert threads
    assert not [thread for thread in TMP_THREADS if thread in threads]
