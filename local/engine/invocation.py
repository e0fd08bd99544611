"""Describes a run of a Lambda function, from the request to the reply, and the record of a failure.

docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from local.engine.call_recorder import Call

if TYPE_CHECKING:  # A worker imports the domain's modules from its function's code only.
    from orchestration.values.strictjson import Json, JsonObject


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


@dataclass(frozen=True, slots=True)
class Request:
    """One event for a worker, which reads it as a line of JSON.

    Attributes:
        handler: ``module.function``.
        deadline: time at which the function times out, in seconds since 1970.
    """

    handler: str
    event: Json
    request_id: str
    function_name: str
    function_arn: str
    deadline: float = 0.0

    def to_line(self) -> str:
        """Return the line, without its end."""
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> Request:
        """Return the request of a line that ``to_line`` wrote."""
        return cls(**json.loads(line))


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of a worker, or of the pool in the place of a worker that gave none.

    Attributes:
        result: value that the handler returned; None after an error.
        error: ``{errorMessage, errorType, stackTrace}``, or None.
        logs: log lines and printed lines of the handler.
        calls: AWS API calls of the handler.
    """

    result: Json = None
    error: JsonObject | None = None
    logs: str = ""
    calls: tuple[Call, ...] = ()

    def to_line(self) -> str:
        """Return the line, without its end.

        Raises:
            TypeError: the handler returned a value that is not JSON.
            ValueError: the value contains itself.
        """
        calls = [[call.service, call.operation, call.parameters, call.region] for call in self.calls]
        return json.dumps({"result": self.result, "error": self.error, "logs": self.logs, "calls": calls})

    @classmethod
    def from_line(cls, line: str) -> Reply:
        """Return the reply of a line that ``to_line`` wrote."""
        fields = json.loads(line)
        return cls(fields["result"], fields["error"], fields["logs"], tuple(Call(*call) for call in fields["calls"]))


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
    error: JsonObject | None
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


def failure_record(function: Function, invocation: Invocation, attempts: int) -> JsonObject:
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
