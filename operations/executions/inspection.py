"""Reads everything about one event: its executions, the attempts of each trigger, and the replays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import boto3

from operations.executions.console_pages import execution_url, run_url
from operations.executions.inspected import InspectedTrigger, Inspection, Run
from operations.executions.run_errors import readable
from operations.executions.timeline import Call, StateCount, calls, states
from operations.stack.deployed_router import DeployedRouter
from orchestration.errors import ExecutionLookupError
from orchestration.event.identity import execution_name, replay_name
from orchestration.event.kinds import EVENT_KINDS, JOIN_KINDS
from orchestration.input.item import Item
from orchestration.input.routing import Routing
from orchestration.replaying.ledger import Ledger, Original
from orchestration.settings import EXECUTION_ARN, Settings
from orchestration.starting.executions import Execution, ExecutionClient
from orchestration.starting.outcomes import Outcome


def find_names(executions: ExecutionClient, job: str, run: str) -> list[str]:
    """Names of the executions that exist of a job's run (success, approval), or of a join's key. No search is needed."""
    names = [execution_name(event_kind, job, run) for event_kind in (*EVENT_KINDS, *JOIN_KINDS)]
    return [name for name in names if executions.find(name) is not None]


def client_of(execution: str, function: str) -> tuple[ExecutionClient, str]:
    """Client of the state machine, and the execution's name.

    Args:
        execution: ARN of an execution, its name, or empty.
        function: name of the router Lambda; by default the name of the execution's state machine.

    Raises:
        ExecutionLookupError: neither an ARN nor a function is given.
    """
    arn = EXECUTION_ARN.fullmatch(execution)
    if arn is not None and not function:
        machine = execution.rpartition(":")[0].replace(":execution:", ":stateMachine:")
        settings = Settings(state_machine_arn=machine, region=arn["region"])
    elif function:
        settings = DeployedRouter.find(function, arn["region"] if arn else "").settings
    else:
        raise ExecutionLookupError(
            f"execution {execution!r}: expected an execution's ARN, or a name, or JOB RUN, together with --function"
        )
    client = boto3.client("stepfunctions", region_name=settings.region)
    return ExecutionClient(client, settings), arn["name"] if arn else execution


def inspect(executions: ExecutionClient, name: str) -> Inspection:
    """Read an event's executions and replays.

    Args:
        executions: client of the orchestrator's state machine.
        name: name of an execution of the event: an original one, a batch's or a replay.

    Raises:
        ExecutionLookupError: the execution does not exist, or cannot be read.
        ReplayError: the router did not start the execution.
    """
    reader = _Reader(executions, Ledger.open(executions, name))
    ledger, settings = reader.ledger, executions.settings
    triggers = [reader.trigger(original) for original in ledger.originals.values()]
    root = reader.described(ledger.name)
    routing = root.input.routing if root is not None else Routing()
    arn = settings.execution_arn(ledger.name)
    originals = dict.fromkeys([ledger.name, *(place.parent or place.execution for place in ledger.originals.values())])
    originals |= dict.fromkeys(place.execution for place in ledger.originals.values())
    return Inspection(
        name=ledger.name,
        arn=arn,
        url=execution_url(arn),
        job_name=ledger.identity[0],
        job_run_id=ledger.identity[1],
        event_kind=ledger.event_kind,
        event=ledger.event,
        config_source=routing.config_source,
        config_version=routing.config_version,
        executions=[reader.summary(original) for original in originals],
        triggers=triggers,
        skipped=list(routing.skipped),
        states=reader.states(originals),
        replay=f"orchestrator replay {arn}" if any(trigger.status == "FAILED" for trigger in triggers) else "",
    )


@dataclass(slots=True)
class _Reader:
    """Reads executions and their histories once each."""

    executions: ExecutionClient
    ledger: Ledger
    _described: dict[str, Execution | None] = field(default_factory=dict)
    _calls: dict[str, dict[int, list[Call]]] = field(default_factory=dict)
    _events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _outcomes: dict[str, list[Outcome]] = field(default_factory=dict)

    def described(self, name: str) -> Execution | None:
        if name not in self._described:
            self._described[name] = self.executions.find(name)
        return self._described[name]

    def summary(self, name: str) -> dict[str, str]:
        execution = self.described(name)
        if execution is None:
            return {"name": name, "status": "NOT_STARTED"}
        times = {"stop": execution.stop} if execution.stop else {}
        error = {"error": execution.error} if execution.error else {}
        return {"name": name, "status": execution.status, "start": execution.start, **times, **error}

    def trigger(self, original: Original) -> InspectedTrigger:
        item = original.item
        runs = [self._run(0, original.execution, item)]
        runs += [self._run(number, execution, item) for number, execution in self._replays(item.id)]
        return InspectedTrigger(
            id=item.id,
            type=item.target.type or item.type,
            name=item.target.name or item.name,
            batch=original.batch.name if original.batch else "",
            runs=runs,
        )

    def _replays(self, trigger_id: str) -> Iterator[tuple[int, str]]:
        number = 1
        while True:
            name = replay_name(self.ledger.event_kind, *self.ledger.identity, trigger_id, number)
            if self.described(name) is None:
                return
            yield number, name
            number += 1

    def _run(self, number: int, name: str, item: Item) -> Run:
        execution = self.described(name)
        if execution is None:
            return Run(number=number, execution=name, status="NOT_STARTED", request=item.request)
        outcome = next((outcome for outcome in self._outcomes_of(execution) if outcome.id == item.id), None)
        ids = [sent.id for sent in execution.input.items]
        index = ids.index(item.id) if item.id in ids else -1
        sent = next((sent for sent in execution.input.items if sent.id == item.id), item)
        request = sent.request if isinstance(sent, Item) else item.request
        run = Run(
            number=number,
            execution=name,
            status="RUNNING" if execution.running else "UNKNOWN",
            calls=self._calls_of(name).get(index, []),
            request=request,
        )
        if outcome is None:
            return run
        return replace(
            run,
            status=outcome.status,
            id=outcome.run_id,
            url=run_url(item.type, request, outcome.run_id, self.executions.settings.execution_arn(name)),
            error=outcome.error,
            cause=readable(outcome.cause),
        )

    def _outcomes_of(self, execution: Execution) -> list[Outcome]:
        if execution.name not in self._outcomes:
            self._outcomes[execution.name] = self.executions.outcomes(execution)
        return self._outcomes[execution.name]

    def states(self, names: Iterable[str]) -> dict[str, StateCount]:
        """Visits of each state, summed over the executions that exist."""
        total: dict[str, StateCount] = {}
        for name in names:
            for state, count in states(self._history(name)).items() if self.described(name) else ():
                known = total.setdefault(state, StateCount())
                known.entered += count.entered
                known.failed += count.failed
                known.retried += count.retried
        return total

    def _calls_of(self, name: str) -> dict[int, list[Call]]:
        if name not in self._calls:
            self._calls[name] = calls(self._history(name))
        return self._calls[name]

    def _history(self, name: str) -> list[dict[str, Any]]:
        if name not in self._events:
            pages = self.executions.client.get_paginator("get_execution_history")
            arn = self.executions.settings.execution_arn(name)
            self._events[name] = [
                event for page in pages.paginate(executionArn=arn, reverseOrder=False) for event in page["events"]
            ]
        return self._events[name]
