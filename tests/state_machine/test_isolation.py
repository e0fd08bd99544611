"""Every trigger type, every kind of fault, every position: the other four always start, and nothing is called too often."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from local.engine import Engine
from local.faults import Fault
from orchestration.triggers import REGISTRY
from tests.second_interpreter import NodeProgram, missing, running
from tests.state_machine.harness import REQUESTS, Machine, script_of, shortened, trigger

# How botocore names the call that each type's Task makes.
OPERATIONS = {
    "glue_job": "glue.StartJobRun",
    "step_function": "sfn.StartExecution",
    "eventbridge": "eventbridge.PutEvents",
    "mwaa_dag": "lambda.Invoke",
    "sqs_mwaa": "sqs.SendMessage",
}
# What the trigger names where its target is missing, and whether AWS says so.
MISSING: dict[str, dict[str, Any]] = {
    "glue_job": {"JobName": "gone"},
    "step_function": {"StateMachineArn": "arn:aws:states:us-west-1:123456789012:stateMachine:gone"},
    "eventbridge": {"EventBusName": "gone"},
    "mwaa_dag": {"dag_id": "gone"},
    "sqs_mwaa": {"QueueUrl": "http://localhost/123456789012/gone"},
}
TAKES_ANY_RESULT = {"mwaa_dag"}  # a Lambda's payload is taken whole
THROTTLED = {
    "glue_job": "ThrottlingException",
    "step_function": "ExecutionLimitExceeded",
    "eventbridge": "ThrottlingException",
    "mwaa_dag": "TooManyRequestsException",
    "sqs_mwaa": "RequestThrottled",
}
SERVER_ERROR = {
    "glue_job": "InternalServiceException",
    "step_function": "InternalFailure",
    "eventbridge": "InternalException",
    "mwaa_dag": "ServiceException",
    "sqs_mwaa": "InternalError",
}
INVALID = {
    "glue_job": "InvalidInputException",
    "step_function": "InvalidExecutionInput",
    "eventbridge": "ValidationException",
    "mwaa_dag": "InvalidRequestContentException",
    "sqs_mwaa": "InvalidMessageContents",
}
FAULTS = (
    "target missing",
    "access denied",
    "throttled twice",
    "throttled for ever",
    "server error",
    "timeout",
    "malformed response",
    "invalid request",
)
# Calls of a trigger that fails in the end; everything else is called once. Only a definite refusal, or a target that
# deduplicates by a name of ours (a message_id, a DAG run id), is called again.
ATTEMPTS = {
    "glue_job": {"throttled for ever": 6},
    "step_function": {"throttled for ever": 7},
    "eventbridge": {"throttled for ever": 5},
    "mwaa_dag": {"throttled for ever": 6, "server error": 6},
    "sqs_mwaa": dict.fromkeys(
        ("target missing", "access denied", "throttled for ever", "server error", "invalid request"), 4
    ),
}
ERRORS = {
    "glue_job": "Glue.",
    "step_function": "StepFunctions.",
    "eventbridge": "EventBridge.",
    "mwaa_dag": "Lambda.",
    "sqs_mwaa": "SQS.AmazonSQSException",
}
POSITIONS = {"first": 0, "middle": 2, "last": 4}
CELLS = list(itertools.product([one.TYPE for one in REGISTRY], FAULTS, POSITIONS))
TIMEOUT = 2.0


@dataclass(frozen=True)
class Cell:
    """What is expected of the faulted trigger.

    Attributes:
        calls: of its service's operation, retries included.
    """

    status: str
    calls: int


def fault_of(kind: str, what: str) -> Fault | None:
    return {
        "target missing": None,
        "access denied": Fault(status=403, code="AccessDeniedException"),
        "throttled twice": Fault(status=429, code=THROTTLED[kind], times=2),
        "throttled for ever": Fault(status=429, code=THROTTLED[kind]),
        "server error": Fault(status=500, code=SERVER_ERROR[kind]),
        "timeout": Fault(delay=TIMEOUT * 1.25),
        "malformed response": Fault(status=200, body='{"unfinished": '),
        "invalid request": Fault(status=400, code=INVALID[kind]),
    }[what]


def expected(kind: str, what: str) -> Cell:
    """What each type promises, by hand: its declarations are what is under test."""
    if (what, kind) in (("target missing", "eventbridge"), ("malformed response", "mwaa_dag")):
        return Cell("TRIGGERED", 1)  # PutEvents to no bus succeeds; a Lambda's payload is taken whole
    if what == "throttled twice":
        return Cell("TRIGGERED", 3)
    return Cell("FAILED", ATTEMPTS.get(kind, {}).get(what, 1))


@pytest.fixture(scope="module")
def machine(engine: Engine) -> Iterator[Machine]:
    warmed = Machine(engine)
    warmed.run([trigger(kind) for kind in REQUESTS])  # cold clients and workers take longer than the shortened timeout
    with shortened(TIMEOUT):
        yield warmed


@pytest.fixture(scope="module")
def second() -> Iterator[NodeProgram | None]:
    """The second interpreter; without Node the matrix runs on the engine alone, but not where CI is true."""
    if missing() and os.environ.get("CI") != "true":
        yield None
        return
    with running("interpret.mjs") as program:
        yield program


def error_of(kind: str, what: str) -> str:
    """How the error's name begins."""
    special = {"timeout": "States.Timeout", "malformed response": "States.Runtime"}
    return "DagRunRejectedError" if (kind, what) == ("mwaa_dag", "target missing") else special.get(what, ERRORS[kind])


