"""The calls of ``make test-aws`` on LocalStack's TestState, with the same expectations as on AWS."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.localstack.interpreters import with_short_waits
from tests.localstack.server import LocalStack
from tests.teststate import first_deployment
from tests.teststate.cases import StateCase, cases
from tests.teststate.questions import Question, questions

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_state(server: LocalStack, case: StateCase) -> None:
    request = case.request()
    # LocalStack waits for the interval of the retrier. AWS answers at once.
    request["definition"] = json.dumps(with_short_waits(json.loads(request["definition"])))
    if json.loads(request["definition"])["Type"] == "Wait":
        # LocalStack's TestState ends with an internal error at a Wait state that has Next.
        with pytest.raises(ClientError, match="ProgramRunning"):
            server.client().test_state(**request)
        return
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
