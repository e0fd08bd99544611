"""Step Functions client: starts an execution once, describes an existing one, and reads outcomes.

A second start under the same name always gets ``ExecutionAlreadyExists``, because every delivery's input differs
(``routing.delivery_id``): docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from orchestration.errors import ExecutionLookupError
from orchestration.planning import batch
from orchestration.planning.items import Item
from orchestration.planning.plan import PlannedExecution
from orchestration.settings import Settings
from orchestration.values import strictjson

_POLL_SECONDS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedExecution:
    """An execution that this delivery started, or found.

    Attributes:
        status: ``STARTED`` by this delivery, or ``DUPLICATE`` if the execution already existed.
        input: input of the execution; of a duplicate, the existing one's.
        existing: status and start (ISO 8601) of a duplicate's execution.
        conflict: reason why a duplicate needs a person, or empty.
    """

    name: str
    arn: str
    status: str
    input: dict[str, Any]
    existing: dict[str, Any] = field(default_factory=dict)
    conflict: str = ""

    def items(self) -> list[Item]:
        """The execution's trigger items, including those of its batches."""
        return [trigger for item in self._own_items() for trigger in triggers_of(item)]

    def batches(self) -> list[str]:
        """Names of the executions that the state machine starts for the batches."""
        return [item["request"]["Name"] for item in self._own_items() if item["type"] == batch.TYPE]

    def report(self) -> dict[str, Any]:
        """The execution in the router's response."""
        report: dict[str, Any] = {"name": self.name, "arn": self.arn, "status": self.status}
        report |= {"existing": self.existing} if self.existing else {}
        return report | ({"batches": self.batches()} if self.batches() else {})

    def _own_items(self) -> list[Item]:
        return readable_items(self.input)


