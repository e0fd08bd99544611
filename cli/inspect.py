"""``orchestrator inspect``: shows the outcome of an event."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from cli.io import print_json
from orchestration.errors import ExecutionLookupError


def inspect(
    names: Annotated[
        list[str], typer.Argument(metavar="EXECUTION | JOB RUN", help="ARN or name of an execution, or job and run.")
    ],
    *,
    function: Annotated[str, typer.Option(help="Router Lambda. An ARN needs none.")] = "",
    requests: Annotated[bool, typer.Option("--requests", help="Show the request of each trigger.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show the outcome of an event.

    Lists each trigger with its outcome, service calls, waits, errors and replays, and the command that starts failed ones
    again. JOB RUN needs no search: the execution's name is computed from both.

    \b
    Exit codes:
      0  every trigger started
      1  some failed, are running, or have no outcome
      2  bad input
      3  nothing started for the job's run
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    from operations.inspection import client_of, find_names  # noqa: PLC0415 - boto3, which --help does not need
    from operations.inspection import inspect as read  # noqa: PLC0415

    if len(names) > 2:
        raise ExecutionLookupError(f"inspect: found {len(names)} names, expected an execution, or JOB RUN")
    executions, name = client_of(names[0] if len(names) == 1 else "", function)
    chosen = [name] if len(names) == 1 else find_names(executions, *names)
    if not chosen:
        typer.echo(
            f"orchestrator: job {names[0]!r} run {names[1]!r} started nothing. {_reason(function, *names)}", err=True
        )
        raise typer.Exit(3)
    found = [read(executions, one) for one in chosen]
    if as_json:
        print_json([dataclasses.asdict(one) for one in found])
    else:
        from cli.inspect_output import print_inspection  # noqa: PLC0415 - rich

        for one in found:
            print_inspection(one, requests=requests)
    raise typer.Exit(int(any(trigger.status != "TRIGGERED" for one in found for trigger in one.triggers)))


def _reason(function: str, job: str, run: str) -> str:
    """The router's reason for ignoring the event, or the causes that leave no line in its log."""
    from operations.deployed_router import DeployedRouter  # noqa: PLC0415 - boto3
    from operations.router_log import ignored_reasons  # noqa: PLC0415

    reasons = ignored_reasons(DeployedRouter.find(function), job, run)
    if reasons:
        return f"The router ignored it: {'; '.join(reasons)}"
    return (
        "The router's log of the last 14 days has no such event: it was not published, the subscription filter dropped it, or it "
        "waits in a dead-letter store. Run: orchestrator plan --event FILE, and: orchestrator redrive-dlq ROUTER --dry-run"
    )
