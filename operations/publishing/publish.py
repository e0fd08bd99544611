"""Publishes job events to the topics of a stack, and follows them to the outcomes of their triggers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import boto3

from operations.stack.deployed_router import DeployedRouter
from operations.stack.topics import APPROVALS
from orchestration.event.identity import execution_name, part_name
from orchestration.event.job_event import JobEvent
from orchestration.starting.conflicts import changes
from orchestration.starting.executions import Execution, ExecutionClient
from orchestration.starting.parts import existing_parts
from orchestration.starting.waiting import wait_for_outcomes
from orchestration.values.strictjson import JsonObject

_SUFFIX = "-downstream-orchestrator"
_POLL_SECONDS = 0.5

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Published:
    """A message that SNS accepted."""

    topic_arn: str
    message_id: str


def topic_arn(router: DeployedRouter, topic: str) -> str:
    """ARN of a topic to which the router is subscribed: its setting, else the name that Terraform gives (terraform/locals.tf)."""
    settings = router.settings
    configured = settings.approvals_topic_arn if topic == APPROVALS else settings.events_topic_arn
    if configured:
        return configured
    name = f"{router.name.rpartition(':')[2].removesuffix(_SUFFIX)}-{topic}"
    return f"arn:{settings.partition}:sns:{settings.region}:{settings.account}:{name}"


def publish(arn: str, text: str) -> Published:
    """Publish a message.

    Raises:
        ClientError: the topic does not exist, or the caller may not publish to it.
    """
    client = boto3.client("sns", region_name=arn.split(":")[3])
    return Published(arn, client.publish(TopicArn=arn, Message=text)["MessageId"])


@dataclass(frozen=True, slots=True)
class Follower:
    """Follows the executions of an event.

    Attributes:
        router: the router that the topic invokes.
        event: the published event; it has an event kind.
    """

    router: DeployedRouter
    event: JobEvent

    @property
    def name(self) -> str:
        """Name of the event's first execution."""
        return execution_name(self.event.event_kind or "", self.event.job_name, self.event.job_run_id)

    def existing(self) -> Execution | None:
        """The event's first execution, if it started before."""
        return self._executions().find(self.name)

    def first(
        self, seconds: float, progress: Progress = lambda _: None, ended: Callable[[], bool] = lambda: False
    ) -> Execution | None:
        """The event's first execution; waits for its start, and returns None if it does not start in time.

        Args:
            seconds: time to wait.
            progress: called with the name of the step.
            ended: returns True if no execution will start any more.
        """
        progress(f"waiting for execution {self.name}")
        return self._appeared(self._executions(), self.name, time.monotonic() + seconds, ended)

    def difference(self, execution: Execution) -> str:
        """Fields in which the event that started an execution differs from this one; empty if it is the same event."""
        before = execution.input.event
        return changes(before, self.event.fields) if before != self.event.fields else ""

    def outcomes(
        self, first: Execution, seconds: float, progress: Progress = lambda _: None, *, before: bool = False
    ) -> list[JsonObject]:
        """The executions with their outcomes, as the router's response has them.

        Args:
            first: the event's first execution.
            seconds: time for the end of the executions.
            progress: called with the name of the step.
            before: the executions existed before this event was published: they are duplicates.
        """
        executions, deadline = self._executions(), time.monotonic() + seconds
        parts, _ = existing_parts(
            first, lambda number: self._appeared(executions, part_name(self.name, number), deadline)
        )
        started = [executions.existing(part, self.event.fields, "") for part in parts]
        if not before:
            started = [execution._replace(status="STARTED", existing=None) for execution in started]
        progress(f"waiting for the end of {len(started)} executions")
        return wait_for_outcomes(started, executions, max(0.0, deadline - time.monotonic()))

    def _executions(self) -> ExecutionClient:
        settings = self.router.settings
        return ExecutionClient(boto3.client("stepfunctions", region_name=settings.region), settings)

    @staticmethod
    def _appeared(
        executions: ExecutionClient, name: str, deadline: float, ended: Callable[[], bool] = lambda: False
    ) -> Execution | None:
        while True:
            execution = executions.find(name)
            if execution is not None or ended() or time.monotonic() >= deadline:
                return execution
            time.sleep(_POLL_SECONDS)
