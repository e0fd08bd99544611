"""Grades the evidence for each error name of the state machine, and writes the table of ``docs/error-names.md``.

Step Functions names the errors of its optimized integrations after the classes of the AWS SDK for Java 1: a modelled
exception keeps its class name, and any other error code becomes the service's base class. So ``Glue.AWSGlueException`` is a
throttled call as well as an unknown failure. The patch ``error_names.py`` of the local engine gives its errors the same names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

RECORDED, REPORTED, DOCUMENTED, INFERRED, NONE = "recorded", "reported", "documented", "inferred", "none"
GRADES = {
    RECORDED: "an execution history of AWS, which LocalStack's tests keep as a snapshot",
    REPORTED: "an answer of AWS that a user copied into a question",
    DOCUMENTED: "a page of AWS names it",
    INFERRED: "from the rule above; no answer of AWS is known",
    NONE: "nobody has looked for evidence yet",
}

_SNAPSHOTS = "localstack/localstack, `tests/aws/services/stepfunctions/v2"
_LAMBDA = "https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html"
_ERRORS = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"
_EVENTS = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html"
_GLUE = "https://repost.aws/knowledge-center/glue-throttling-rate-exceeded"
_NESTED = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-nested-workflows.html"
_RULE = "modelled for the operation"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence for one error name.

    Attributes:
        meaning: cause of the error.
        grade: one of ``GRADES``.
        source: page or recorded test.
        decision: reason why the state machine retries it or not; empty if ``docs/triggers.md`` gives the reason.
    """

    meaning: str
    grade: str
    source: str
    decision: str = ""


NAMES: dict[str, Evidence] = {
    "DagRunRejectedError": Evidence(
        "Airflow refused the DAG run: class of the function's exception", DOCUMENTED, _ERRORS
    ),
    "EventBridge.FailedEntry": Evidence("EventBridge refused the entry", DOCUMENTED, _EVENTS),
    "EventBridge.ThrottlingException": Evidence(
        "PutEvents was throttled",
        INFERRED,
        "modelled for the service, not for PutEvents",
        "The base class `EventBridge.AmazonEventBridgeException` is not retried: it also covers failures after which the bus "
        "may have the event, and PutEvents has no idempotency token.",
    ),
    "Glue.AWSGlueException": Evidence(
        "StartJobRun was throttled, or failed with an unknown error",
        DOCUMENTED,
        _GLUE,
        "Not retried: it also covers 5xx errors after which a run may have started, and StartJobRun has no idempotency "
        "token. Replay the trigger if the cause has `Rate exceeded` ([ADR 16](adr/0016-forms-on-which-interpreters-agree.md)).",
    ),
    "Glue.ConcurrentRunsExceededException": Evidence("the job runs as often as it may", INFERRED, _RULE),
    "Glue.EntityNotFoundException": Evidence("the job does not exist", INFERRED, _RULE),
    "Glue.ResourceNumberLimitExceededException": Evidence("a quota of the account is used up", INFERRED, _RULE),
    "Glue.ThrottlingException": Evidence(
        "StartJobRun was throttled",
        INFERRED,
        "modelled for the service, not for StartJobRun",
        "Kept: it can only be a refusal. AWS reports `Glue.AWSGlueException` instead.",
    ),
    "Lambda.AWSLambdaException": Evidence("Lambda failed", DOCUMENTED, _LAMBDA),
    "Lambda.ClientExecutionTimeoutException": Evidence("the call took too long", DOCUMENTED, _LAMBDA),
    "Lambda.SdkClientException": Evidence("the call did not reach Lambda, or its answer was lost", DOCUMENTED, _LAMBDA),
    "Lambda.ServiceException": Evidence("Lambda failed", DOCUMENTED, _LAMBDA),
    "Lambda.TooManyRequestsException": Evidence("Lambda throttled the call", DOCUMENTED, _LAMBDA),
    "Lambda.Unknown": Evidence("the function ended without an answer", DOCUMENTED, _LAMBDA),
    "MwaaAnswerError": Evidence("the answer is not Airflow's: class of the function's exception", DOCUMENTED, _ERRORS),
    "MwaaUnavailableError": Evidence(
        "MWAA or Airflow is unavailable: class of the function's exception", DOCUMENTED, _ERRORS
    ),
    "SNS.InvalidParameterException": Evidence("the message is too large", INFERRED, _RULE),
    "SQS.AmazonSQSException": Evidence(
        "SQS refused the message, for a reason that its API does not model",
        RECORDED,
        f"{_SNAPSHOTS}/error_handling/test_task_service_sqs`, `test_send_message_empty_body`",
    ),
    "SQS.KmsThrottledException": Evidence("KMS throttled the queue's key", INFERRED, _RULE),
    "SQS.QueueDoesNotExistException": Evidence(
        "the queue does not exist", INFERRED, _RULE, "Not retried: a retry does not create the queue."
    ),
    "SQS.RequestThrottledException": Evidence("SendMessage was throttled", INFERRED, _RULE),
    "SQS.SdkClientException": Evidence(
        "the host of the queue's URL does not exist, or does not answer",
        RECORDED,
        f"{_SNAPSHOTS}/error_handling/test_task_service_sqs`, `test_send_message_no_such_queue`",
    ),
    "Sandbox.Timedout": Evidence("the function reached its timeout", REPORTED, "errorType of the function's answer"),
    "States.ALL": Evidence("any error that a state may catch", DOCUMENTED, _ERRORS),
    "States.DataLimitExceeded": Evidence(
        "the result of a Task exceeds 256 KiB",
        RECORDED,
        f"{_SNAPSHOTS}/error_handling/test_states_errors`, "
        "`test_service_task_lambada_catch_state_all_data_limit_exceeded_on_large_utf8_response`",
        "`States.ALL` catches it, against the page about error handling. The output of a state over the limit "
        "(`test_start_large_input`) ends the execution.",
    ),
    "StepFunctions.AWSStepFunctionsException": Evidence(
        "StartExecution was throttled, or failed with an unknown error",
        INFERRED,
        "ThrottlingException is not modelled",
        "Retried for batches and for triggers that wait: both start a Standard state machine, which starts one execution for "
        "a name. A nested execution without `wait` may be an Express one, which ignores names. Never set `wait` for an "
        "Express state machine: the trigger fails, and its retries could start several executions.",
    ),
    "StepFunctions.ExecutionAlreadyExistsException": Evidence("the name is used", INFERRED, _RULE),
    "StepFunctions.ExecutionLimitExceeded": Evidence(
        "too many executions run",
        DOCUMENTED,
        _NESTED,
        "Retried under both names. Recorded errors of Step Functions end in `Exception`, but the example on the page does not.",
    ),
    "StepFunctions.ExecutionLimitExceededException": Evidence("too many executions run", INFERRED, _RULE),
    "StepFunctions.StateMachineDoesNotExistException": Evidence(
        "the state machine does not exist",
        RECORDED,
        f"{_SNAPSHOTS}/error_handling/test_task_service_sfn`, `test_start_execution_no_such_arn`",
    ),
    "StepFunctions.ThrottlingException": Evidence(
        "StartExecution was throttled",
        INFERRED,
        "not modelled, so `StepFunctions.AWSStepFunctionsException` is more likely",
        "Kept: it can only be a refusal.",
    ),
}
"""Evidence for error names of the generated files, and for names that they leave out on purpose."""


