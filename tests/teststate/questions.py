"""Questions to AWS's TestState API about path forms and the names of errors."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from builder.pages import error_names

MISSING = f"does-not-exist-{uuid.uuid4().hex[:12]}"
"""Name of targets that do not exist."""
_LIST = {"one": [{"b": "x"}], "none": []}


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
    machine = f"arn:aws:states:{region}:{account}:stateMachine:{MISSING}"
    entry = {"EventBusName": MISSING, "Source": "downstream-orchestrator.test", "DetailType": "test", "Detail": {}}
    recorded, inferred = "recorded", "inferred"
    yield Question(
        text="States.ALL catches a path of ResultSelector that does not exist",
        state=_task("sqs:sendMessage", {"QueueUrl": queue, "MessageBody": "m"}, ResultSelector={"id.$": "$.Nothing"}),
        expected="FAILED States.Runtime",
        grade=inferred,
        mock="{}",
    )
    # Recorded: LocalStack's base/test_base, test_json_path_array_access, test_json_path_array_wildcard_or_slice_with_no_input
    # and test_state_pass_regex_json_path_base.
    yield _form("$.one[0]", '{"b": "x"}', recorded)
    yield _form("$.one[0].b", '"x"', inferred)
    yield _form("$.one[*].b", '["x"]', inferred)
    yield _form("$.one[0:2].b", '["x"]', inferred)
    yield _form("$.missing[*].b", "[]", recorded)
    yield _form("$.none[*].b", "[]", inferred)
    yield _form("$.one[?(@.b == 'x')]", '[{"b": "x"}]', recorded)
    yield _form("$.one[?(@.error)]", "[]", inferred)
    yield _form("States.StringSplit(States.JsonToString($.one[*].b), '\"')", '["[", "x", "]"]', inferred)
    yield _refusal(
        "Glue job that does not exist", "glue:startJobRun", {"JobName": MISSING}, "Glue.EntityNotFoundException"
    )
    yield _refusal(
        "Glue job that does not exist, by the aws-sdk integration",
        "aws-sdk:glue:startJobRun",
        {"JobName": MISSING},
        "Glue.EntityNotFoundException",
    )
    yield _refusal(
        "queue that does not exist",
        "sqs:sendMessage",
        {"QueueUrl": f"{queue}/{MISSING}", "MessageBody": "m"},
        "SQS.QueueDoesNotExistException",
    )
    yield _refusal(
        "host of a queue that does not exist",
        "sqs:sendMessage",
        {"QueueUrl": f"https://{MISSING}.invalid/{account}/q", "MessageBody": "m"},
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
        {"FunctionName": f"arn:aws:lambda:{region}:{account}:function:{MISSING}", "Payload": {}},
        "Lambda.ResourceNotFoundException",
    )
    yield Question(
        text="event bus that does not exist",
        state=_task("events:putEvents", {"Entries": [entry]}, ResultSelector={"value.$": "$.FailedEntryCount"}),
        expected="0",
        grade=recorded,
        real=True,
    )
