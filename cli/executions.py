"""``orchestrator executions``: lists executions with job, run and triggers."""

from __future__ import annotations

import dataclasses
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.io import print_json
from cli.streams import reader_gone
from orchestration.errors import ExecutionLookupError

if TYPE_CHECKING:
    from operations.executions.listing import Filter, Listed
    from orchestration.starting.executions import ExecutionClient

_POLL_SECONDS = 2.0


def executions(  # noqa: PLR0913 - one parameter an option
    *,
    function: Annotated[str, typer.Option(help="Router Lambda.")],
    since: Annotated[str, typer.Option(help="Age of the oldest execution, as 30m, 24h or 7d.")] = "24h",
    job: Annotated[str, typer.Option(help="Upstream job. Default: every job.")] = "",
    run: Annotated[str, typer.Option(help="Run of the job. Default: every run.")] = "",
    status: Annotated[str, typer.Option(help="RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED. Default: all.")] = "",
    trigger: Annotated[str, typer.Option(help="Id, type or name of a trigger. Default: all.")] = "",
    limit: Annotated[int, typer.Option(help="Maximum number of executions.", min=1)] = 50,
    follow: Annotated[bool, typer.Option("--follow", help="Keep printing new and changed executions.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the executions as JSON.")] = False,
) -> None:
    """List executions, newest first.

    `orchestrator inspect NAME --function ROUTER` shows one of them.

    \b
    Exit codes:
      0  listed
      2  bad input
      3  no execution meets the conditions
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    from operations.executions import listing  # noqa: PLC0415 - boto3, which --help does not need
    from operations.executions.ages import age  # noqa: PLC0415
    from operations.stack.deployed_router import DeployedRouter  # noqa: PLC0415

    if status and status not in listing.STATUSES:
        raise ExecutionLookupError(f"--status {status!r}: expected one of {', '.join(listing.STATUSES)}")
    if run and not job:
        raise ExecutionLookupError("executions --run: needs --job")
    if follow and as_json:
        raise ExecutionLookupError("executions: --follow and --json: choose one")
    begin = datetime.now(UTC) - age(since, "--since")
    wanted = listing.Filter(begin=begin, job=job, run=run, status=status, trigger=trigger)
    client = listing.client(DeployedRouter.find(function))
    found = listing.listed(client, wanted, limit)
    if as_json:
        print_json([dataclasses.asdict(one) for one in found])
    else:
        from cli.inspect_output import print_executions  # noqa: PLC0415 - rich

        if found or not follow:
            print_executions(found)
        if follow:
            _follow(client, wanted, found, limit)
    raise typer.Exit(0 if found or follow else 3)


def _follow(client: ExecutionClient, wanted: Filter, known: list[Listed], limit: int) -> None:
    """Print new executions and changes of status until Ctrl-C."""
    from cli.inspect_output import print_execution  # noqa: PLC0415
    from operations.executions.listing import listed  # noqa: PLC0415

    seen = {one.name: one.status for one in known}
    try:
        while True:
            time.sleep(_POLL_SECONDS)
            for one in reversed(listed(client, wanted, limit)):
                if seen.get(one.name) != one.status:
                    seen[one.name] = one.status
                    print_execution(one)
            if reader_gone():
                return
    except KeyboardInterrupt:
        return