@dataclass(frozen=True, slots=True)
class ExecutionClient:
    """Starts and reads executions of the orchestrator's state machine.

    Attributes:
        client: boto3 Step Functions client.
        settings: contains the state machine's ARN.
    """

    client: Any
    settings: Settings

    def start(self, planned: PlannedExecution) -> StartedExecution:
        """Start ``planned``, or describe the existing execution of that name.

        Raises:
            ExecutionLookupError: the execution exists, but it cannot be described.
            ClientError, BotoCoreError: Step Functions is unavailable, or refuses.
        """
        try:
            self.client.start_execution(
                stateMachineArn=self.settings.start_arn,
                name=planned.name,
                input=strictjson.dumps(planned.input),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise
            return self.existing(self.describe(planned.name), planned.input)
        arn = self.settings.execution_arn(planned.name)
        return StartedExecution(name=planned.name, arn=arn, status="STARTED", input=planned.input)

    def existing(self, described: dict[str, Any], ours: dict[str, Any]) -> StartedExecution:
        """The result of a delivery that found an execution.

        Args:
            described: the execution.
            ours: ``event`` and ``routing.delivery_id`` of this delivery.
        """
        delivery_id = routing_of(described["input"]).get("delivery_id")
        # The SDK or Lambda repeated the call after a lost answer: this delivery started the execution.
        repeated = bool(delivery_id) and delivery_id == routing_of(ours).get("delivery_id")
        arn = self.settings.execution_arn(described["name"])
        return StartedExecution(
            name=described["name"],
            arn=arn,
            status="STARTED" if repeated else "DUPLICATE",
            input=described["input"],
            existing={} if repeated else {key: described[key] for key in ("name", "status", "start")},
            conflict="" if repeated else self._conflict(described, ours["event"], arn),
        )

    def find(self, name: str) -> dict[str, Any] | None:
        """Describe an execution; None if it does not exist.

        Raises:
            ExecutionLookupError: the caller lacks permission, or Step Functions is unavailable.
        """
        try:
            return self.describe(name)
        except ExecutionLookupError as error:
            if error.missing:
                return None
            raise

    def describe(self, name: str) -> dict[str, Any]:
        """Name, status, start, stop (ISO 8601), input (parsed), error and cause of an execution.

        Raises:
            ExecutionLookupError: the execution does not exist, or the caller lacks permission.
        """
        try:
            answer = self.client.describe_execution(executionArn=self.settings.execution_arn(name))
        except (ClientError, BotoCoreError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
            missing = code == "ExecutionDoesNotExist"
            raise ExecutionLookupError(f"execution {name!r}: cannot describe it: {error}", missing=missing) from error
        given = json.loads(answer.get("input") or "{}")
        described = {
            "name": name,
            "status": answer["status"],
            "start": answer["startDate"].isoformat(),
            "input": given if isinstance(given, dict) else {},
        }
        if answer.get("stopDate") is not None:
            described["stop"] = answer["stopDate"].isoformat()
        return described | {key: answer[key] for key in ("error", "cause", "output") if answer.get(key)}

    def outcomes(self, described: dict[str, Any]) -> list[dict[str, Any]]:
        """Outcome of each item of an ended execution: ``{index, id, type, name, result, error?}``.

        A successful execution has them in its output. A failed one has them in the input of its last Choice, because a
        Fail state has no output (docs.aws.amazon.com/step-functions/latest/dg/state-fail.html). An execution that stopped
        before that state has the outcomes of the items that had ended. Empty while the execution is running.
        """
        if described["status"] == "SUCCEEDED":
            return list(json.loads(described["output"])["outcomes"])
        if described["status"] == "RUNNING":
            return []
        ended: dict[int, dict[str, Any]] = {}
        for event in self._history(described["name"]):
            entered = _object(event.get("stateEnteredEventDetails", {}).get("input"))
            if "outcomes" in entered:
                return list(entered["outcomes"])
            left = _object(event.get("stateExitedEventDetails", {}).get("output"))
            if {"index", "result"} <= left.keys():
                ended[left["index"]] = left
        return [ended[index] for index in sorted(ended)]

    def _history(self, name: str) -> Iterator[dict[str, Any]]:
        """Events of an execution, newest first."""
        arguments = {"executionArn": self.settings.execution_arn(name), "reverseOrder": True}
        for page in self.client.get_paginator("get_execution_history").paginate(**arguments):
            yield from page["events"]

    def wait(self, name: str, deadline: float) -> dict[str, Any]:
        """Describe the execution when it has ended, or at ``deadline`` (of ``time.monotonic``)."""
        while True:
            described = self.describe(name)
            if described["status"] != "RUNNING" or time.monotonic() >= deadline:
                return described
            time.sleep(_POLL_SECONDS)

    def _conflict(self, existing: dict[str, Any], event: dict[str, Any], arn: str) -> str:
        """Reason why a duplicate needs a person; empty if none does."""
        found: list[str] = []
        before = existing["input"].get("event")
        if before != event:
            found.append(
                f"the same run id arrived with different content ({_changes(before, event)}); the new content was ignored"
            )
        if existing["status"] not in ("RUNNING", "SUCCEEDED"):
            found.append(f"the first execution ended {existing['status']}")
        for item in readable_items(existing["input"]) if existing["status"] == "SUCCEEDED" else ():
            child = self.find(item["request"]["Name"]) if item["type"] == batch.TYPE else None
            if child is not None and child["status"] not in ("RUNNING", "SUCCEEDED"):
                found.append(f"the execution of {item['name']} ended {child['status']}")
        return f"{'; '.join(found)}. To start its failed triggers again: orchestrator replay {arn}" if found else ""


def readable_items(given: dict[str, Any]) -> list[Item]:
    """Items of an execution's input; empty if a person started the execution with another input."""
    items = given.get("triggers")
    usable = isinstance(items, list) and all(_is_item(item) for item in items)
    return list(items) if usable and items else []


def routing_of(given: dict[str, Any]) -> dict[str, Any]:
    """``routing`` of an execution's input; empty if a person started the execution with another input."""
    routing = given.get("routing")
    return routing if isinstance(routing, dict) else {}


def triggers_of(item: Item) -> list[Item]:
    """The triggers of a batch, or the trigger itself."""
    return list(item["request"]["triggers"]) if item["type"] == batch.TYPE else [item]


def _is_item(item: Any) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("request"), dict):
        return False
    request = item["request"]
    whole = item.get("type") != batch.TYPE or (
        isinstance(request.get("Name"), str)
        and isinstance(request.get("triggers"), list)
        and all(_is_item(one) for one in request["triggers"])
    )
    return whole and all(isinstance(item.get(key), str) for key in ("id", "type", "name"))


def _object(text: str | None) -> dict[str, Any]:
    value = json.loads(text or "null")
    return value if isinstance(value, dict) else {}


_ABSENT = object()


def _changes(before: Any, now: dict[str, Any]) -> str:
    was = before if isinstance(before, dict) else {}
    fields = sorted(key for key in was.keys() | now.keys() if was.get(key, _ABSENT) != now.get(key, _ABSENT))
    return ", ".join(f"{key} was {_show(was, key)} and is now {_show(now, key)}" for key in fields[:5])


def _show(event: dict[str, Any], key: str) -> str:
    return f"{strictjson.dumps(event[key])[:60]}" if key in event else "absent"
