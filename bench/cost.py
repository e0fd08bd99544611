"""Computes the price of a million events from measured state transitions and log lines: ``python -m bench.cost``."""

from __future__ import annotations

import json
from dataclasses import dataclass

from analysis.event_plan import DOLLARS_PER_MILLION
from bench.command import Run, main
from bench.results import Cell, Section, Table
from local.engine import run_engine
from local.simulation import Simulator

COUNTS = (1, 3, 10)
PRICES = {
    "SNS publish": (0.50, "million requests", "aws.amazon.com/sns/pricing"),
    "Lambda request": (0.20, "million requests", "aws.amazon.com/lambda/pricing"),
    "Lambda duration, arm64": (0.0000133334, "GB-second", "aws.amazon.com/lambda/pricing"),
    "S3 GET": (0.40, "million requests", "aws.amazon.com/s3/pricing"),
    "CloudWatch Logs": (0.50, "GB", "aws.amazon.com/cloudwatch/pricing"),
    "Standard transition": (DOLLARS_PER_MILLION, "million", "aws.amazon.com/step-functions/pricing"),
    "Express request": (1.00, "million", "aws.amazon.com/step-functions/pricing"),
    "Express duration": (0.00001667, "GB-second", "aws.amazon.com/step-functions/pricing"),
    "EventBridge event": (1.00, "million", "aws.amazon.com/eventbridge/pricing"),
}
"""Dollars, unit and page of each list price; us-east-1, the first tier, without free tiers."""

PRICED = "November 2026"
ROUTER_GB = 0.5
"""Memory of the router (terraform/functions.tf)."""
ROUTER_SECONDS, CALL_SECONDS = 0.15, 0.05
"""Assumed: duration of the router with S3 and StartExecution, and of one call of a service."""
EXPRESS_GB, EXPRESS_SECONDS = 64 / 1024, 0.1
"""The smallest memory and duration that Step Functions bills; all calls of an Express execution overlap."""

ABOUT = f"""Dollars for a million events, at list prices of us-east-1 ({PRICED}), without free tiers and without the targets'
own cost. Transitions and bytes of log lines are measured on the embedded engine. Step Functions bills each entered
state, so the number is the same on AWS. Assumed: {1000 * ROUTER_SECONDS:.0f} ms for the router (512 MB, arm64),
{1000 * CALL_SECONDS:.0f} ms for one call of a service. Express executions are billed for 64 MB and 100 ms.

EventBridge rules are the cheapest. A rule starts a Glue workflow, but no Glue job with arguments of the event. It
has five targets, and each one fails on its own, without one place that shows an event's outcomes. Express
executions have no history in the console, and start twice if SNS delivers twice. The for loop has the failures that
the section on fan-out shows."""


@dataclass(frozen=True, slots=True)
class Event:
    """Measured quantities of one event.

    Attributes:
        transitions: state transitions.
        log_bytes: bytes of the router's log lines.
    """

    transitions: int
    log_bytes: int


def measure(options: Run) -> Section:
    """Run one event of each number of triggers, then compute."""
    events = {}
    for count in COUNTS:
        options.step(f"{count} triggers")
        events[count] = event(count)
    prices: list[list[Cell]] = [
        [name, _dollars(price), f"per {unit}", page] for name, (price, unit, page) in PRICES.items()
    ]
    columns = ["Triggers", "Transitions", "Log bytes", "This project", "EventBridge rules", "For loop", "Express"]
    rows: list[list[Cell]] = [
        [
            count,
            one.transitions,
            one.log_bytes,
            *(f"${dollars:,.2f}" for dollars in (ours(one), event_bridge(), for_loop(count), express(one))),
        ]
        for count, one in events.items()
    ]
    parts = {count: parts_of(one) for count, one in events.items()}
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
            Table(columns=["Price", "Dollars", "Unit", "Source"], rows=prices),
        ],
    )


def event(count: int) -> Event:
    """Run one event with ``count`` triggers.

    Raises:
        RuntimeError: a trigger did not start, so that the transitions are not those of a normal event.
    """
    document = {"workflows": {"job": {"on_success": [_trigger(number) for number in range(count)]}}}
    with run_engine("us-west-1") as engine:
        simulator = Simulator.deploy(engine, document)
        found = simulator.publish(json.dumps({"job_name": "job", "job_run_id": "run-1", "status": "SUCCESS"}))
        started = sum(one.status == "TRIGGERED" for one in found.triggers)
        if started != count:
            raise RuntimeError(f"{started} of {count} triggers started, expected all")
        logs = sum(len(one.logs.encode()) for one in engine.runtime.invocations)
    return Event(sum(one.transitions for one in found.executions), logs)


def _trigger(number: int) -> dict[str, str]:
    if number % 2:
        return {"type": "sqs_mwaa", "dag_id": f"dag_{number}"}
    return {"type": "glue_job", "job_name": f"job_{number}"}


def parts_of(one: Event) -> dict[str, float]:
    """Dollars of a million events, by service."""
    return {
        "SNS": _price("SNS publish"),
        "router Lambda": _price("Lambda request") + _lambda(ROUTER_SECONDS),
        "S3": _price("S3 GET"),
        "CloudWatch Logs": 1e6 * one.log_bytes / 1e9 * _price("CloudWatch Logs"),
        "Step Functions": one.transitions * _price("Standard transition"),
    }


def ours(one: Event) -> float:
    """Dollars of a million events of this project."""
    return sum(parts_of(one).values())


def event_bridge() -> float:
    """Dollars of a million events of EventBridge rules; calls of targets in the account are free."""
    return _price("EventBridge event")


def for_loop(count: int) -> float:
    """Dollars of a million events of a Lambda function that calls ``count`` services, one after the other."""
    return _price("SNS publish") + _price("Lambda request") + _lambda(CALL_SECONDS * count)


def express(one: Event) -> float:
    """Dollars of a million events of the same router with an Express state machine."""
    duration = 1e6 * EXPRESS_SECONDS * EXPRESS_GB * _price("Express duration")
    return ours(Event(0, one.log_bytes)) + _price("Express request") + duration


def _dollars(price: float) -> str:
    return f"${price:.2f}" if price >= 0.01 else f"${price:.10f}"


def _lambda(seconds: float) -> float:
    return 1e6 * seconds * ROUTER_GB * _price("Lambda duration, arm64")


def _price(name: str) -> float:
    return PRICES[name][0]


if __name__ == "__main__":
    main(measure, __doc__ or "")
