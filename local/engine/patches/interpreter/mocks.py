"""Patch for moto's Step Functions that runs test cases of a ``MockConfigFile.json``, as Step Functions Local does.

Source: docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.mocking.mock_config import (
    MockedResponse,
    MockedResponseReturn,
    MockedResponseThrow,
    MockTestCase,
    StateMockedResponses,
)
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local.engine.patches.context import PatchContext
from local.engine.patches.replace import replaced


@contextmanager
def mock_config_file(context: PatchContext) -> Iterator[None]:
    """Accept ``{state machine ARN}#{case}``, and answer the Tasks with the mocked responses of the test case."""
    start, environment = StepFunctionsParserBackend.start_execution, ExecutionWorker._get_evaluation_environment
    cases: dict[str, MockTestCase] = {}

    def start_execution(backend: StepFunctionsParserBackend, state_machine_arn: str, *args: Any, **kwargs: Any) -> Any:
        arn, _, case = state_machine_arn.partition("#")
        if case:
            name = args[0] if args else kwargs["name"]
            cases[f"{arn.replace(':stateMachine:', ':execution:')}:{name}"] = _case(context.mocks, case)
        return start(backend, arn, *args, **kwargs)

    def with_mocks(worker: ExecutionWorker) -> Environment:
        made = environment(worker)
        made.mock_test_case = cases.get(worker._evaluation_details.execution_details.arn)
        return made

    with (
        replaced(StepFunctionsParserBackend, "start_execution", start_execution),
        replaced(ExecutionWorker, "_get_evaluation_environment", with_mocks),
    ):
        yield


def _case(mocks: dict[str, Any], case: str) -> MockTestCase:
    (machine, definition), *_ = mocks["StateMachines"].items()
    states = [
        StateMockedResponses(
            state, key, [_response(span, answer) for span, answer in mocks["MockedResponses"][key].items()]
        )
        for state, key in definition["TestCases"][case].items()
    ]
    return MockTestCase(machine, case, states)


def _response(span: str, answer: dict[str, Any]) -> MockedResponse:
    first, _, last = span.partition("-")
    if "Return" in answer:
        return MockedResponseReturn(int(first), int(last or first), answer["Return"])
    thrown = answer["Throw"]
    return MockedResponseThrow(int(first), int(last or first), thrown["Error"], thrown["Cause"])
