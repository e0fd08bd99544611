"""``orchestrator validate``: lists every problem of configurations, with line and column."""

from __future__ import annotations

import dataclasses
import gc
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.codes.registry import WARNING_NAMES, not_a_warning
from analysis.problem import Problem, nearest
from analysis.problems.check import CheckedFile, check_file
from analysis.shapes.unknown_paths import Shapes
from cli.config_file import DEFAULT_ENV, Env
from cli.event_input import read_known_events
from cli.io import DEFAULT_CONFIG, note_bom, print_json, read_bytes
from orchestration.errors import ConfigError
from orchestration.settings import Settings


def validate(  # noqa: PLR0913 - one parameter an option
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE...",
            help=f"Configurations; - for standard input. Default: {DEFAULT_CONFIG}",
            show_default=False,
        ),
    ] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")] = False,
    region: Annotated[str, typer.Option(help="Region of the stack. Targets in other regions are errors.")] = "",
    account: Annotated[str, typer.Option(help="Account of the stack. Targets in other accounts are errors.")] = "",
    env: Env = DEFAULT_ENV,
    state_machine_arn: Annotated[
        str, typer.Option(help="State machine of the orchestrator. A trigger that starts it is an error.")
    ] = "",
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Code of warnings to leave out. Repeatable.", show_default=False),
    ] = None,
    queue_url: Annotated[
        str,
        typer.Option(help="Default queue for sqs_mwaa triggers. With --region, triggers without a queue are errors."),
    ] = "",
    events: Annotated[
        list[Path] | None,
        typer.Option(help="Folder or file of known events: check every path against them. Repeatable."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="Print the problems as SARIF 2.1.0.")] = False,
) -> None:
    """Check configurations as the router does.

    Each line is FILE:LINE:COLUMN, the field, the problem, and its code. Warnings are entries that the router accepts, but
    that are probably mistakes. docs/problem-codes.md lists the codes. With --events, a path that an event does not have is a
    problem, too.

    \b
    Exit codes:
      0  valid
      2  invalid, or bad input
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    if account and not re.fullmatch(r"\d+", account):
        raise ConfigError(f"--account {account!r}: expected an account id such as 123456789012.")
    if as_json and as_sarif:
        raise ConfigError("--json and --sarif: choose one.")
    ignored = _ignored(ignore or [])
    settings = Settings(
        region=region,
        only_account=account,
        deploy_env=env,
        state_machine_arn=state_machine_arn,
        mwaa_trigger_queue_url=queue_url,
    )
    recorded = read_known_events(events) if events else None
    checked = [one.without(ignored) for one in _check(files or [DEFAULT_CONFIG], settings, recorded)]
    if events and not any(one.compared for one in checked if not one.errors) and not any(one.errors for one in checked):
        raise ConfigError(
            f"--events {events[0]}: has no event of a job that the configuration follows. Name another folder, or the "
            "environment of the events (--env)."
        )
    if strict:
        checked = [one.strict() for one in checked]
    problems = [problem for one in checked for problem in one.problems]
    errors = [problem for problem in problems if problem.severity == "error"]
    if as_json:
        shown = [dataclasses.asdict(problem) for problem in problems]
        print_json({"valid": not errors, "files": [one.file for one in checked], "problems": shown})
    elif as_sarif:
        print_json(_sarif(problems))
    else:
        _print(checked)
    if errors:
        raise typer.Exit(2)


def _check(files: Sequence[Path], settings: Settings, recorded: Shapes | None) -> list[CheckedFile]:
    """The result of each file, once."""
    checked = []
    # A large configuration has many objects and no cycles of them. The collector would take a fifth of the time.
    gc.disable()
    try:
        for path in dict.fromkeys(files):
            name = "(standard input)" if str(path) == "-" else path.as_posix()
            data = read_bytes(path)
            note_bom(path, data)
            checked.append(check_file(name, data, settings, recorded))
    finally:
        gc.enable()
    return checked


def _ignored(names: Sequence[str]) -> frozenset[str]:
    """The codes of ``--ignore``.

    Raises:
        ConfigError: one is not the code of a warning.
    """
    for name in names:
        reason = not_a_warning(name)
        if reason:
            near = nearest(name, WARNING_NAMES)
            raise ConfigError(f"--ignore: {reason}." + (f" Did you mean {near!r}?" if near else ""))
    return frozenset(names)


def _print(checked: Sequence[CheckedFile]) -> None:
    for one in checked:
        for problem in one.problems:
            typer.echo(str(problem))
        if not one.errors:
            warnings = f", {len(one.problems)} warnings" if one.problems else ""
            typer.echo(f"{one.file}: valid, {one.workflows} workflows with {one.triggers} triggers{warnings}")


def _sarif(problems: Sequence[Problem]) -> dict[str, Any]:
    from importlib.metadata import version  # noqa: PLC0415 - no other output needs it

    from analysis.problems.sarif import sarif  # noqa: PLC0415

    return sarif(problems, version("downstream-orchestrator"))
