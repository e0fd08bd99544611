"""``orchestrator validate``: every problem of a configuration, each with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.io import DEFAULT_CONFIG, print_json, read_text
from local.validation import read_config
from orchestration.settings import Settings
from orchestration.workflows import EVENT_KINDS, problems_of


def validate(
    config: Annotated[Path, typer.Argument(help="The configuration; - for standard input.")] = DEFAULT_CONFIG,
    region: Annotated[
        str, typer.Option(help="The orchestrator's region: also refuse targets that are elsewhere.")
    ] = "",
    state_machine_arn: Annotated[
        str, typer.Option(help="The orchestrator's own state machine: also refuse a loop.")
    ] = "",
    queue_url: Annotated[
        str, typer.Option(help="The router's MWAA_TRIGGER_QUEUE_URL; with --region, sqs_mwaa without any is refused.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,  # noqa: FBT002
) -> None:
    """Check a configuration as the router would. Exit 0: valid; 2: not."""
    settings = Settings(region=region, state_machine_arn=state_machine_arn, mwaa_trigger_queue_url=queue_url)
    document = read_config(read_text(config))
    problems = list(problems_of(document, settings))
    if as_json:
        print_json(
            {"valid": not problems, "problems": [{"path": one.path, "message": one.message} for one in problems]}
        )
    elif problems:
        typer.echo("\n".join(str(problem) for problem in problems))
    else:
        workflows = document["workflows"].values()
        triggers = sum(len(workflow.get(event_kind, [])) for workflow in workflows for event_kind in EVENT_KINDS)
        typer.echo(f"{config}: valid, {len(workflows)} workflows with {triggers} triggers")
    if problems:
        raise typer.Exit(2)