def used(document: Any) -> Iterator[str]:
    """Error names in the retriers, catchers and mocked errors of a generated file."""
    if isinstance(document, list):
        for item in document:
            yield from used(item)
    if not isinstance(document, dict):
        return
    if isinstance(document.get("ErrorEquals"), list):
        yield from document["ErrorEquals"]
    if isinstance(document.get("Throw"), dict):
        yield document["Throw"]["Error"]
    for item in document.values():
        yield from used(item)


def build(texts: dict[str, str]) -> str:
    """The page ``docs/error-names.md``.

    A name without evidence has the grade ``none``, so that a new trigger type stays one file.

    Args:
        texts: path of a generated definition or mock file to its text.
    """
    found = {name for text in texts.values() for name in used(json.loads(text))}
    graded = NAMES | {name: Evidence("see docs/triggers.md", NONE, "") for name in found - set(NAMES)}
    retried = {
        name for path, text in texts.items() if path.endswith(".asl.json") for name in _retried(json.loads(text))
    }
    lines = [
        "# Error names",
        "",
        "Generated by `python -m builder`. Step Functions names the errors of its optimized integrations after the classes of",
        "the AWS SDK for Java 1. A modelled exception keeps its class name. Any other error code becomes the base class of the",
        "service.",
        "",
        "`make test-aws` measures these names in an account ([Testing](testing.md)).",
        "",
        "| Grade | Evidence |",
        "|---|---|",
        *(f"| {grade} | {text} |" for grade, text in GRADES.items()),
        "",
        "| Error | Meaning and decision | Retried | Evidence |",
        "|---|---|---|---|",
        *(
            f"| `{name}` | {one.meaning}{f'. {one.decision}' if one.decision else ''} | "
            f"{'yes' if name in retried else 'no'} | {one.grade}{f': {_link(one.source)}' if one.source else ''} |"
            for name, one in sorted(graded.items())
        ),
        "",
    ]
    return "\n".join(lines)


def _retried(definition: Any) -> Iterator[str]:
    if isinstance(definition, list):
        for item in definition:
            yield from _retried(item)
    elif isinstance(definition, dict):
        for retrier in definition.get("Retry", []):
            yield from retrier["ErrorEquals"] if retrier.get("MaxAttempts") != 0 else ()
        for item in definition.values():
            yield from _retried(item)


def _link(source: str) -> str:
    return f"[page]({source})" if source.startswith("https://") else source
