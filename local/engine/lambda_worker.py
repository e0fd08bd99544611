"""Runs one Lambda execution environment: a process that handles one event at a time.

The worker reads a JSON line ``{handler, event, request_id, function_name, function_arn, deadline}`` from standard input. It
answers with a JSON line ``{result | error, logs, calls}`` on standard output. The worker ends when its input ends, so it
never outlives the process that started it. The error has the fields of Lambda's error:
docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html.
"""

from __future__ import annotations

import functools
import importlib
import io
import json
import logging
import os
import sys
import time
import traceback
from dataclasses import dataclass
from typing import Any, TextIO

from local.engine.call_recorder import Call, record


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
        _serve(json.loads(line), replies)
    os._exit(0)  # Lambda runs no exit handlers either, and Python's own cleanup takes 0.2 s with boto3.


def _serve(invocation: dict[str, Any], replies: TextIO) -> None:
    logs = io.StringIO()
    handler = logging.StreamHandler(logs)
    handler.setFormatter(logging.Formatter(f"[%(levelname)s]\t{invocation['request_id']}\t%(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    sys.stdout = logs
    try:
        reply = {"result": _call(invocation)}
        json.dumps(reply)
    except Exception as error:  # noqa: BLE001 - a handler may raise any error; the reply reports it
        reply = {"error": _describe(error)}
    finally:
        root.removeHandler(handler)
        sys.stdout = sys.__stdout__
    calls = [[call.service, call.operation, call.parameters, call.region] for call in _CALLS]
    _CALLS.clear()
    replies.write(json.dumps(reply | {"logs": logs.getvalue(), "calls": calls}) + "\n")
    replies.flush()


def _call(invocation: dict[str, Any]) -> Any:
    module, _, name = invocation["handler"].rpartition(".")
    context = LambdaContext(
        invocation["request_id"], invocation["function_name"], invocation["function_arn"], invocation["deadline"]
    )
    handler = getattr(importlib.import_module(module), name)
    _record_calls()
    return handler(invocation["event"], context)


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


def _describe(error: Exception) -> dict[str, Any]:
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_list(traceback.extract_tb(error.__traceback__)[2:]),
    }


if __name__ == "__main__":
    main()
