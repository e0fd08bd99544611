"""Step Functions client: starts an execution once, describes an existing one, and reads outcomes.

A second start under the same name always gets ``ExecutionAlreadyExists``, because every delivery's input differs
(``routing.delivery_id``): docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from orchestration.errors import ExecutionLookupError
from orchestration.input.execution_input import ExecutionInput
from orchestration.input.item import Item
from orchestration.planning.plan import PlannedExecution
from orchestration.settings import Settings
from orchestration.starting.conflicts import changes
from orchestration.values.shell import command
from orchestration.values.strictjson import Json, JsonObject

if TYPE_CHECKING:
    from orchestration.aws import StepFunctionsClient
    from orchestration.starting.outcomes import Outcome

_POLL_SECONDS = 0.25

_NO_SUCH = ("ExecutionDoesNotExist", "InvalidArn")
"""Answers about the ARN that an execution of an Express state machine never has."""


class Execution(NamedTuple):
    """An execution, as DescribeExecution describes it.

    Attributes:
        start: time of the start, ISO 8601.
        stop: time of the end, or empty while it runs.
        output: output text of one that succeeded.
    """

    name: str
    status: str
    start: str
    input: ExecutionInput
    stop: str = ""
    error: str = ""
    cause: str = ""
    output: str = ""

    @property
    def running(self) -> bool:
        """True until it ends."""
        return self.status == "RUNNING"

    @property
    def unsuccessful(self) -> bool:
        """True if it ended otherwise than by success."""
        return self.status not in ("RUNNING", "SUCCEEDED")


class StartedExecution(NamedTuple):
    """An execution that this delivery started, or found.

    Attributes:
        status: ``STARTED`` by this delivery, or ``DUPLICATE`` if the execution already existed.
        input: input of the execution; of a duplicate, the existing one's.
        existing: the execution of a duplicate, or None.
        conflict: reason why a duplicate needs a person, or empty.
    """

    name: str
    arn: str
    status: str
    input: ExecutionInput
    existing: Execution | None = None
    conflict: str = ""

    @property
    def triggers(self) -> tuple[Item, ...]:
        """The execution's triggers, including those of its batches."""
        return self.input.triggers

    def report(self) -> JsonObject:
        """The execution in the router's response: name, ARN, status, the existing execution, names of its batches."""
        report: JsonObject = {"name": self.name, "arn": self.arn, "status": self.status}
        if self.existing is not None:
            report["existing"] = {
                "name": self.existing.name,
                "status": self.existing.status,
                "start": self.existing.start,
            }
        batches: list[Json] = [batch.execution for batch in self.input.batches]
        return report | ({"batches": batches} if batches else {})


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExecutionClient:
    """Starts and reads executions of the orchestrator's state machine.

    Attributes:
        client: boto3 Step Functions client.
        settings: contains the state machine's ARN.
    """

    client: StepFunctionsClient
    settings: Settings

    def start(self, planned: PlannedExecution) -> StartedExecution:
        """Start ``planned``, or describe the existing execution of that name.

        Raises:
            ExecutionLookupError: the execution exists, but it cannot be described.
            ClientError, BotoCoreError: Step Functions is unavailable, or refuses.
        """
        try:
            self.client.start_execution(
                stateMachineArn=self.settings.start_arn, name=planned.name, input=planned.input.text()
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise
            existing = self.describe(planned.name)
            return self.existing(existing, planned.input.event, planned.input.routing.delivery_id)
        arn = self.settings.execution_arn(planned.name)
        return StartedExecution(name=planned.name, arn=arn, status="STARTED", input=planned.input)

    def existing(self, execution: Execution, event: JsonObject, delivery_id: str) -> StartedExecution:
        """The result of a delivery that found an execution.

        Args:
            execution: the execution.
            event: the event's fields.
            delivery_id: id of this delivery.
        """
        recorded = execution.input.routing.delivery_id
        # The SDK or Lambda repeated the call after a lost answer: this delivery started the execution.
        repeated = bool(recorded) and recorded == delivery_id
        arn = self.settings.execution_arn(execution.name)
        return StartedExecution(
            name=execution.name,
            arn=arn,
            status="STARTED" if repeated else "DUPLICATE",
            input=execution.input,
            existing=None if repeated else execution,
            conflict="" if repeated else self._conflict(execution, event, arn),
        )

    def find(self, name: str) -> Execution | None:
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

    def describe(self, name: str) -> Execution:
        """Describe an execution.

        Raises:
            ExecutionLookupError: the execution does not exist, or the caller lacks permission.
        """
        try:
            answer = self.client.describe_execution(executionArn=self.settings.execution_arn(name))
        except (ClientError, BotoCoreError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
            missing = code == "ExecutionDoesNotExist"
            raise ExecutionLookupError(f"execution {name!r}: cannot describe it: {error}", missing=missing) from error
        stop = answer.get("stopDate")
        return Execution(
            name=name,
            status=answer["status"],
            start=answer["startDate"].isoformat(),
            stop="" if stop is None else stop.isoformat(),
            input=ExecutionInput.read(answer.get("input", "")),
            error=answer.get("error", ""),
            cause=answer.get("cause", ""),
            output=answer.get("output", ""),
        )

    def status_of(self, arn: str) -> str:
        """Status of an execution of any state machine; empty if it does not exist.

        Raises:
            ExecutionLookupError: the caller lacks permission, or Step Functions is unavailable.
        """
        try:
            # Without its data, so the router needs no access to the key that encrypts them.
            return self.client.describe_execution(executionArn=arn, includedData="METADATA_ONLY")["status"]
        except (ClientError, BotoCoreError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
            if code in _NO_SUCH:
                return ""
            denied = code == "AccessDeniedException"
            raise ExecutionLookupError(f"execution {arn!r}: cannot describe it: {error}", denied=denied) from error

    def outcomes(self, execution: Execution) -> list[Outcome]:
        """Outcome of each item of an ended execution; empty while it runs."""
        # Imported here: the start of an event reads no outcomes, and the module slows the cold start.
        from orchestration.starting.outcomes import outcomes_of_history, outcomes_of_output  # noqa: PLC0415

        if execution.status == "SUCCEEDED":
            return outcomes_of_output(execution.output)
        return [] if execution.running else outcomes_of_history(self._history(execution.name))

    def _history(self, name: str) -> Iterator[JsonObject]:
        """Events of an execution, newest first."""
        paginator = self.client.get_paginator("get_execution_history")
        for page in paginator.paginate(executionArn=self.settings.execution_arn(name), reverseOrder=True):
            yield from page["events"]

    def wait(self, name: str, deadline: float) -> Execution:
        """Describe the execution when it has ended, or at ``deadline`` (of ``time.monotonic``)."""
        while True:
            execution = self.describe(name)
            if not execution.running or time.monotonic() >= deadline:
                return execution
            time.sleep(_POLL_SECONDS)

    def _conflict(self, existing: Execution, event: JsonObject, arn: str) -> str:
        """Reason why a duplicate needs a person; empty if none does."""
        reasons: list[str] = []
        if existing.input.event != event:
            changed = changes(existing.input.event, event)
            reasons.append(f"the same run id arrived with different content ({changed}); the new content was ignored")
        if existing.unsuccessful:
            reasons.append(f"the first execution ended {existing.status}")
        for batch in existing.input.batches if existing.status == "SUCCEEDED" else ():
            child = self.find(batch.execution)
            if child is not None and child.unsuccessful:
                reasons.append(f"the execution of {batch.name} ended {child.status}")
        return f"{'; '.join(reasons)}. To start its failed triggers again: {command('replay', arn)}" if reasons else ""
