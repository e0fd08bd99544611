"""Reads the result of a published event from the engine: the router's answer, executions, and received payloads."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.defaults import ACCOUNT
from local.engine.engine import Engine
from local.engine.invocation import Invocation
from local.simulation.result import ExecutionResult, Simulation, TriggerResult
from local.simulation.targets import target_of
from operations.executions.run_errors import readable
from operations.stack.topics import FILTERS
from orchestration.configuration.workflows import ConfiguredTrigger
from orchestration.input.item import BATCH
from orchestration.settings import Settings
from orchestration.starting.executions import ExecutionClient
from orchestration.starting.outcomes import Outcome

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A published SNS message.

    Attributes:
        id: SNS message id.
        topic: ``job_events`` or ``job_approvals``.
        fields: the event.
        published: time of the publication, of ``time.monotonic``.
    """

    id: str
    topic: str
    fields: Any
    published: float


@dataclass(frozen=True, slots=True)
class ResultReader:
    """Reads results of one stack.

    Attributes:
        engine: a running engine.
        settings: of the deployed router.
        triggers_of: the configured triggers of a job and event kind.
    """

    engine: Engine
    settings: Settings
    triggers_of: Callable[[str, Any], list[ConfiguredTrigger]]

    def read(self, message: Message, progress: Progress, timeout: float) -> Simulation:
        """Wait until the executions of a message end.

        Args:
            message: the published message.
            progress: called with the name of each step before it starts.
            timeout: seconds to wait, from the publication.
        """
        topic, fields, began = message.topic, message.fields, message.published
        common: dict[str, Any] = {"topic": topic, "message_id": message.id}
        # Copies, because other threads append: a deque that grows cannot be iterated.
        matches = reversed(list(self.engine.runtime.subscription_matches))
        match = next(one for one in matches if one.message_id == message.id)
        if not match.matched:
            ((field, values),) = FILTERS[topic].items()
            found = repr(fields[field]) if isinstance(fields, dict) and field in fields else "nothing"
            expected = " or ".join(map(repr, values))
            reason = (
                f"the subscription filter of {topic} dropped the event: found {field} {found:.60}, expected {expected}"
            )
            return Simulation(**common, status="FILTERED", reason=reason, seconds=time.monotonic() - began)
        progress("the router is reading the event and the configuration")
        self.engine.runtime.drain()
        invocation = self._invocation(message.id)
        if invocation.error is not None:
            reason = f"{invocation.error['errorType']}: {invocation.error['errorMessage']}"
            return Simulation(**common, status="FAILED", reason=reason, seconds=time.monotonic() - began)
        record = invocation.result["records"][0]
        common |= {
            key: record[key]
            for key in ("job_name", "job_run_id", "status", "warnings", "event_kind", "skipped", "joins")
            if record.get(key)
        }
        if record["status"] == "IGNORED":
            return Simulation(**common, reason=record["reason"], seconds=time.monotonic() - began)
        deadline = began + timeout
        executions = []
        begun: list[tuple[dict[str, Any], str]] = [(one, record["event_kind"]) for one in record.get("executions", ())]
        begun += [(one, "on_complete") for join in record.get("joins", ()) for one in join.get("executions", ())]
        for started, event_kind in begun:
            progress(f"execution {started['name']} is running")
            executions.append(self._execution(started, event_kind, deadline))
            for name in started.get("batches", ()):
                progress(f"execution {name} of a batch is running")
                arn = self.settings.execution_arn(name)
                batch = {"name": name, "arn": arn, "status": started["status"], "batch_of": started["name"]}
                if self._exists(arn):
                    executions.append(self._execution(batch, event_kind, deadline))
        return Simulation(**common, executions=executions, seconds=time.monotonic() - began)

    def _execution(self, started: dict[str, Any], event_kind: Any, deadline: float) -> ExecutionResult:
        settings = self.settings
        executions = ExecutionClient(self.engine.client("stepfunctions"), settings)
        self._wait(started["arn"], deadline)
        execution = executions.wait(started["name"], deadline)
        client = self.engine.client("stepfunctions")
        history = client.get_execution_history(executionArn=started["arn"], maxResults=1000)["events"]
        job_name = str(execution.input.event["job_name"])
        triggers = {one.id: one.trigger for one in self.triggers_of(job_name, event_kind)}
        return ExecutionResult(
            name=started["name"],
            arn=started["arn"],
            status=started["status"],
            execution_status=execution.status,
            error=execution.error,
            cause=execution.cause,
            transitions=sum(event["type"].endswith("StateEntered") for event in history),
            batch_of=started.get("batch_of", ""),
            triggers=[
                self._trigger(outcome, triggers.get(outcome.id))
                for outcome in executions.outcomes(execution)
                if outcome.type != BATCH or outcome.status != "TRIGGERED"
            ],
        )

    def _exists(self, arn: str) -> bool:
        client = self.engine.client("stepfunctions")
        try:
            client.describe_execution(executionArn=arn)
        except client.exceptions.ExecutionDoesNotExist:
            return False
        return True

    def _wait(self, arn: str, deadline: float) -> None:
        """Wait until the execution ends; reads moto's memory, because ``ExecutionClient.wait`` asks only every 0.25 s."""
        # local.engine.patches.imports must import the interpreter first.
        from moto.stepfunctions.parser.models import stepfunctions_parser_backends  # noqa: PLC0415

        backend = stepfunctions_parser_backends[ACCOUNT][self.engine.region]
        while backend.describe_execution(arn).status == "RUNNING" and time.monotonic() < deadline:
            time.sleep(0.01)

    def _trigger(self, outcome: Outcome, trigger: Any) -> TriggerResult:
        common: dict[str, Any] = {
            "index": outcome.fields["index"],
            "trigger_id": outcome.id,
            "type": outcome.type,
            "name": outcome.name,
        }
        if outcome.status != "TRIGGERED":
            return TriggerResult(**common, status="FAILED", error=outcome.error, cause=readable(outcome.cause))
        run_id = outcome.run_id
        received = target_of(trigger.TYPE).received(self.engine, trigger, run_id)
        if received is None:
            cause = "the service accepted the call, but the target does not exist, so it received nothing. AWS does the same."
            return TriggerResult(**common, status="LOST", id=run_id, error="NothingReceived", cause=cause)
        return TriggerResult(**common, status="TRIGGERED", id=run_id, received=received)

    def _invocation(self, message_id: str) -> Invocation:
        """Return the router's invocation that started the message's event, or the last one."""
        found = [one for one in list(self.engine.runtime.invocations) if message_id in _message_ids(one)]
        if not found:
            raise LookupError(f"SNS message {message_id}: the engine did not invoke the router")
        return next((one for one in found if _status(one) == "STARTED"), found[-1])


def _message_ids(invocation: Invocation) -> list[str]:
    records = invocation.event.get("Records", []) if isinstance(invocation.event, dict) else []
    return [record["Sns"]["MessageId"] for record in records if isinstance(record, dict) and "Sns" in record]


def _status(invocation: Invocation) -> str:
    return "FAILED" if invocation.error is not None else str(invocation.result["records"][0].get("status"))
