"""Reads everything about one event: its executions, the attempts of each trigger, and the replays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import boto3

from operations.executions.console_pages import execution_url, run_url
from operations.executions.inspected import InspectedTrigger, Inspection, Run
from operations.executions.run_errors import readable
from operations.executions.timeline import Call, HistoryEvent, StateCount, calls, states
from operations.stack.deployed_router import DeployedRouter
from orchestration.errors import ExecutionLookupError
from orchestration.event.identity import execution_name
from orchestration.event.kinds import EVENT_KINDS, JOIN_KINDS
from orchestration.input.item import Item
from orchestration.input.routing import Routing
from orchestration.replaying.ledger import Ledger, Original
from orchestration.settings import EXECUTION_ARN, Settings
from orchestration.starting.executions import Execution, ExecutionClient
from orchestration.values.shell import command


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
    ledger, settings = Ledger.open(executions, name), executions.settings
    histories = _Histories(executions)
    triggers = [_trigger(ledger, histories, original) for original in ledger.originals.values()]
    root = ledger.find(ledger.name)
    routing = root.input.routing if root is not None else Routing()
    arn = settings.execution_arn(ledger.name)
    names = dict.fromkeys([ledger.name, *(place.parent or place.execution for place in ledger.originals.values())])
    names |= dict.fromkeys(place.execution for place in ledger.originals.values())
    names |= dict.fromkeys(filter(None, [ledger.missing_part]))
    originals = {name: ledger.find(name) for name in names}
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
        executions=[_summary(name, execution) for name, execution in originals.items()],
        triggers=triggers,
        skipped=list(routing.skipped),
        states=_states(histories, [name for name, execution in originals.items() if execution is not None]),
        replay=command("replay", arn) if any(trigger.status == "FAILED" for trigger in triggers) else "",
    )


def _summary(name: str, execution: Execution | None) -> dict[str, str]:
    if execution is None:
        return {"name": name, "status": "NOT_STARTED"}
    times = {"stop": execution.stop} if execution.stop else {}
    error = {"error": execution.error} if execution.error else {}
    return {"name": name, "status": execution.status, "start": execution.start, **times, **error}


def _trigger(ledger: Ledger, histories: _Histories, original: Original) -> InspectedTrigger:
    item, name = original.item, original.execution
    first = ledger.find(name)
    if first is None:
        runs = [Run(number=0, execution=name, status="NOT_STARTED", request=item.request)]
    else:
        runs = [_run(ledger, histories, 0, first, item)]
    runs += [_run(ledger, histories, number, replay, item) for number, replay in enumerate(ledger.replays(item.id), 1)]
    return InspectedTrigger(
        id=item.id,
        type=item.target.type or item.type,
        name=item.target.name or item.name,
        batch=original.batch.name if original.batch else "",
        runs=runs,
    )


def _run(ledger: Ledger, histories: _Histories, number: int, execution: Execution, item: Item) -> Run:
    index, sent = next(
        ((index, sent) for index, sent in enumerate(execution.input.items) if sent.id == item.id), (-1, item)
    )
    request = sent.request if isinstance(sent, Item) else item.request
    run = Run(
        number=number,
        execution=execution.name,
        status="RUNNING" if execution.running else "UNKNOWN",
        calls=histories.calls(execution.name).get(index, []),
        request=request,
    )
    outcome = ledger.outcomes(execution).get(item.id)
    if outcome is None:
        return run
    arn = ledger.executions.settings.execution_arn(execution.name)
    return replace(
        run,
        status=outcome.status,
        id=outcome.run_id,
        url=run_url(item.type, request, outcome.run_id, arn),
        error=outcome.error,
        cause=readable(outcome.cause),
    )


def _states(histories: _Histories, names: Iterable[str]) -> dict[str, StateCount]:
    """Visits of each state, summed over the executions."""
    total: dict[str, StateCount] = {}
    for name in names:
        for state, count in states(histories.events(name)).items():
            known = total.setdefault(state, StateCount())
            known.entered += count.entered
            known.failed += count.failed
            known.retried += count.retried
    return total


@dataclass(slots=True)
class _Histories:
    """Reads the history of each execution once."""

    executions: ExecutionClient
    _calls: dict[str, dict[int, list[Call]]] = field(default_factory=dict)
    _events: dict[str, list[HistoryEvent]] = field(default_factory=dict)

    def calls(self, name: str) -> dict[int, list[Call]]:
        if name not in self._calls:
            self._calls[name] = calls(self.events(name))
        return self._calls[name]

    def events(self, name: str) -> list[HistoryEvent]:
        if name not in self._events:
            pages = self.executions.client.get_paginator("get_execution_history")
            arn = self.executions.settings.execution_arn(name)
            self._events[name] = [
                event for page in pages.paginate(executionArn=arn, reverseOrder=False) for event in page["events"]
            ]
        return self._events[name]
