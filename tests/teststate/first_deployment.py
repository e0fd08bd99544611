"""Measures on AWS what no page and no recorded answer settles, and prints one table: ``make test-aws``.

TestState runs single states. Mocked ones and Pass states need no role. With a role, TestState also calls services with
targets that do not exist: it starts nothing, and shows the names of the errors. With the ARN of a state machine, the histories
of its newest executions show the error names that production met, and the parameters that Step Functions sent.
Source: docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from builder.pages import error_names

EXECUTIONS = 20
"""Newest executions whose histories are read."""

_FAILURES = tuple(f"task{kind}EventDetails" for kind in ("Failed", "TimedOut", "SubmitFailed", "StartFailed"))
"""Fields of a history event with an error. A refused call of a Task that waits for its run is a TaskSubmitFailed event:
https://repost.aws/knowledge-center/glue-throttling-rate-exceeded."""

_MISSING = f"does-not-exist-{uuid.uuid4().hex[:12]}"
_LIST = {"one": [{"b": "x"}], "none": []}


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the table.

    Attributes:
        question: subject of the measurement.
        expected: expected answer; empty if none is known.
        grade: evidence for the expectation.
        measured: answer of AWS; empty if it was not measured.
    """

    question: str
    expected: str
    grade: str
    measured: str

    @property
    def verdict(self) -> str:
        """``as expected``, ``differs``, ``new`` or ``not measured``."""
        if not self.measured:
            return "not measured"
        if not self.expected:
            return "new"
        return "as expected" if self.measured == self.expected else "differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One call of TestState.

    Attributes:
        real: the state calls a service, so the call needs a role.
    """

    text: str
    state: dict[str, Any]
    expected: str
    grade: str
    given: Any = None
    mock: str = ""
    real: bool = False


def _task(resource: str, parameters: dict[str, Any], **fields: Any) -> dict[str, Any]:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
    task = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": parameters, **fields}
    return {**task, "Catch": catch, "End": True}


def _refusal(text: str, resource: str, parameters: dict[str, Any], error: str) -> Question:
    grade = error_names.NAMES[error].grade if error in error_names.NAMES else "inferred"
    return Question(text=text, state=_task(resource, parameters), expected=error, grade=grade, real=True)


def _form(form: str, value: str, grade: str) -> Question:
    state = {"Type": "Pass", "Parameters": {"value.$": form}, "End": True}
    return Question(text=f"value of {form}", state=state, expected=value, grade=grade, given=_LIST)


def questions(account: str, region: str) -> Iterator[Question]:
    """Every question that TestState answers."""
    queue = f"https://sqs.{region}.amazonaws.com/{account}"
    machine = f"arn:aws:states:{region}:{account}:stateMachine:{_MISSING}"
    entry = {"EventBusName": _MISSING, "Source": "downstream-orchestrator.test", "DetailType": "test", "Detail": {}}
    recorded, inferred = "recorded", "inferred"
    yield Question(
        text="States.ALL catches a path of ResultSelector that does not exist",
        state=_task("sqs:sendMessage", {"QueueUrl": queue, "MessageBody": "m"}, ResultSelector={"id.$": "$.Nothing"}),
        expected="FAILED States.Runtime",
        grade=inferred,
        mock="{}",
    )
    yield _form("$.one[0].b", '"x"', recorded)
    yield _form("$.one[*].b", '["x"]', recorded)
    yield _form("$.one[0:2].b", '["x"]', recorded)
    yield _form("$.none[*].b", "[]", recorded)
    yield _form("$.one[?(@.error)]", "[]", inferred)
    yield _form("States.StringSplit(States.JsonToString($.one[*].b), '\"')", '["[", "x", "]"]', inferred)
    yield _refusal(
        "Glue job that does not exist", "glue:startJobRun", {"JobName": _MISSING}, "Glue.EntityNotFoundException"
    )
    yield _refusal(
        "Glue job that does not exist, by the aws-sdk integration",
        "aws-sdk:glue:startJobRun",
        {"JobName": _MISSING},
        "Glue.EntityNotFoundException",
    )
    yield _refusal(
        "queue that does not exist",
        "sqs:sendMessage",
        {"QueueUrl": f"{queue}/{_MISSING}", "MessageBody": "m"},
        "SQS.QueueDoesNotExistException",
    )
    yield _refusal(
        "host of a queue that does not exist",
        "sqs:sendMessage",
        {"QueueUrl": f"https://{_MISSING}.invalid/{account}/q", "MessageBody": "m"},
        "SQS.SdkClientException",
    )
    yield _refusal(
        "state machine that does not exist",
        "states:startExecution",
        {"StateMachineArn": machine, "Input": {}},
        "StepFunctions.StateMachineDoesNotExistException",
    )
    yield _refusal(
        "Lambda function that does not exist",
        "lambda:invoke",
        {"FunctionName": f"arn:aws:lambda:{region}:{account}:function:{_MISSING}", "Payload": {}},
        "Lambda.ResourceNotFoundException",
    )
    yield Question(
        text="event bus that does not exist",
        state=_task("events:putEvents", {"Entries": [entry]}, ResultSelector={"value.$": "$.FailedEntryCount"}),
        expected="0",
        grade=recorded,
        real=True,
    )


