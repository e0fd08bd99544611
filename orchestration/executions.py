"""Step Functions client: starts an execution once, describes an existing one, and reads outcomes.

A second start under the same name always gets ``ExecutionAlreadyExists``, because every delivery's input differs
(``routing.delivery_id``): docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from orchestration import strictjson
from orchestration.errors import BatchMismatchError, ExecutionLookupError, ReplayError
from orchestration.plan import PlannedExecution
from orchestration.settings import Settings

_POLL_SECONDS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedExecution:
    """Result of starting one planned execution.

    Attributes:
        status: ``STARTED`` by this delivery, or ``DUPLICATE`` if the execution already existed.
        conflict: reason why a duplicate needs a person, or empty.
        existing: status, start (ISO 8601) and input of a duplicate's execution, as far as they are readable.
    """

    name: str
    arn: str
    status: str
    conflict: str = ""
    existing: dict[str, Any] = field(default_factory=dict)

    def report(self) -> dict[str, Any]:
        """The execution in the router's response."""
        shown = {key: value for key, value in self.existing.items() if key != "input"}
        return {"name": self.name, "arn": self.arn, "status": self.status} | ({"existing": shown} if shown else {})


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
            BatchMismatchError: another configuration started part of the event.
            ExecutionLookupError: a batch of the event exists, but it cannot be described.
            ReplayError: the tag belongs to another replay.
            ClientError, BotoCoreError: Step Functions is unavailable, or refuses.
        """
        arn = self.settings.execution_arn(planned.name)
        try:
            self.client.start_execution(
                stateMachineArn=self.settings.start_arn,
                name=planned.name,
                input=strictjson.dumps(planned.input),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise
            return self._duplicate(planned, arn)
        return StartedExecution(name=planned.name, arn=arn, status="STARTED")

    def describe(self, name: str) -> dict[str, Any]:
        """Name, status, start, stop (ISO 8601), input (parsed), error and cause of an execution.

        Raises:
            ExecutionLookupError: the execution does not exist, or the caller lacks permission.
        """
        try:
            answer = self.client.describe_execution(executionArn=self.settings.execution_arn(name))
        except (ClientError, BotoCoreError) as error:
            raise ExecutionLookupError(f"execution {name!r}: cannot describe it: {error}") from error
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
        """Outcome of each trigger of an ended execution: ``{index, type, name, result, error?}``.

        A successful execution has them in its output. A failed one has them in the input of its last Choice, because a
        Fail state has no output (docs.aws.amazon.com/step-functions/latest/dg/state-fail.html). Empty if the execution
        stopped before that state.
        """
        if described["status"] == "SUCCEEDED":
            return list(json.loads(described["output"])["outcomes"])
        if described["status"] != "FAILED":
            return []
        arguments = {"executionArn": self.settings.execution_arn(described["name"]), "reverseOrder": True}
        for page in self.client.get_paginator("get_execution_history").paginate(**arguments):
            for event in page["events"]:
                entered = json.loads(event.get("stateEnteredEventDetails", {}).get("input") or "null")
                if isinstance(entered, dict) and "outcomes" in entered:
                    return list(entered["outcomes"])
        return []

    def wait(self, name: str, deadline: float) -> dict[str, Any]:
        """Describe the execution when it has ended, or at ``deadline`` (of ``time.monotonic``)."""
        while True:
            described = self.describe(name)
            if described["status"] != "RUNNING" or time.monotonic() >= deadline:
                return described
            time.sleep(_POLL_SECONDS)

    def _duplicate(self, planned: PlannedExecution, arn: str) -> StartedExecution:
        ours = planned.input["routing"]
        try:
            existing = self.describe(planned.name)
        except ExecutionLookupError as error:
            if ours["batch"] != "1/1":  # the remaining batches are unknown, so Lambda must retry
                raise
            conflict = f"it cannot compare the events: {error}"
            return StartedExecution(name=planned.name, arn=arn, status="DUPLICATE", conflict=conflict)
        routing = existing["input"].get("routing", {})
        split = {routing.get("batch", "1/1"), ours["batch"]} != {"1/1"}
        other_config = routing.get("config_version") != ours["config_version"]
        packing = (routing.get("batch"), routing.get("positions")) != (ours["batch"], ours["positions"])
        repacked = packing and existing["input"].get("event") == planned.input["event"]
        if split and (other_config or repacked):
            raise BatchMismatchError(
                f"execution {planned.name} (batch {routing.get('batch')}) started under configuration "
                f"{routing.get('config_version')!r}. Under {ours['config_version']!r} it would be batch {ours['batch']}, so the "
                "router cannot determine the remaining triggers. Upload the configuration of that version again, then send "
                "the event again (docs/operations.md, BatchMismatchError)"
            )
        if routing.get("replay") != ours.get("replay"):
            raise ReplayError(
                f"tag {ours.get('replay', {}).get('tag')!r} belongs to another replay of this run, execution "
                f"{planned.name}. Choose another tag"
            )
        if routing.get("delivery_id") == ours["delivery_id"]:
            # The SDK or Lambda repeated the call after a lost answer. This delivery started the execution.
            return StartedExecution(name=planned.name, arn=arn, status="STARTED")
        return StartedExecution(
            name=planned.name,
            arn=arn,
            status="DUPLICATE",
            conflict=_conflict(existing, planned, arn),
            existing=existing,
        )


def same_event(started: StartedExecution, event: dict[str, Any]) -> bool:
    """True if a duplicate's execution has this event."""
    return bool(started.existing.get("input", {}).get("event") == event)


def _conflict(existing: dict[str, Any], planned: PlannedExecution, arn: str) -> str:
    """Reason why a duplicate needs a person; empty if none does."""
    found: list[str] = []
    before, now = existing["input"].get("event", {}), planned.input["event"]
    if before != now:
        fields = sorted(key for key in before.keys() | now.keys() if before.get(key, _ABSENT) != now.get(key, _ABSENT))
        shown = ", ".join(f"{key} was {_show(before, key)} and is now {_show(now, key)}" for key in fields[:5])
        found.append(f"the same run id arrived with different content ({shown}); the new content was ignored")
    if existing["status"] not in ("RUNNING", "SUCCEEDED"):
        found.append(f"the first execution ended {existing['status']}")
    if not found:
        return ""
    return f"{'; '.join(found)}. To start its triggers again: orchestrator replay {arn}"


_ABSENT = object()


def _show(event: dict[str, Any], key: str) -> str:
    return f"{strictjson.dumps(event[key])[:60]}" if key in event else "absent"
