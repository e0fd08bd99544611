"""The performance patches avoid work and change no result, and a parsed definition holds no state."""

from __future__ import annotations

import ast
import gc
import itertools
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import moto.stepfunctions.parser.asl.component as interpreter
import pytest
from jsonpath_ng import ext
from moto import backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.utils import TMP_THREADS

from local.defaults import ACCOUNT
from local.engine.engine import Engine
from local.engine.faults import Fault
from tests.local.engine.patches.probing import (
    ROLE,
    Probe,
    check_with_the_patch,
    check_without_the_patch,
    ended,
)
from tests.local.helpers import wait_until


class _Counting(list[Any]):
    """A list that counts its iterations."""

    scans = 0

    def __iter__(self) -> Iterator[Any]:
        type(self).scans += 1
        return super().__iter__()


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


def parsed_definitions(engine: Engine) -> bool:
    definition = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
    return AmazonStateLanguageParser.parse(definition)[0] is AmazonStateLanguageParser.parse(definition)[0]


def message_counts(engine: Engine) -> bool:
    url = engine.client("sqs").create_queue(QueueName="counted")["QueueUrl"]
    queue = sqs_backends[ACCOUNT][engine.region].queues["counted"]
    queue._messages, _Counting.scans = _Counting(), 0
    engine.client("sqs").send_message(QueueUrl=url, MessageBody="text")
    return _Counting.scans == 0


def parsed_result_paths(engine: Engine) -> bool:
    parse = vars(result_path)["parse"]
    return parse("$.outcome.result") is parse("$.outcome.result")


def parsed_event_paths(engine: Engine) -> bool:
    parse = vars(ext)["parse"]
    return parse("$.detail") is parse("$.detail")


def service_modules(engine: Engine) -> bool:
    return backends.list_of_moto_modules() is backends.list_of_moto_modules()


def ended_executions(engine: Engine) -> bool:
    """Return True if fewer than five interpreter environments remain after ten executions."""
    client = engine.client("stepfunctions")
    definition = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
    role = "arn:aws:iam::123456789012:role/r"
    machine = client.create_state_machine(name="ended", definition=definition, roleArn=role)["stateMachineArn"]
    gc.collect()
    before = sum(isinstance(one, Environment) for one in gc.get_objects())
    names = [f"ended-{number}" for number in range(10)]
    arns = [client.start_execution(stateMachineArn=machine, name=name)["executionArn"] for name in names]
    while any(client.describe_execution(executionArn=arn)["status"] == "RUNNING" for arn in arns):
        time.sleep(0.01)
    time.sleep(0.1)
    gc.collect()
    return sum(isinstance(one, Environment) for one in gc.get_objects()) - before < 5


PROBES = (
    parsed_definitions,
    message_counts,
    parsed_result_paths,
    parsed_event_paths,
    service_modules,
    ended_executions,
)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_passes_with_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_with_the_patch(empty_engine, probe)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_fails_without_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_without_the_patch(empty_engine, probe)


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


@pytest.fixture
def machine(patched_engine: Engine) -> str:
    """A state machine that sends one message, with one retry."""
    arn: str = patched_engine.client("stepfunctions").create_state_machine(
        name="send", definition=json.dumps(SEND), roleArn=ROLE
    )["stateMachineArn"]
    return arn


def execute(patched_engine: Engine, machine: str, **given: Any) -> dict[str, Any]:
    """Run one execution and return its description after its end."""
    client = patched_engine.client("stepfunctions")
    arn = client.start_execution(stateMachineArn=machine, name=f"e-{next(NAMES)}", input=json.dumps(given))[
        "executionArn"
    ]
    return ended(client, arn)


def test_executions_of_one_definition_do_not_mix(patched_engine: Engine, machine: str) -> None:
    url = patched_engine.client("sqs").create_queue(QueueName="mixed")["QueueUrl"]
    with ThreadPoolExecutor(8) as pool:
        descriptions = list(
            pool.map(lambda number: execute(patched_engine, machine, queue=url, text=f"text-{number}"), range(24))
        )
    assert {one["status"] for one in descriptions} == {"SUCCEEDED"}
    for one in descriptions:
        events = patched_engine.client("stepfunctions").get_execution_history(executionArn=one["executionArn"])[
            "events"
        ]
        text = json.loads(one["input"])["text"]
        (called,) = (event["taskScheduledEventDetails"] for event in events if "taskScheduledEventDetails" in event)
        assert json.loads(called["parameters"])["MessageBody"] == text


@pytest.mark.slow
def test_each_execution_counts_its_own_retries(patched_engine: Engine, machine: str) -> None:
    url = patched_engine.client("sqs").create_queue(QueueName="retried")["QueueUrl"]
    for _ in range(3):
        with patched_engine.patch_context.faults.inject("sqs.SendMessage", Fault(code="Broken")):
            assert execute(patched_engine, machine, queue=url, text="t")["status"] == "FAILED"
            assert patched_engine.patch_context.faults.calls["sqs.SendMessage"] == 2


def test_ended_execution_keeps_history_frees_threads(patched_engine: Engine, machine: str) -> None:
    url = patched_engine.client("sqs").create_queue(QueueName="ended")["QueueUrl"]
    others = list(TMP_THREADS)  # of engines before this one, in the same process
    descriptions = [execute(patched_engine, machine, queue=url, text="t") for _ in range(5)]
    client = patched_engine.client("stepfunctions")
    types = [
        one["type"] for one in client.get_execution_history(executionArn=descriptions[0]["executionArn"])["events"]
    ]
    assert (types[0], types[-1]) == ("ExecutionStarted", "ExecutionSucceeded")
    client.stop_execution(executionArn=descriptions[0]["executionArn"])
    assert client.describe_execution(executionArn=descriptions[0]["executionArn"])["status"] == "SUCCEEDED"
    threads = [thread for thread in TMP_THREADS if thread not in others]
    wait_until(lambda: not any(thread.ident is None or thread.is_alive() for thread in threads))
    execute(patched_engine, machine, queue=url, text="t")
    assert threads
    assert not [thread for thread in TMP_THREADS if thread in threads]
