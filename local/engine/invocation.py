"""Describes a run of a Lambda function, and makes the record of one that failed.

docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Protocol

from local.engine.call_recorder import Call


class Function(Protocol):
    """The attributes of moto's function object that the runtime uses."""

    function_name: str
    function_arn: str
    handler: Any
    timeout: int
    environment_vars: dict[str, str]
    code_bytes: bytes
    code_sha_256: str
    event_invoke_config: list[Any]
    logs_backend: Any
    logs_group_name: str

    def save_logs(self, output: str) -> None:
        """Write log lines to the function's log group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One run of a handler.

    Attributes:
        function: name of the function.
        result: value that the handler returned; None after an error.
        error: ``{errorMessage, errorType, stackTrace}``, or None.
        logs: log lines and printed lines of the handler.
        calls: AWS API calls of the handler.
    """

    function: str
    request_id: str
    event: Any
    result: Any
    error: dict[str, Any] | None
    logs: str
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class SubscriptionMatch:
    """The decision of a subscription's filter on one SNS message.

    Attributes:
        matched: true if the filter passed the message.
    """

    message_id: str
    topic_arn: str
    matched: bool


def failure_record(function: Function, invocation: Invocation, attempts: int) -> dict[str, Any]:
    """Return the record for an on-failure destination, in the format on the page named above."""
    error = invocation.error or {}
    _, _, _, _, _, _, _, *version = function.function_arn.split(":")
    executed = version[0] if version else "$LATEST"
    return {
        "version": "1.0",
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "requestContext": {
            "requestId": invocation.request_id,
            "functionArn": f"{function.function_arn.removesuffix(f':{executed}')}:{executed}",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": attempts,
        },
        "requestPayload": invocation.event,
        "responseContext": {"statusCode": 200, "executedVersion": executed, "functionError": "Unhandled"},
        "responsePayload": error,
    }
