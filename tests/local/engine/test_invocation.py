"""Requests and replies travel as lines; a failed run has the record that Lambda sends to a failure destination."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from local.engine.call_recorder import Call
from local.engine.invocation import Invocation, Reply, Request, failure_record

ARN = "arn:aws:lambda:us-west-1:123456789012:function:f"


def test_request_returns_from_its_line() -> None:
    request = Request("m.handler", {"text": "a\nb\u2028"}, "r", "f", "arn", deadline=1.5)
    assert "\n" not in request.to_line()
    assert Request.from_line(request.to_line()) == request


def test_reply_returns_from_its_line() -> None:
    call = Call("glue", "StartJobRun", {"JobName": "j"}, "us-west-1")
    for reply in (Reply([1, None], logs="a\nb", calls=(call,)), Reply(error={"errorType": "E", "errorMessage": "m"})):
        assert "\n" not in reply.to_line()
        assert Reply.from_line(reply.to_line()) == reply


def test_reply_refuses_a_result_that_is_not_json() -> None:
    result: Any = {1, 2}
    with pytest.raises(TypeError):
        Reply(result).to_line()


@pytest.mark.parametrize(("arn", "version"), [(f"{ARN}:live", "live"), (ARN, "$LATEST")])
def test_failure_record_names_the_executed_version(arn: str, version: str) -> None:
    function: Any = SimpleNamespace(function_arn=arn)
    error: dict[str, Any] = {"errorType": "E", "errorMessage": "m"}
    invocation = Invocation(function="f", request_id="r", event={"a": 1}, result=None, error=error, logs="")
    record: Any = failure_record(function, invocation, 3)
    assert record["requestContext"] == {
        "requestId": "r",
        "functionArn": f"{ARN}:{version}",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 3,
    }
    assert record["requestPayload"] == {"a": 1}
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": version, "functionError": "Unhandled"}
    assert record["responsePayload"] == error
