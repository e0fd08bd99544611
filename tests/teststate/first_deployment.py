"""Measures on AWS what no page and no recorded answer settles, and prints one table: ``make test-aws``.

TestState runs single states. Mocked ones and Pass states need no role. With a role, TestState also calls services with
targets that do not exist: it starts nothing, and shows the names of the errors. With the ARN of a state machine, the histories
of its newest executions show the error names that production met, and the parameters that Step Functions sent. With
``--throttle``, StartJobRun is called until it is throttled, and its error is read by both integrations.
Source: docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from builder.pages import error_names
from tests.teststate import throttled_starts
from tests.teststate.questions import MISSING, Question, questions
from tests.teststate.throttled_starts import ThrottledStart

EXECUTIONS = 20
"""Newest executions whose histories are read."""

_FAILURES = tuple(f"task{kind}EventDetails" for kind in ("Failed", "TimedOut", "SubmitFailed", "StartFailed"))
"""Fields of a history event with an error. A refused call of a Task that waits for its run is a TaskSubmitFailed event:
https://repost.aws/knowledge-center/glue-throttling-rate-exceeded."""


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


def throttled(starts: Iterable[ThrottledStart]) -> Iterator[Answer]:
    """The names of a throttled StartJobRun, and the causes, by integration."""
    for start in starts:
        name = _THROTTLED_NAMES[start.resource]
        yield Answer(f"throttled {start.resource}", name, _grade(name), start.error)
        yield Answer(f"cause of a throttled {start.resource}", "", "", start.cause)


_THROTTLED_NAMES = {
    "glue:startJobRun": "Glue.AWSGlueException",
    "aws-sdk:glue:startJobRun": "Glue.ThrottlingException",
}

MANUAL = (
    "Throttled calls of other services are not measured, because they need load. Look for "
    "EventBridge.AmazonEventBridgeException, StepFunctions.AWSStepFunctionsException and SQS.RequestThrottledException in the "
    "histories after a busy day: make test-aws PROFILE=name MACHINE=arn. "
    "Report differences in ERROR_NAMES of the type, in orchestration/triggers/."
)


def main() -> int:
    """Print the table; 0 if nothing differs, 1 if something does, 2 if AWS cannot be called."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", required=True)
    parser.add_argument("--role", default="", help="role that TestState assumes for real calls, which start nothing")
    parser.add_argument("--machine", default="", help="state machine whose newest executions are read")
    parser.add_argument(
        "--throttle",
        action="store_true",
        help="use up the account's rate of StartJobRun for some seconds; needs --role",
    )
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
        if options.throttle and options.role:
            # The SDK would repeat a throttled call, after a pause in which the rate recovers.
            glue = session.client("glue", config=Config(retries={"max_attempts": 0}))
            answers += throttled(throttled_starts.measure(glue, client, options.role, MISSING))
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(
            f"AWS profile {options.profile}: {error}. Check the credentials, the region and states:TestState.\n"
        )
        return 2
    console = Console()
    console.print(table(answers))
    if not options.role:
        console.print("Calls of services were not measured. They need a role: make test-aws PROFILE=name ROLE=arn")
    if not (options.role and options.throttle):
        console.print("A throttled StartJobRun was not measured: make test-aws PROFILE=name ROLE=arn THROTTLE=yes")
    console.print(MANUAL)
    return int(any(one.verdict == "differs" for one in answers))


if __name__ == "__main__":
    sys.exit(main())
