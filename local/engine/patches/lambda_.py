"""Patches for moto's Lambda: functions run in worker processes of the local runtime."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.awslambda.models import LambdaFunction

from local.engine.patches.context import PatchContext
from local.engine.patches.replace import replaced


@contextmanager
def functions_in_workers(context: PatchContext) -> Iterator[None]:
    """Invoke functions in the local runtime, asynchronously if the caller asks for an ``Event`` invocation.

    Source: docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (response headers).
    """

    def invoke(function: LambdaFunction, body: Any, request_headers: Any, response_headers: Any) -> bytes:
        event = json.loads(body) if body else {}
        if request_headers.get("x-amz-invocation-type") == "Event":
            context.runtime.invoke_async(function, event)
            return b""
        invocation = context.runtime.invoke(function, event)
        if invocation.error is not None:
            response_headers["x-amz-function-error"] = "Unhandled"
        response_headers["x-amz-log-result"] = base64.b64encode(invocation.logs[-4096:].encode()).decode()
        return json.dumps(invocation.error if invocation.error is not None else invocation.result).encode()

    with replaced(LambdaFunction, "invoke", invoke):
        yield
