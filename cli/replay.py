"""``orchestrator replay``: starts failed triggers again, of one execution or of all that failed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import typer

from cli.io import print_json
from orchestration.errors import ReplayError

Progress = Callable[[str], None]


def replay(  # noqa: PLR0913 - one parameter an option
    *,
    execution: Annotated[
        str,
        typer.Argument(
            metavar="EXECUTION", help="ARN of the execution, or its name together with --function.", show_default=False
        ),
    ] = "",
    function: Annotated[
        str, typer.Option(help="Name of the router Lambda. Default: the name of the execution's state machine.")
    ] = "",
    only: Annotated[
        list[str] | None,
        typer.Option(help="Trigger ids, as a1b2c3d4,e5f6a7b8. OLD=NEW names a successor. Default: all that failed."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Start a new run, even if one runs or has succeeded. Needs --only.")
    ] = False,
    as_was: Annotated[
        bool, typer.Option("--as-was", help="Send the original request, not one from the current configuration.")
    ] = False,
    failed: Annotated[
        bool, typer.Option("--failed", help="Replay every event that failed. Needs --function and --since.")
    ] = False,
    since: Annotated[str, typer.Option(help="With --failed: age of the oldest execution, as 30m, 24h or 7d.")] = "",
    job: Annotated[str, typer.Option(help="With --failed: upstream job. Default: every job.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="With --failed: start without a question.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the router's decisions and start nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the router's report as JSON.")] = False,
) -> None:
    """Start failed triggers of an execution again.

    The router decides from the current configuration. It leaves out triggers that started or are running, unless you name
    them with --only and --again. A nested execution that is running or has succeeded never starts a second time without
    --again: FOLLOWED.

    \b
    Exit codes:
      0  all started and triggered; or nothing refused in a dry run
      1  some failed, were refused, or have no outcome after a minute
      2  bad input
      3  nothing was started
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    named = _ids(only or [])
    if bool(execution) == failed:
        raise ReplayError("replay: expected either an execution or --failed.")
    if failed and (named or again or as_was):
        raise ReplayError(
            "replay --failed: --only, --again and --as-was need one execution. Name it instead of --failed."
        )
    if failed and not (function and since):
        raise ReplayError("replay --failed: expected --function ROUTER and --since AGE.")
    if not failed and (since or job or yes):
        raise ReplayError("replay: --since, --job and --yes need --failed.")
    if again and not named:
        raise ReplayError("replay --again: name the triggers that must run again with --only.")
    from cli.replay_output import exit_code, print_record  # noqa: PLC0415 - rich, which --help does not need
    from operations.repair.replay import find_failed, prepare  # noqa: PLC0415 - boto3, likewise

    if failed:
        search = partial(find_failed, function, since, job)
        raise typer.Exit(_replay_failed(search, dry_run=dry_run, yes=yes, as_json=as_json))
    prepared = prepare(execution, function=function, only=named, again=again, as_was=as_was)
    record = prepared.ask() if dry_run else prepared.send()
    if as_json:
        print_json(record)
    else:
        print_record(record)
    raise typer.Exit(exit_code([record]))


def _replay_failed(search: Callable[[Progress], Any], *, dry_run: bool, yes: bool, as_json: bool) -> int:
    """List what would start, ask once, and start it; returns the exit code."""
    from cli.render import working  # noqa: PLC0415 - rich
    from cli.replay_output import exit_code, print_plan, print_record  # noqa: PLC0415

    with working("listing executions") as update:
        failed = search(update)
    for line in failed.unanswered:
        typer.echo(f"orchestrator: {line}", err=True)
    records = [record for _, record in failed.answers]
    if not as_json:
        print_plan(records)
    start = bool(failed.count) and not dry_run
    if start and not yes:
        start = _confirmed(failed.count)
        if not start:
            return 3
    if start:
        records = []
        for record in failed.send():
            records.append(record)
            if not as_json:
                print_record(record)
    if as_json:
        print_json(records)
    return max(exit_code(records), 1) if failed.unanswered else exit_code(records)


def _ids(options: list[str]) -> dict[str, str]:
    """Trigger id to its id now, from ``ID``, ``OLD=NEW`` and lists of them."""
    named: dict[str, str] = {}
    for text in (one.strip() for option in options for one in option.split(",")):
        old, equals, new = text.partition("=")
        if not old or (equals and not new):
            raise ReplayError(
                f"--only {text!r}: expected a trigger id, or OLD=NEW. Run with --dry-run to list the ids."
            )
        named[old] = new or old
    return named


def _confirmed(count: int) -> bool:
    try:
        return typer.confirm(f"Start {count} triggers again?", err=True)
    except typer.Abort:  # at the end of the input, or for Ctrl-C
        if sys.stdin.isatty():
            raise
        raise ReplayError("replay --failed: no terminal to ask on. Confirm with --yes.") from None
