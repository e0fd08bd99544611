"""Computes the price of a million events from measured state transitions and log lines: ``python -m bench.cost``."""

from __future__ import annotations

import json
from dataclasses import replace

from analysis import prices
from analysis.prices import EventSize, Price, million_events
from bench.command import Run, main
from bench.results import Cell, Section, Table
from local.engine.engine import run_engine
from local.simulation.simulator import Simulator

COUNTS = (1, 3, 10)
CALL_SECONDS = 0.05
"""Assumed duration of one call of a service."""
EXPRESS_GB, EXPRESS_SECONDS = 64 / 1024, 0.1
"""The smallest memory and duration that Step Functions bills; all calls of an Express execution overlap."""

ABOUT = f"""Dollars for a million events, at list prices of us-east-1 of {prices.PRICED}, without free tiers and without
the targets' own cost. Transitions and bytes of log lines are measured on the embedded engine. Step Functions bills each entered
state, so the number is the same on AWS. Assumed: {1000 * prices.ROUTER_SECONDS:.0f} ms for the router (512 MB, arm64),
{1000 * CALL_SECONDS:.0f} ms for one call of a service. Express executions are billed for 64 MB and 100 ms.

EventBridge rules are the cheapest. A rule starts a Glue workflow, but no Glue job with arguments of the event. It
has five targets, and each one fails on its own, without one place that shows an event's outcomes. Express
executions have no history in the console, and start twice if SNS delivers twice. The for loop has the failures that
the section on fan-out shows."""


def measure(options: Run) -> Section:
    """Run one event of each number of triggers, then compute."""
    events = {}
    for count in COUNTS:
        options.step(f"{count} triggers")
        events[count] = event(count)
    listed: list[list[Cell]] = [
        [name.lower().replace("_", " "), _dollars(one.dollars), one.unit, one.page]
        for name, one in vars(prices).items()
        if isinstance(one, Price)
    ]
    columns = ["Triggers", "Transitions", "Log bytes", "This project", "EventBridge rules", "For loop", "Express"]
    rows: list[list[Cell]] = [
        [
            count,
            one.transitions,
            one.router_log + one.machine_log,
            *(f"${dollars:,.2f}" for dollars in (ours(one), event_bridge(), for_loop(count), express(one))),
        ]
        for count, one in events.items()
    ]
    parts = {count: million_events(one) for count, one in events.items()}
    split: list[list[Cell]] = [
        [name, *(f"${parts[count][name]:,.2f}" for count in COUNTS)] for name in parts[COUNTS[0]]
    ]
    return Section(
        name="cost",
        title="Cost of a million events",
        about=ABOUT,
        tables=[
            Table(columns=columns, rows=rows),
            Table(
                columns=[
                    "Part of this project's cost",
                    *(f"triggers: {count}" for count in COUNTS),
                ],
                rows=split,
            ),
            Table(columns=["Price", "Dollars", "Unit", "Source"], rows=listed),
        ],
    )


def event(count: int) -> EventSize:
    """Run one event with ``count`` triggers.

    Raises:
        RuntimeError: a trigger did not start, so that the transitions are not those of a normal event.
    """
    document = {"workflows": {"job": {"on_success": [_trigger(number) for number in range(count)]}}}
    with run_engine("us-west-1") as engine:
        simulator = Simulator.deploy(engine, document)
        return measured(simulator, json.dumps({"job_name": "job", "job_run_id": "run-1", "status": "SUCCESS"}), count)


def measured(simulator: Simulator, text: str, count: int) -> EventSize:
    """Publish an event and measure its way.

    Args:
        simulator: a deployed stack, whose configuration starts ``count`` triggers for the event.
        text: the event.
        count: expected number of triggers, in one execution.

    Raises:
        RuntimeError: a trigger did not start.
    """
    simulation = simulator.publish(text)
    started = sum(one.status == "TRIGGERED" for one in simulation.triggers)
    if started != count:
        raise RuntimeError(f"{started} of {count} triggers started, expected all")
    history = simulator.engine.client("stepfunctions").get_paginator("get_execution_history")
    events = [one for page in history.paginate(executionArn=simulation.executions[0].arn) for one in page["events"]]
    router = [one for one in simulator.engine.runtime.invocations if one.function == simulator.stack.function][-1]
    return EventSize(
        types=tuple(one.type for one in simulation.triggers),
        transitions=sum(one["type"].endswith("StateEntered") for one in events),
        body=len(text.encode()),
        router_log=len(router.logs.encode()),
        machine_log=sum(len(json.dumps(one, default=str)) for one in events),
    )


def _trigger(number: int) -> dict[str, str]:
    if number % 2:
        return {"type": "sqs_mwaa", "dag_id": f"dag_{number}"}
    return {"type": "glue_job", "job_name": f"job_{number}"}


def ours(one: EventSize) -> float:
    """Dollars of a million events of this project."""
    return sum(million_events(one).values())


def event_bridge() -> float:
    """Dollars of a million events of EventBridge rules; calls of targets in the account are free."""
    return prices.EVENTBRIDGE_EVENT.dollars


def for_loop(count: int) -> float:
    """Dollars of a million events of a Lambda function that calls ``count`` services, one after the other."""
    duration = 1e6 * CALL_SECONDS * count * prices.ROUTER_GIGABYTES * prices.LAMBDA_SECOND.dollars
    return prices.SNS_PUBLISH.dollars + prices.LAMBDA_REQUEST.dollars + duration


def express(one: EventSize) -> float:
    """Dollars of a million events of the same router with an Express state machine."""
    duration = 1e6 * EXPRESS_SECONDS * EXPRESS_GB * prices.EXPRESS_SECOND.dollars
    return ours(replace(one, transitions=0)) + prices.EXPRESS_REQUEST.dollars + duration


def _dollars(price: float) -> str:
    return f"${price:.2f}" if price >= 0.01 else f"${price:.10f}"


if __name__ == "__main__":
    main(measure, __doc__ or "")
