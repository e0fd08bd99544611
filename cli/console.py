"""``orchestrator console``: serves pages about executions, lineage and configuration on 127.0.0.1."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.stop_signal import stop_event, wait_for_stop


def console(
    *,
    function: Annotated[str, typer.Option(help="Router Lambda.")],
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 for a free one.", min=0, max=65535)] = 0,
    allow_replay: Annotated[
        bool, typer.Option("--allow-replay", help="Let pages start failed triggers again.")
    ] = False,
) -> None:
    """Serve the console of a deployed stack.

    Pages show executions, lineage and configuration. They only read, unless --allow-replay is given. The console uses the
    credentials of this shell and answers only requests of this machine.

    \b
    Exit codes:
      0  stopped by Ctrl-C
      2  bad input, or the port is in use
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    from console.server import serve  # noqa: PLC0415 - flask and boto3, which --help does not need
    from console.stack import ConsoleStack  # noqa: PLC0415

    stack = ConsoleStack.open(function, allow_replay=allow_replay)
    stopped = stop_event()
    try:
        with serve(stack, port) as address:
            rights = "starts failed triggers again" if stack.allow_replay else "read-only"
            typer.echo(f"{address} ({stack.name}, {rights}). Stop with Ctrl-C.")
            wait_for_stop(stopped)
    except OSError as error:
        typer.echo(f"orchestrator: port {port}: {error.strerror}. Choose another port with --port.", err=True)
        raise typer.Exit(2) from error
