"""``orchestrator replay``: starts the failed triggers of an execution again."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from cli.io import print_json
from orchestration.errors import ReplayError


def replay(  # noqa: PLR0913 - one parameter an option
    *,
    execution: Annotated[str, typer.Argument(help="ARN of the execution, or its name together with --function.")],
    function: Annotated[
        str, typer.Option(help="Name of the router Lambda. Default: the name of the execution's state machine.")
    ] = "",
    only: Annotated[str, typer.Option(help="Indices of the triggers, as 1,3. Default: all that failed.")] = "",
    accept_rename: Annotated[
        list[str] | None, typer.Option(help="INDEX=NAME: confirm that trigger INDEX is now named NAME. Repeatable.")
    ] = None,
    tag: Annotated[str, typer.Option(help="Idempotency tag. Use a new tag to run the same replay again.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the request and start nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the router's report as JSON.")] = False,
) -> None:
    """Start failed triggers of an execution again.

    The router resolves them from the current configuration. Triggers that started do not start again.

    \b
    Exit codes:
      0  all triggered
      1  some failed, or no outcome after a minute
      2  bad input
      3  nothing was started
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    indices, names = _indices(only), _new_names(accept_rename or [])
    from operations.replay import prepare  # noqa: PLC0415 - boto3, which --help does not need

    prepared = prepare(execution, function=function, only=indices, new_names=names, tag=tag)
    for item in prepared.not_triggers:
        typer.echo(
            f"left out: {item} is a problem of the configuration, not a trigger. The trigger was never started. Fix the "
            "configuration, then publish a new event.",
            err=True,
        )
    shown = "; ".join(prepared.triggers) or "none"
    count = len(prepared.payload["$replay"]["only"]) if prepared.payload else 0
    typer.echo(f"{prepared.execution} ({prepared.status}): {count} to start: {shown}", err=True)
    if not prepared.payload:
        raise typer.Exit(3)
    if dry_run:
        print_json(prepared.payload)
        return
    record = prepared.send()
    if as_json:
        print_json(record)
    else:
        _print(record)
    if record["status"] == "DUPLICATE":
        raise typer.Exit(3)
    succeeded = all(one.get("execution_status") == "SUCCEEDED" for one in record["executions"])
    raise typer.Exit(0 if succeeded else 1)


def _print(record: dict[str, Any]) -> None:
    for one in record["executions"]:
        typer.echo(f"{one['name']}: {one['status']}, {one.get('execution_status', 'no outcome yet')}")
        for outcome in one.get("outcomes", []):
            error = outcome.get("error", {})
            detail = outcome["result"].get("id") or f"{error.get('Error')}: {error.get('Cause', '')}"
            status = outcome["result"]["status"]
            typer.echo(f"  {outcome['index']} {outcome['type']} {outcome['name']}: {status} {detail}")
    for warning in record["warnings"]:
        typer.echo(f"warning: {warning}", err=True)


def _indices(text: str) -> list[int]:
    if not re.fullmatch(r"(\d+(,\d+)*)?", text):
        raise ReplayError(f"--only {text!r}: expected indices such as 1,3.")
    return sorted({int(index) for index in text.split(",")}) if text else []


def _new_names(pairs: list[str]) -> dict[str, str]:
    for pair in pairs:
        if not re.fullmatch(r"\d+=.+", pair):
            raise ReplayError(f"--accept-rename {pair!r}: expected INDEX=NAME.")
    return {str(int(pair.partition("=")[0])): pair.partition("=")[2] for pair in pairs}
