"""``orchestrator validate``: lists every problem of a configuration."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from cli.io import DEFAULT_CONFIG, print_json, read_text
from local.validation import read_config
from orchestration.errors import ConfigError
from orchestration.settings import Settings
from orchestration.workflows import EVENT_KINDS, problems_of


def validate(  # noqa: PLR0913 - one parameter an option
    config: Annotated[Path, typer.Argument(help="Configuration; - for standard input.")] = DEFAULT_CONFIG,
    *,
    region: Annotated[str, typer.Option(help="Region of the stack. Targets in other regions are errors.")] = "",
    account: Annotated[str, typer.Option(help="Account of the stack. Targets in other accounts are errors.")] = "",
    env: Annotated[str, typer.Option(help="Name of the environment, for the placeholder ${deploy.env}.")] = "",
    state_machine_arn: Annotated[
        str, typer.Option(help="State machine of the orchestrator. A trigger that starts it is an error.")
    ] = "",
    queue_url: Annotated[
        str,
        typer.Option(help="Default queue for sqs_mwaa triggers. With --region, triggers without a queue are errors."),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,
) -> None:
    """Check a configuration as the router does.

    \b
    Exit codes:
      0  valid
      2  invalid, or bad input
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    if account and not re.fullmatch(r"\d+", account):
        raise ConfigError(f"--account {account!r}: expected an account id such as 123456789012.")
    settings = Settings(
        region=region,
        only_account=account,
        deploy_env=env,
        state_machine_arn=state_machine_arn,
        mwaa_trigger_queue_url=queue_url,
    )
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
