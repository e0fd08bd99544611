"""Runs one case on the embedded engine, on the second interpreter or on LocalStack, and returns comparable results."""

from __future__ import annotations

import copy
import json
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from orchestration.settings import Settings
from orchestration.starting.executions import ExecutionClient
from orchestration.starting.outcomes import to_json
from tests.node_programs import NodeProgram
from tests.state_machine.harness import state_of

Answer = dict[str, Any]
"""``{"return": result}`` or ``{"throw": {"Error": name, "Cause": text}}``."""

ROLE = "arn:aws:iam::123456789012:role/machine"
START = "2026-01-01T00:00:00.000Z"
SECONDS = 120.0
"""Seconds that one execution may take."""


@dataclass(frozen=True, slots=True)
class Result:
    """Result of a case on one interpreter.

    Attributes:
        status: ``SUCCEEDED`` or ``FAILED``.
        error: name of the execution's error; empty if it succeeded.
        outcomes: one for each item of the Map.
        calls: number of calls of each Task state.
    """

    status: str
    error: str
    outcomes: list[dict[str, Any]]
    calls: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One execution that every interpreter runs.

    Attributes:
        group: set of cases that the summary counts together.
        name: unique within the group; letters, digits, ``_`` and ``-``.
        machine: name of the state machine.
        definition: its definition.
        given: the execution's input.
        script: Task state to the answers of its service, in order.
        engine: the embedded engine's result, if its services were real; None if it runs with mocks too.
    """

    group: str
    name: str
    machine: str
    definition: dict[str, Any]
    given: dict[str, Any]
    script: dict[str, list[Answer]]
    engine: Result | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """Name of the mocked case: ``group.name``."""
        return f"{self.group}-{self.name}".replace(" ", "_")


def mock_file(cases: Iterable[Case]) -> dict[str, Any]:
    """The cases in the format of ``MockConfigFile.json``."""
    machines: dict[str, Any] = {}
    responses: dict[str, Any] = {}
    for case in cases:
        tests = machines.setdefault(case.machine, {"TestCases": {}})["TestCases"]
        tests[case.id] = {state: f"{case.id}/{state}" for state in case.script}
        for state, answers in case.script.items():
            responses[f"{case.id}/{state}"] = {
                str(number): {key.capitalize(): value for key, value in answer.items()}
                for number, answer in enumerate(answers)
            }
    return {"StateMachines": machines, "MockedResponses": responses}


def with_short_waits(definition: dict[str, Any]) -> dict[str, Any]:
    """The definition with waits of one second between retries; nothing else is changed."""

    def shorten(value: Any) -> None:
        for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            shorten(item)
        if isinstance(value, dict) and "MaxAttempts" in value and "IntervalSeconds" in value:
            value.update(IntervalSeconds=1, BackoffRate=1.0)
            value.pop("MaxDelaySeconds", None)

    copied = copy.deepcopy(definition)
    shorten(copied)
    return copied


class Service:
    """A Step Functions API with mocked cases: the embedded engine or LocalStack."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self._machines: dict[str, str] = {}

    def create(self, name: str, definition: dict[str, Any]) -> str:
        """The ARN of the state machine ``name``, created on first use."""
        if name not in self._machines:
            made = self.client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)
            self._machines[name] = made["stateMachineArn"]
        return self._machines[name]

    def run(self, case: Case, test_case: str = "") -> Result:
        """Run the case with its mocks, which ``test_case`` names if they are not its own."""
        arn, name = self.create(case.machine, case.definition), f"{case.name[:40]}-{uuid.uuid4().hex[:12]}"
        self.client.start_execution(
            stateMachineArn=f"{arn}#{test_case or case.id}", name=name, input=json.dumps(case.given)
        )
        executions = ExecutionClient(self.client, Settings(state_machine_arn=arn, region="us-west-1"))
        execution = executions.wait(name, time.monotonic() + SECONDS)
        outcomes: Any = to_json(executions.outcomes(execution))
        arn = executions.settings.execution_arn(name)
        pages = self.client.get_paginator("get_execution_history").paginate(executionArn=arn)
        history = [event for page in pages for event in page["events"]]
        return Result(execution.status, execution.error, outcomes, calls_of(history))


def calls_of(history: list[dict[str, Any]]) -> dict[str, int]:
    """Number of calls of each Task state."""
    events = {event["id"]: event for event in history}
    return dict(Counter(state_of(event, events) for event in history if event["type"] == "TaskScheduled"))


def run_second(second: NodeProgram, case: Case) -> Result:
    """Run the case on aws-local-stepfunctions."""
    arn = f"arn:aws:states:us-west-1:123456789012:execution:{case.machine}:{case.name}"
    answer = second.ask(
        {
            "definition": case.definition,
            "input": case.given,
            "context": {
                "Execution": {"Id": arn, "Name": case.name, "StartTime": START},
                "State": {"EnteredTime": START},
            },
            "script": case.script,
        }
    )
    return Result(answer["status"], answer["error"], answer["outcomes"], answer["calls"])