def differs(kind: str, what: str) -> str:
    """Why the second interpreter ends otherwise, where it does."""
    if what == "malformed response" and kind not in TAKES_ANY_RESULT:
        return (
            "a successful answer without its id: the path to it is States.Runtime, which the second interpreter, like AWS, "
            "lets nobody catch, and moto does; each of these fields is required in its service's answer"
        )
    return ""


def compare(second: NodeProgram, machine: Machine, described: dict[str, Any], outcomes: list[dict[str, Any]]) -> None:
    """The second interpreter, given what the Tasks met, ends alike: status, error, outcomes, and calls of each state."""
    history = machine.history(described)
    script = script_of(history)
    arn = machine.simulator.settings.execution_arn(described["name"])
    answer = second.ask(
        {
            "definition": machine.definition,
            "input": described["input"],
            "context": {"Execution": {"Id": arn, "Name": described["name"]}},
            "script": script,
        }
    )
    assert (answer["status"], answer["error"]) == (described["status"], described.get("error", "")), answer
    assert answer["outcomes"] == outcomes
    assert answer["calls"] == {state: len(answers) for state, answers in script.items()}


@pytest.mark.parametrize(("kind", "what", "position"), CELLS, ids=["-".join(cell).replace(" ", "_") for cell in CELLS])
def test_cell(machine: Machine, second: NodeProgram | None, kind: str, what: str, position: str) -> None:
    others = [trigger(other, other) for other in REQUESTS if other != kind]
    changes = MISSING[kind] if what == "target missing" else {}
    if kind == "mwaa_dag":
        changes = changes | {"dag_run_id": f"{what}-{position}"}
    triggers = [*others[: POSITIONS[position]], trigger(kind, "faulted", **changes), *others[POSITIONS[position] :]]
    fault, faults, operation = fault_of(kind, what), machine.engine.patch_context.faults, OPERATIONS[kind]
    with ExitStack() as stack:
        if fault is None:
            faults.calls.clear()
        else:
            stack.enter_context(faults.inject(operation, fault))
        described, outcomes = machine.run(triggers)
        calls = faults.calls[operation]
    faulted = outcomes[POSITIONS[position]]
    assert [one["name"] for one in outcomes] == [one["name"] for one in triggers]
    assert {one["result"]["status"] for one in outcomes if one is not faulted} == {"TRIGGERED"}
    cell = expected(kind, what)
    assert (faulted["result"]["status"], calls) == (cell.status, cell.calls), json.dumps(faulted)
    if cell.status == "FAILED":
        assert faulted["error"]["Error"].startswith(error_of(kind, what))
        assert (described["status"], described["error"]) == ("FAILED", "TriggersFailed")
        assert 'failed: ["faulted"]' in described["cause"]
    else:
        assert "error" not in faulted
        assert described["status"] == "SUCCEEDED"
    if second is not None and not differs(kind, what):
        compare(second, machine, described, outcomes)


