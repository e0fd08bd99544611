"""Facets of a trigger type for the tools around the router, as plain data: error names, warnings, doctor's question.

The router does not read them. They stand on the type so that a new type is one file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from orchestration.values.strictjson import Json

TOOL_FACETS = (
    "ADDRESSES",
    "ALLOW_LIST",
    "CALLER",
    "COLOUR",
    "ERROR_NAMES",
    "INTEGRATION",
    "KEY_PREFIXES",
    "LOOK_UP",
    "RUN",
    "RUN_RESULT",
    "START_LOOK_UP",
    "TARGET_PERMISSION",
)
"""Class attributes of a trigger type that only builder and tools read. The functions' zips leave them out."""

TOOL_METHODS = ("question",)
"""Methods of a trigger type that only builder and tools call. The functions' zips leave them out."""

TOOL_MODULES = ("orchestration.triggers._start_look_up", "orchestration.triggers.facets")
"""Modules that only those attributes and methods use. The functions' zips leave them out, with the statements that import
them."""

Grade = Literal["recorded", "reported", "documented", "inferred", "none"]
"""Strength of the evidence for an error name; ``docs/error-names.md`` explains each grade."""

REGISTERED = "registered by the service's client in the AWS SDK for Java 1"
UNREGISTERED = "not registered by the service's client in the AWS SDK for Java 1, so its base class"
"""Sources of names that follow from the rule of ``docs/error-names.md``. A client registers exceptions for its service, not for
an operation."""

ERROR_HANDLING = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"
SNAPSHOTS = "localstack/localstack, `tests/aws/services/stepfunctions/v2"
"""Folder of recorded executions of AWS in the repository of LocalStack."""
FUNCTION_EXCEPTION = f"{SNAPSHOTS}/error_handling/test_task_service_lambda`, `test_raise_custom_exception`"
"""Source of an error that has the name of the function's exception."""

LAMBDA_FAILURES = (
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.Unknown",
    "Sandbox.Timedout",
)
"""Errors of a called function other than its own exceptions: Lambda refused the call, failed, or lost its answer
(https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html)."""


class Evidence(NamedTuple):
    """Evidence for one error name.

    Attributes:
        meaning: cause of the error.
        grade: strength of the evidence.
        source: page or recorded test.
        decision: reason why the state machine retries it or not; empty if ``docs/triggers.md`` gives the reason.
    """

    meaning: str
    grade: Grade
    source: str
    decision: str = ""


class KeyPrefix(NamedTuple):
    """Prefix that every key of a field needs.

    Attributes:
        prefix: beginning of each key.
        rule: id of the warning of ``orchestrator validate``.
        noun: word for a key.
        reason: effect of a key without the prefix.
        abbreviation: id of the warning of a key that begins an automatic one, or the other way round: programs read the keys
            with argparse, which accepts abbreviations. Empty if the service compares whole keys.
    """

    prefix: str
    rule: str
    noun: str
    reason: str
    abbreviation: str = ""


class Refusal(NamedTuple):
    """An answer of the service that shows a target which cannot run.

    Attributes:
        path: field of the answer, with dots between the keys. Of an error, the answer is its response.
        value: value of a target that cannot run.
        message: problem of the target, for the finding of ``orchestrator doctor``.
        advice: correction.
    """

    path: str
    value: str | int
    message: str
    advice: str

    def matches(self, answer: Mapping[str, Json]) -> bool:
        """True if the answer has the value at the path."""
        node: Json = dict(answer)
        for key in self.path.split("."):
            node = node.get(key) if isinstance(node, dict) else None
        return node == self.value and node is not None


class TargetQuestion(NamedTuple):
    """API call that shows whether a target exists. Triggers with the same question share one call.

    Attributes:
        service: boto3 name of the service.
        operation: method of the boto3 client.
        parameters: arguments of the method.
        subject: the target, for people.
        missing: error codes of a target that does not exist.
        region: region of the target, or empty for the stack's region.
        refusals: answers of a target that exists and cannot run.
    """

    service: str
    operation: str
    parameters: Mapping[str, Json]
    subject: str
    missing: tuple[str, ...]
    region: str = ""
    refusals: tuple[Refusal, ...] = ()
