"""In-memory S3 and Step Functions for tests that run the router thousands of times.

The engine runs the same scenarios in tests/operations and tests/local. This fake executes the items of an input as the
generated state machine does: each trigger starts its target or fails, and a batch starts one more execution by name.
"""

from __future__ import annotations

import contextlib
import io
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from orchestration.configuration.loader import ConfigLoader
from orchestration.input.item import BATCH
from orchestration.router import Router
from orchestration.settings import Settings

MACHINE = "arn:aws:states:us-west-1:123456789012:stateMachine:m"
SETTINGS = Settings(
    state_machine_arn=MACHINE, region="us-west-1", config_s3_uri="s3://bucket/config.json", require_config=True
)
Fails = Callable[[dict[str, Any]], bool]


class Killed(BaseException):
    """The Lambda function ended in the middle of an invocation."""


@dataclass
class FakeAws:
    """S3 with versions, and Step Functions.

    Attributes:
        fails: True for an item whose service refuses the call.
        executions: ``{input, outcomes}`` by name. A test may set ``status``, for example to RUNNING.
        runs: status of nested executions by ARN.
        starts: number of times that each target started, by ``JobName`` of its Glue job or by the item's name.
        calls: operations of the router, in order.
        kill_at: number of the router's call at which the function is killed, from 0; None for never.
        after: the call takes effect before the function is killed.
        lock: makes one step of an effect; some tests have many routers at once.
    """

    fails: Fails = lambda item: False
    starts: Counter[str] = field(default_factory=Counter)
    calls: list[str] = field(default_factory=list)
    kill_at: int | None = None
    after: bool = False
    versions: list[bytes] = field(default_factory=list)
    lost_versions: bool = False
    runs: dict[str, str] = field(default_factory=dict)
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def upload(self, document: dict[str, Any]) -> None:
        """Put the configuration."""
        self.versions.append(json.dumps(document).encode())

    def router(self) -> Any:
        """A router in a new execution environment. Without a type, so that tests index its answers."""
        return Router(ConfigLoader(self, self._no_ssm), self)

    def get_object(self, VersionId: str = "", **given: Any) -> Any:  # noqa: N803 - boto3's names
        return self._call("GetObject", lambda: self._object(VersionId, given))

    def start_execution(self, name: str, input: str, **_: Any) -> dict[str, Any]:  # noqa: A002 - boto3's names
        return self._call("StartExecution", lambda: self._start(name, json.loads(input)))

    def describe_execution(self, executionArn: str, **_: Any) -> Any:  # noqa: N803
        if executionArn in self.runs:
            return self._call("DescribeExecution of a run", lambda: {"status": self.runs[executionArn]})
        return self._call("DescribeExecution", lambda: self._describe(executionArn.rsplit(":", 1)[1]))

    def get_paginator(self, operation: str, /) -> Any:
        assert operation == "get_execution_history"
        return self

    def paginate(self, executionArn: str, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803
        outcomes = self.executions[executionArn.rsplit(":", 1)[1]]["outcomes"]
        entered = {"input": json.dumps({"outcomes": outcomes})}
        yield self._call("GetExecutionHistory", lambda: {"events": [{"stateEnteredEventDetails": entered}]})

    def _call(self, operation: str, effect: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        number = len(self.calls)
        self.calls.append(operation)
        if number != self.kill_at:
            return effect()
        if self.after:
            with contextlib.suppress(ClientError):
                effect()
        raise Killed

    def _object(self, version: str, given: dict[str, Any]) -> dict[str, Any]:
        if version and self.lost_versions:
            raise _error("NoSuchVersion", 404)
        number = int(version.removeprefix("v")) if version else len(self.versions)
        if given.get("IfNoneMatch") == f"etag-{number}":
            raise _error("304", 304)
        body = io.BytesIO(self.versions[number - 1])
        return {"Body": body, "ETag": f"etag-{number}", "VersionId": f"v{number}"}

    def _start(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        with self.lock:
            return self._start_once(name, given)

    def _start_once(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        if name in self.executions:
            raise _error("ExecutionAlreadyExists", 400)
        self.executions[name] = {"input": given, "outcomes": []}
        for index, item in enumerate(given["triggers"]):
            outcome = {"index": index, "id": item["id"], "type": item["type"], "name": item["name"]}
            self.executions[name]["outcomes"].append(outcome | self._run(given["event"], item))
        return {}

    def _run(self, event: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
        if item["type"] == "rejected" or self.fails(item):
            return {"result": {"status": "FAILED"}, "error": {"Error": "Refused", "Cause": "injected"}}
        if item["type"] == BATCH:
            with contextlib.suppress(ClientError):
                self._start(item["request"]["Name"], child_input(event, item["request"]))
            return {"result": {"status": "TRIGGERED", "id": item["request"]["Name"]}}
        self.starts[item["request"].get("JobName", item["name"])] += 1
        return {"result": {"status": "TRIGGERED", "id": "jr_1"}}

    def _describe(self, name: str) -> dict[str, Any]:
        if name not in self.executions:
            raise _error("ExecutionDoesNotExist", 400)
        found = self.executions[name]
        failed = any(one["result"]["status"] == "FAILED" for one in found["outcomes"])
        status = found.get("status") or ("FAILED" if failed else "SUCCEEDED")
        answer = {"status": status, "startDate": found.get("start", datetime(2026, 1, 1, tzinfo=UTC))}
        output = {} if status != "SUCCEEDED" else {"output": json.dumps({"outcomes": found["outcomes"]})}
        return answer | {"input": json.dumps(found["input"])} | output

    def _no_ssm(self) -> Any:
        raise AssertionError("the router asked SSM")


def child_input(event: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    """Input of a batch's execution, as the state machine builds it from the item."""
    return {"event": event, "triggers": request["triggers"], "routing": request["routing"]}


def _error(code: str, status: int) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, code)
