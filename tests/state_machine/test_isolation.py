"""Every trigger type, fault and position: the other triggers always start, and no service gets too many calls."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from local.engine.engine import Engine
from local.engine.faults import Fault
from orchestration.triggers import REGISTRY
from tests.node_programs import NodeProgram, missing, running
from tests.state_machine.harness import REQUESTS, Machine, script_of, shortened, trigger
from tests.state_machine.matrix import (
    CASES,
    CELLS,
    POSITIONS,
    TAKES_ANY_RESULT,
    TIMEOUT,
    error_of,
    expected,
    fault_of,
    loses_id,
    run_cell,
)


@pytest.fixture(scope="module")
def machine(engine: Engine) -> Iterator[Machine]:
    warmed = Machine(engine)
    warmed.run([trigger(kind) for kind in REQUESTS])  # cold clients and workers take longer than the shortened timeout
    with shortened(TIMEOUT, pause=TIMEOUT / 2):  # a late call reaches its service before a look
        yield warmed


@pytest.fixture(scope="module")
def second() -> Iterator[NodeProgram | None]:
    """The second interpreter; without Node the matrix runs on the engine alone, but not where CI is true."""
    if missing() and os.environ.get("CI") != "true":
        yield None
        return
    with running("interpret.mjs") as program:
        yield program


def differs(kind: str, what: str) -> str:
    """Reason why the second interpreter ends differently; empty if it does not."""
    if what == "malformed response" and loses_id(kind):
        return (
            "a successful answer without its id: the path to it is States.Runtime, which the second interpreter "
            "lets no state catch, and moto does; each of these fields is required in its service's answer"
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


@pytest.mark.parametrize(
    ("kind", "what", "position"),
    [
        # The first and the last position take half of the time, so make test leaves them to make test-all.
        pytest.param(*cell, id="-".join(cell).replace(" ", "_"), marks=() if cell[2] == "middle" else pytest.mark.slow)
        for cell in CELLS
    ],
)
def test_cell(machine: Machine, second: NodeProgram | None, kind: str, what: str, position: str) -> None:
    run = run_cell(machine, kind, what, position)
    described, outcomes = run.described, run.outcomes
    faulted = outcomes[POSITIONS[position]]
    assert [one["name"] for one in outcomes] == [one["name"] for one in run.triggers]
    assert {one["result"]["status"] for one in outcomes if one is not faulted} == {"TRIGGERED"}
    cell = expected(kind, what)
    assert (faulted["result"]["status"], run.calls) == (cell.status, cell.calls), json.dumps(faulted)
    if cell.status == "FAILED":
        assert faulted["error"]["Error"].startswith(error_of(kind, what)), json.dumps(faulted)
        assert (described["status"], described["error"]) == ("FAILED", "TriggersFailed")
        assert 'failed: ["faulted"], ids ["id-faulted"]' in described["cause"]
    else:
        assert "error" not in faulted
        assert described["status"] == "SUCCEEDED"
    if second is not None and not differs(kind, what):
        compare(second, machine, described, outcomes)


def test_second_interpreter_differs_as_documented(machine: Machine, second: NodeProgram | None) -> None:
    if second is None:
        pytest.skip(f"the second interpreter cannot run: {missing()}")
    for kind in filter(loses_id, REQUESTS):
        fault = fault_of(kind, "malformed response")
        assert fault is not None
        with machine.engine.patch_context.faults.inject(CASES[kind].operation, fault):
            described, outcomes = machine.run([trigger(kind)])
        with pytest.raises(AssertionError, match=r"States.Runtime"):
            compare(second, machine, described, outcomes)


def test_every_type_is_in_the_matrix() -> None:
    assert len(CELLS) == len(REGISTRY) * 8 * 3


AMBIGUOUS = (
    "States.",
    "SdkClientException",
    "InternalService",
    "InternalError",
    "OperationTimeout",
    "AWSGlueException",
    "ServiceException",
)


AT_MOST_ONCE = [kind for kind, case in CASES.items() if not case.deduplicates and not case.at_least_once]


@pytest.mark.parametrize("kind", AT_MOST_ONCE)
def test_ambiguous_errors_are_not_retried(kind: str) -> None:
    (integration,) = (one.INTEGRATION for one in REGISTRY if kind == one.TYPE)
    retried = [error for retry in integration.retries for error in retry.errors]
    assert not [error for error in retried if any(word in error for word in AMBIGUOUS)]


UNSAFE = [(kind, what) for kind in AT_MOST_ONCE for what in ("server error", "timeout", "malformed response")]


@pytest.mark.parametrize(("kind", "what"), UNSAFE, ids=["-".join(pair).replace(" ", "_") for pair in UNSAFE])
def test_possibly_started_target_is_called_once(machine: Machine, kind: str, what: str) -> None:
    """These services do not deduplicate. The list is hand-written, independent of the declarations."""
    fault = fault_of(kind, what)
    assert fault is not None
    with machine.engine.patch_context.faults.inject(CASES[kind].operation, fault):
        machine.run([trigger(kind, "faulted")])
        assert machine.engine.patch_context.faults.calls[CASES[kind].operation] == 1


@pytest.mark.parametrize("kind", list(REQUESTS))
def test_incomplete_result_fails_only_its_trigger(machine: Machine, kind: str) -> None:
    with machine.engine.patch_context.faults.inject(CASES[kind].operation, Fault(status=200, body="{}")):
        _, outcomes = machine.run([trigger(other, other) for other in REQUESTS])
    assert {one["result"]["status"] for one in outcomes if one["name"] != kind} == {"TRIGGERED"}
    (lacking,) = (one for one in outcomes if one["name"] == kind)
    # The machine accepts any payload of a Lambda function. An answer without an id is a failed item here.
    assert lacking["result"]["status"] == ("TRIGGERED" if kind in TAKES_ANY_RESULT else "FAILED")
