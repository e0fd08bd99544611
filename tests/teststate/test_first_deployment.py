"""The questions to AWS match its API, and the histories of the embedded engine are read."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.validate import ParamValidator
from rich.console import Console

from local.engine.engine import Engine
from tests.state_machine.harness import Machine, trigger
from tests.teststate import first_deployment
from tests.teststate.first_deployment import Answer
from tests.teststate.questions import Question, questions

QUESTIONS = list(questions("123456789012", "us-west-1"))


class Recorder:
    """Keeps the requests, and answers as TestState does."""

    def __init__(self, **answer: Any) -> None:
        self.answer, self.requests = answer, list[dict[str, Any]]()

    def test_state(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        return self.answer


@pytest.fixture(scope="module")
def machine(engine: Engine) -> Machine:
    return Machine(engine)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.text)
def test_question_matches_the_api_model(question: Question) -> None:
    client = boto3.client("stepfunctions", region_name="us-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    shape = client.meta.service_model.operation_model("TestState").input_shape
    recorder = Recorder(status="FAILED", error="E")
    answer = first_deployment.ask(recorder, question, "arn:aws:iam::123456789012:role/r")
    (request,) = recorder.requests
    assert ParamValidator().validate(request, shape).generate_report() == ""
    assert answer.measured == "FAILED E"


def test_real_calls_need_a_role() -> None:
    recorder = Recorder(status="SUCCEEDED", output='{"value": 1}')
    answers = [first_deployment.ask(recorder, question, "") for question in QUESTIONS]
    assert len(recorder.requests) == sum(not question.real for question in QUESTIONS) > 0
    assert [one.verdict == "not measured" for one in answers] == [question.real for question in QUESTIONS]


RECORDED = {
    "value of $.one[0]": "test_json_path_array_access[$.items[0]]",
    "value of $.missing[*].b": "test_json_path_array_wildcard_or_slice_with_no_input[$.items[*].itemValue]",
    "value of $.one[?(@.b == 'x')]": "test_state_pass_regex_json_path_base",
    "queue that does not exist": "",
    "host of a queue that does not exist": "test_send_message_no_such_queue",
    "state machine that does not exist": "test_start_execution_no_such_arn",
    "Lambda function that does not exist": "test_no_such_function",
    "event bus that does not exist": "test_put_events_nonexistent_event_bus",
}
"""Question to the test of LocalStack whose snapshot of AWS answers it, written by hand."""


def test_answer_is_recorded_only_if_a_snapshot_has_it() -> None:
    recorded = {question.text for question in QUESTIONS if question.grade == "recorded"}
    assert recorded == {text for text, snapshot in RECORDED.items() if snapshot}


def test_caught_error_is_measured_by_its_name() -> None:
    recorder = Recorder(status="CAUGHT_ERROR", output=json.dumps({"Error": "SQS.Surprise"}))
    (question,) = (one for one in QUESTIONS if one.text == "queue that does not exist")
    answer = first_deployment.ask(recorder, question, "role")
    assert (answer.measured, answer.verdict) == ("SQS.Surprise", "differs")


def test_histories_show_error_names_and_glue_parameters(machine: Machine) -> None:
    machine.run(
        [
            trigger("glue_job"),
            trigger("glue_job", JobRunQueuingEnabled=True),
            trigger("sqs_mwaa", QueueUrl="http://localhost/123456789012/gone"),
        ]
    )
    answers = first_deployment.from_histories(
        machine.engine.client("stepfunctions"), machine.simulator.stack.state_machine
    )
    assert answers == [
        Answer(
            "1 times in the histories", "SQS.QueueDoesNotExistException", "inferred", "SQS.QueueDoesNotExistException"
        ),
        Answer("JobRunQueuingEnabled reaches StartJobRun", "", "inferred", "in 1 of 2 TaskScheduled events"),
    ]
    console = Console(width=200, record=True)
    console.print(first_deployment.table(answers))
    assert "as expected" in console.export_text()


class Histories:
    """Lists one execution with one event."""

    def __init__(self, event: dict[str, Any]) -> None:
        self.event = event

    def list_executions(self, **_: Any) -> dict[str, Any]:
        return {"executions": [{"executionArn": "arn"}]}

    def get_paginator(self, _: str) -> Histories:
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"events": [self.event]}]


@pytest.mark.parametrize("kind", ["Failed", "TimedOut", "SubmitFailed", "StartFailed"])
def test_every_event_with_an_error_is_measured(kind: str) -> None:
    details = {"resourceType": "glue", "resource": "startJobRun.sync", "error": "Glue.AWSGlueException"}
    name = f"task{kind}EventDetails"
    history = boto3.client("stepfunctions", region_name="us-west-1").meta.service_model.shape_for("HistoryEvent")
    assert name in history.members
    answer, _ = first_deployment.from_histories(Histories({name: details}), "machine")
    assert (answer.measured, answer.verdict) == ("Glue.AWSGlueException", "as expected")


def test_unknown_profile_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["first_deployment", "--profile", "no-such-profile"])
    assert first_deployment.main() == 2
    assert capsys.readouterr().err.startswith("AWS profile no-such-profile: The config profile (no-such-profile)")