def ask(client: Any, question: Question, role: str) -> Answer:
    """The answer of TestState; not measured if the question needs a role and ``role`` is empty."""
    measured = ""
    if role or not question.real:
        request: dict[str, Any] = {"definition": json.dumps(question.state), "input": json.dumps(question.given or {})}
        if question.mock:
            request["mock"] = {"result": question.mock, "fieldValidationMode": "NONE"}
        if role:
            request["roleArn"] = role
        measured = _measured(client.test_state(**request))
    return Answer(question.text, question.expected, question.grade, measured)


def _measured(answer: dict[str, Any]) -> str:
    if answer["status"] == "SUCCEEDED":
        return json.dumps(json.loads(answer["output"])["value"])
    if answer["status"] == "CAUGHT_ERROR":
        return str(answer.get("error") or json.loads(answer["output"])["Error"])
    return f"{answer['status']} {answer.get('error', '')}".strip()


def from_histories(client: Any, machine: str) -> list[Answer]:
    """Error names and Glue parameters in the newest executions of ``machine``."""
    found: Counter[str] = Counter()
    queuing: Counter[bool] = Counter()
    listed = client.list_executions(stateMachineArn=machine, maxResults=EXECUTIONS)["executions"]
    for execution in listed:
        for event in _history(client, execution["executionArn"]):
            for failed in (event[kind] for kind in _FAILURES if kind in event):
                found[failed.get("error", "States.Timeout")] += 1
            scheduled = event.get("taskScheduledEventDetails", {})
            if str(scheduled.get("resource", "")).startswith("startJobRun"):
                queuing["JobRunQueuingEnabled" in json.loads(scheduled["parameters"])] += 1
    answers = [
        Answer(f"{count} times in the histories", _known(name), _grade(name), name) for name, count in found.items()
    ]
    # Only triggers with job_run_queuing_enabled send it.
    kept = f"in {queuing[True]} of {queuing.total()} TaskScheduled events" if queuing else ""
    answers.append(Answer("JobRunQueuingEnabled reaches StartJobRun", "", "inferred", kept))
    return answers


def _known(name: str) -> str:
    return name if name in error_names.NAMES else ""


def _grade(name: str) -> str:
    return error_names.NAMES[name].grade if name in error_names.NAMES else ""


def _history(client: Any, arn: str) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator("get_execution_history").paginate(executionArn=arn):
        yield from page["events"]


def table(answers: Iterable[Answer]) -> Table:
    """The answers for a terminal."""
    made = Table("Question", "Expected", "Evidence", "Measured", "Verdict", title="First deployment: what to look at")
    for one in answers:
        made.add_row(one.question, one.expected, one.grade, one.measured, one.verdict)
    return made


MANUAL = (
    "Not measured by any command, because it needs load: the error names of throttled calls. Look for "
    "Glue.AWSGlueException, StepFunctions.AWSStepFunctionsException and SQS.RequestThrottledException in the histories after "
    "a busy day: make test-aws PROFILE=name MACHINE=arn. "
    "Report differences in ERROR_NAMES of the type, in orchestration/triggers/."
)


def main() -> int:
    """Print the table; 0 if nothing differs, 1 if something does, 2 if AWS cannot be called."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", required=True)
    parser.add_argument("--role", default="", help="role that TestState assumes for real calls, which start nothing")
    parser.add_argument("--machine", default="", help="state machine whose newest executions are read")
    options = parser.parse_args()
    try:
        session = boto3.session.Session(profile_name=options.profile)
        client = session.client("stepfunctions")
        account = session.client("sts").get_caller_identity()["Account"]
        answers = []
        for question in questions(account, session.region_name):
            answers.append(ask(client, question, options.role))
            time.sleep(0.12)  # the quota of TestState is ten calls a second
        answers += from_histories(client, options.machine) if options.machine else []
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(
            f"AWS profile {options.profile}: {error}. Check the credentials, the region and states:TestState.\n"
        )
        return 2
    console = Console()
    console.print(table(answers))
    if not options.role:
        console.print("Calls of services were not measured. They need a role: make test-aws PROFILE=name ROLE=arn")
    console.print(MANUAL)
    return int(any(one.verdict == "differs" for one in answers))


if __name__ == "__main__":
    sys.exit(main())
