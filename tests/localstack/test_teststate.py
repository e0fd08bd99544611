"""The calls of ``make test-aws`` on LocalStack's TestState, with the same expectations as on AWS."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.localstack.interpreters import with_short_waits
from tests.localstack.server import LocalStack
from tests.teststate import first_deployment
from tests.teststate.cases import STATES, StateCase, cases
from tests.teststate.questions import Question, questions

CASES = list(cases())
WAITS = [case for case in CASES if STATES[case.state]["Type"] == "Wait"]


@pytest.mark.parametrize("case", WAITS, ids=lambda case: case.id)
def test_localstack_cannot_test_a_wait_state(server: LocalStack, case: StateCase) -> None:
    """If this test fails, LocalStack can: remove it, and run all of ``CASES``."""
    with pytest.raises(ClientError, match="ProgramRunning"):
        server.client().test_state(**case.request())


@pytest.mark.parametrize("case", [case for case in CASES if case not in WAITS], ids=lambda case: case.id)
def test_state(server: LocalStack, case: StateCase) -> None:
    request = case.request()
    # LocalStack waits for the interval of the retrier. AWS answers at once.
    request["definition"] = json.dumps(with_short_waits(json.loads(request["definition"])))
    answer = server.client().test_state(**request)
    assert (answer["status"], answer.get("nextState", "")) == (case.status, case.following), answer
    if case.output is not None:
        assert json.loads(answer["output"]) == case.output


UNREAL = [one for one in questions("123456789012", "us-west-1") if not one.real]
DIFFERENT = {
    "States.ALL catches a path of ResultSelector that does not exist": "States.Runtime",
    "value of $.one[*].b": '"x"',
    "value of $.one[0:2].b": '"x"',
    "value of $.one[?(@.error)]": "FAILED States.Runtime",
    "value of States.StringSplit(States.JsonToString($.one[*].b), '\"')": '["x"]',
}
"""Answers of LocalStack that differ from those expected of AWS."""


@pytest.mark.parametrize("question", UNREAL, ids=lambda one: one.text)
def test_question_of_the_first_deployment(server: LocalStack, question: Question) -> None:
    answer = first_deployment.ask(server.client(), question, "")
    assert answer.measured == DIFFERENT.get(question.text, question.expected)