def test_the_second_interpreter_differs_where_it_is_said_to(machine: Machine, second: NodeProgram | None) -> None:
    if second is None:
        pytest.skip(f"the second interpreter cannot run: {missing()}")
    for kind in sorted(set(REQUESTS) - TAKES_ANY_RESULT):
        fault = fault_of(kind, "malformed response")
        assert fault is not None
        with machine.engine.patch_context.faults.inject(OPERATIONS[kind], fault):
            described, outcomes = machine.run([trigger(kind)])
        with pytest.raises(AssertionError, match=r"States.Runtime"):
            compare(second, machine, described, outcomes)


def test_every_type_is_in_the_matrix() -> None:
    kinds = {one.TYPE for one in REGISTRY}
    for table in (OPERATIONS, MISSING, THROTTLED, SERVER_ERROR, INVALID, ERRORS, REQUESTS):
        assert set(table) == kinds, "add the type's faults to this module, and its request to harness.py"
    assert len(CELLS) == len(kinds) * 8 * 3


AMBIGUOUS = (
    "States.",
    "SdkClientException",
    "InternalService",
    "InternalError",
    "OperationTimeout",
    "AWSGlueException",
    "ServiceException",
)


@pytest.mark.parametrize("kind", ["glue_job", "step_function", "eventbridge"])
def test_no_error_is_retried_after_which_the_target_may_have_started(kind: str) -> None:
    (integration,) = (one.INTEGRATION for one in REGISTRY if kind == one.TYPE)
    retried = [error for retry in integration.retries for error in retry.errors]
    assert not [error for error in retried if any(word in error for word in AMBIGUOUS)]


UNSAFE = [
    (kind, what)
    for kind in ("glue_job", "step_function", "eventbridge")
    for what in ("server error", "timeout", "malformed response")
]


@pytest.mark.parametrize(("kind", "what"), UNSAFE, ids=["-".join(pair).replace(" ", "_") for pair in UNSAFE])
def test_what_may_have_started_is_not_called_again(machine: Machine, kind: str, what: str) -> None:
    """These services deduplicate nothing: said here by hand, independent of the declarations."""
    fault = fault_of(kind, what)
    assert fault is not None
    with machine.engine.patch_context.faults.inject(OPERATIONS[kind], fault):
        machine.run([trigger(kind, "faulted")])
        assert machine.engine.patch_context.faults.calls[OPERATIONS[kind]] == 1


@pytest.mark.parametrize("kind", list(REQUESTS))
def test_a_result_without_the_expected_field_leaves_the_others_alone(machine: Machine, kind: str) -> None:
    with machine.engine.patch_context.faults.inject(OPERATIONS[kind], Fault(status=200, body="{}")):
        _, outcomes = machine.run([trigger(other, other) for other in REQUESTS])
    assert {one["result"]["status"] for one in outcomes if one["name"] != kind} == {"TRIGGERED"}
    (lacking,) = (one for one in outcomes if one["name"] == kind)
    # Lambda's payload is taken whole, whatever it is; a service's lacking id is a failed item here.
    assert lacking["result"]["status"] == ("TRIGGERED" if kind in TAKES_ANY_RESULT else "FAILED")
