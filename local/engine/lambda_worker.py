"""Runs one Lambda execution environment: a process that handles one event at a time.

The worker reads a ``Request`` from each line of standard input, and writes a ``Reply`` to a line of standard output. It ends
when its input ends, so it never outlives the process that started it. The error has the fields of Lambda's error:
docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html.
"""

from __future__ import annotations

import functools
import importlib
import io
import logging
import os
import sys
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.engine.call_recorder import Call, record
from local.engine.invocation import Reply, Request

if TYPE_CHECKING:  # A worker imports the domain's modules from its function's code only.
    from orchestration.values.strictjson import Json, JsonObject


@dataclass(frozen=True, slots=True)
class LambdaContext:
    """The part of Lambda's context object that the handlers use.

    Source: docs.aws.amazon.com/lambda/latest/dg/python-context.html.
    """

    aws_request_id: str
    function_name: str
    invoked_function_arn: str
    deadline: float

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function times out."""
        return max(0, int((self.deadline - time.time()) * 1000))


LOADER: Any = None
"""botocore's loader with the service models that ``local.engine.worker_template`` parsed before the fork."""

_CALLS: list[Call] = []


def main() -> None:
    """Serve invocations until standard input ends."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # A handler's print() must not write into the replies.
    for line in sys.stdin:
        replies.write(_serve(Request.from_line(line)) + "\n")
        replies.flush()
    os._exit(0)  # Lambda runs no exit handlers either, and Python's own cleanup takes 0.2 s with boto3.


def _serve(request: Request) -> str:
    """Run the handler; returns the line of its reply."""
    logs = io.StringIO()
    handler = logging.StreamHandler(logs)
    handler.setFormatter(logging.Formatter(f"[%(levelname)s]\t{request.request_id}\t%(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    sys.stdout = logs
    try:
        result = _call(request)
        return Reply(result, logs=logs.getvalue(), calls=tuple(_CALLS)).to_line()
    except Exception as error:  # noqa: BLE001 - a handler may raise any error; the reply reports it
        return Reply(error=_describe(error), logs=logs.getvalue(), calls=tuple(_CALLS)).to_line()
    finally:
        _CALLS.clear()
        root.removeHandler(handler)
        sys.stdout = sys.__stdout__


def _call(request: Request) -> Json:
    module, _, name = request.handler.rpartition(".")
    context = LambdaContext(request.request_id, request.function_name, request.function_arn, request.deadline)
    handler = getattr(importlib.import_module(module), name)
    _record_calls()
    result: Json = handler(request.event, context)
    return result


@functools.cache
def _record_calls() -> None:
    """Record the API calls of every client that the handler creates, through boto3 or botocore."""
    session = sys.modules.get("botocore.session")
    if session is None:
        return
    create = session.Session.create_client

    def create_client(self: Any, *arguments: Any, **options: Any) -> Any:
        if LOADER is not None:
            self.register_component("data_loader", LOADER)
        client = create(self, *arguments, **options)
        record(client.meta.events, _CALLS.append)
        return client

    session.Session.create_client = create_client


def _describe(error: Exception) -> JsonObject:
    trace: list[Json] = [*traceback.format_list(traceback.extract_tb(error.__traceback__)[2:])]
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": trace,
    }


if __name__ == "__main__":
    main()
