"""``orchestrator inspect``: shows the outcome of an event."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.io import print_json, write_text
from orchestration.errors import ExecutionLookupError

if TYPE_CHECKING:
    from operations.executions.inspected import Inspection
    from operations.joins import JoinStatus


def inspect(
    names: Annotated[
        list[str], typer.Argument(metavar="EXECUTION | JOB RUN", help="ARN or name of an execution, or job and run.")
    ],
    *,
    function: Annotated[str, typer.Option(help="Router Lambda. An ARN needs none.")] = "",
    requests: Annotated[bool, typer.Option("--requests", help="Show the request of each trigger.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the page of the execution to this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show the outcome of an event.

    Lists each trigger with its outcome, service calls, waits, errors and replays, and the command that starts failed ones
    again. JOB RUN needs no search: the execution's name is computed from both. JOIN KEY also shows who arrived at a join, and
    who is missing.

    \b
    Exit codes:
      0  every trigger started
      1  some failed, are running, or have no outcome
      2  bad input
      3  nothing started for the job's run
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    from cli.inspect_output import print_inspection, print_join  # noqa: PLC0415 - rich
    from operations.executions.inspection import client_of, find_names  # noqa: PLC0415 - boto3, which --help does not need
    from operations.executions.inspection import inspect as read  # noqa: PLC0415

    if len(names) > 2:
        raise ExecutionLookupError(f"inspect: found {len(names)} names, expected an execution, or JOB RUN")
    executions, name = client_of(names[0] if len(names) == 1 else "", function)
    chosen = [name] if len(names) == 1 else find_names(executions, *names)
    join = _join(function, *names) if len(names) == 2 else None
    if join is not None and not as_json:
        print_join(join)
    if join is not None and not chosen:
        if as_json:
            print_json(join)
        raise typer.Exit(1)
    if not chosen:
        from operations.executions.router_log import why_nothing  # noqa: PLC0415
        from operations.stack.deployed_router import DeployedRouter  # noqa: PLC0415

        reason = why_nothing(DeployedRouter.find(function), *names)
        typer.echo(f"orchestrator: job {names[0]!r} run {names[1]!r} started nothing. {reason}", err=True)
        raise typer.Exit(3)
    found = [read(executions, one) for one in chosen]
    if html is not None:
        _write(html, found)
    if as_json:
        print_json([dataclasses.asdict(one) for one in found])
    elif html is None:
        for one in found:
            print_inspection(one, requests=requests)
    raise typer.Exit(int(any(trigger.status != "TRIGGERED" for one in found for trigger in one.triggers)))


def _join(function: str, join: str, key: str) -> JoinStatus | None:
    """The arrivals of a join; None if the deployed configuration has no such join."""
    from operations.joins import join_status  # noqa: PLC0415
    from operations.stack.deployed_router import DeployedRouter  # noqa: PLC0415

    return join_status(DeployedRouter.find(function), join, key)


def _write(html: Path, found: list[Inspection]) -> None:
    """Write the page of one event as a file that loads nothing."""
    from console.rendering import report  # noqa: PLC0415 - jinja2

    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        raise ExecutionLookupError(f"--html {html}: the run has {len(found)} events ({names}). Name one of them.")
    write_text(html, report(found[0], datetime.now(UTC).isoformat()))
    typer.echo(f"wrote {html}", err=True)
