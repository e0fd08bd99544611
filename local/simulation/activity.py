"""Prints the actions of the local stack: each uploaded configuration, routed event, and started or failed trigger."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.engine.invocation import Invocation, SubscriptionMatch
from local.simulation.simulator import Simulator
from local.simulation.uploads import UploadedConfiguration
from operations.executions.run_errors import readable
from operations.stack.topics import FILTERS
from orchestration.errors import OrchestrationError
from orchestration.input.item import BATCH
from orchestration.starting.executions import Execution, ExecutionClient
from orchestration.values.shell import command

_POLL_SECONDS = 0.2

Write = Callable[[str], None]


@dataclass(slots=True)
class Activity:
    """Follows the router of a stack in a background thread.

    Attributes:
        simulator: the running stack.
        write: called with each line.
    """

    simulator: Simulator
    write: Write
    _arrived: queue.SimpleQueue[Invocation | SubscriptionMatch] = field(default_factory=queue.SimpleQueue)
    _watched: dict[str, str] = field(default_factory=dict)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """Create the thread; a daemon, because a write may block."""
        self._thread = threading.Thread(target=self._run, name="activity", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self.simulator.engine.runtime.listeners.append(self._arrived.put)
        self._thread.start()

    def stop(self) -> None:
        """Stop following, before the engine stops."""
        self._stopped.set()
        self._thread.join(2)  # not longer: the reader of the lines may have stopped reading

    def _run(self) -> None:
        try:
            self._follow()
        except (BotoCoreError, ClientError, OrchestrationError) as error:
            if not self._stopped.is_set():
                self.write(f"no more lines: {error}")

    def _follow(self) -> None:
        executions = ExecutionClient(self.simulator.engine.client("stepfunctions"), self.simulator.settings)
        uploaded = UploadedConfiguration(self.simulator)
        while not self._stopped.is_set():
            try:
                found = self._arrived.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                found = None
            for line in (*uploaded.lines(), *self._lines(found)):
                self.write(line)
            for name in list(self._watched):
                execution = executions.find(name)
                if execution is not None and not execution.running:
                    about = self._watched.pop(name)
                    for line in _ended(about, execution, executions):
                        self.write(line)

    def _lines(self, found: Invocation | SubscriptionMatch | None) -> Iterator[str]:
        if isinstance(found, SubscriptionMatch) and not found.matched:
            topic = next(
                (name for name, arn in self.simulator.stack.topics.items() if arn == found.topic_arn), found.topic_arn
            )
            wanted = " or ".join(f"{name} {' or '.join(values)}" for name, values in FILTERS.get(topic, {}).items())
            yield f"FILTERED  message {found.message_id} on {topic}: its filter passes only {wanted}"
        if not isinstance(found, Invocation) or found.function != self.simulator.stack.function:
            return
        if found.error is not None:
            yield f"FAILED  {found.error['errorType']}: {found.error['errorMessage']}"
        for record in (found.result or {}).get("records", ()) if found.error is None else ():
            yield from self._routed(record)

    def _routed(self, record: dict[str, Any]) -> Iterator[str]:
        about = f"{record.get('job_name')} {record.get('job_run_id')}"
        reason = f": {record['reason']}" if record.get("reason") else ""
        count = len(record.get("triggers", ())) + len(record.get("rejected", ()))
        yield f"{record['status']}  {about} {record.get('event_kind') or ''}".rstrip() + (
            reason or f", {count} triggers"
        )
        for one in record.get("skipped", ()) if not reason else ():
            yield f"  SKIPPED  {about}  {one['type']} {one['name']}: {one['reason']:.200}"
        for join in record.get("joins", ()):
            missing = f", missing {', '.join(join['missing'])}" if join["missing"] else ""
            yield f"  JOIN  {about}  {join['join']} key {join['key']}: {join['status']}{missing}"
        joined = [one for join in record.get("joins", ()) for one in join.get("executions", ())]
        for execution in (*record.get("executions", ()), *joined):
            if execution["status"] == "STARTED":
                self._watched |= dict.fromkeys([execution["name"], *execution.get("batches", ())], about)


def _ended(about: str, execution: Execution, executions: ExecutionClient) -> Iterator[str]:
    # Each line names job and run: lines of other events may stand between a start and its triggers.
    for outcome in executions.outcomes(execution):
        if outcome.type == BATCH and outcome.status == "TRIGGERED":
            continue  # the batch's own execution has its triggers
        detail = outcome.run_id or f"{outcome.error}: {readable(outcome.cause)}"
        yield f"  {outcome.status}  {about}  {outcome.type} {outcome.name}: {detail:.200}"
    if execution.status != "SUCCEEDED":
        yield f"  next: {command('inspect', executions.settings.execution_arn(execution.name))}"
