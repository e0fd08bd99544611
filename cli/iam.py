"""``orchestrator iam``: the least privilege for the targets of a configuration."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.config_file import DEFAULT_ENV, Env, read_config_file
from cli.io import DEFAULT_CONFIG, print_json
from local.defaults import ACCOUNT
from local.validation import check_config, region_of, stack_settings
from orchestration.values.strictjson import object_at

if TYPE_CHECKING:
    from analysis.permissions import Permissions


def iam(  # noqa: PLR0913 - one parameter an option
    config: Annotated[
        Path, typer.Argument(metavar="CONFIG", help="Configuration; - for standard input.")
    ] = DEFAULT_CONFIG,
    *,
    region: Annotated[str, typer.Option(help="Region of the stack. Default: the region in the configuration.")] = "",
    account: Annotated[str, typer.Option(help="Account of the stack.")] = ACCOUNT,
    partition: Annotated[str, typer.Option(help="Partition of the stack. Default: the region's.")] = "",
    env: Env = DEFAULT_ENV,
    queue_url: Annotated[str, typer.Option(help="Default queue for sqs_mwaa triggers.", show_default=False)] = "",
    airflow_role: Annotated[str, typer.Option(help="Airflow role of the MWAA Lambda function.")] = "*",
    policy: Annotated[bool, typer.Option("--policy", help="Print the policy of each role as JSON.")] = False,
    check: Annotated[
        list[str] | None, typer.Option(help="Deployed role: compare its policies with the targets. Repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print allow-lists and policies as JSON.")] = False,
) -> None:
    """Print the permissions that the targets need.

    The default output has the values of the Terraform allow-lists, for a .tfvars file. --check reads roles of the account
    and lists what they lack, and what they allow without need.

    \b
    Exit codes:
      0  printed; or no permission is missing
      1  --check: a permission is missing
      2  bad input
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    from analysis.permissions import permissions  # noqa: PLC0415 - --help does not need it
    from orchestration.configuration.names import fill_names  # noqa: PLC0415
    from orchestration.configuration.notify import notify_topic  # noqa: PLC0415
    from orchestration.configuration.workflows import checked_entries  # noqa: PLC0415

    document = read_config_file(config)
    region = region or region_of(document)
    settings = stack_settings(region, account=account, partition=partition, env=env, queue_url=queue_url)
    check_config(document, settings)
    named = fill_names(document, settings).document
    triggers = [entry.trigger for entry in checked_entries(named, settings) if entry.trigger is not None]
    found = dataclasses.replace(permissions(triggers, settings, airflow_role), joins=bool(document.get("joins")))
    topics = {notify_topic(named, job, settings) for job in object_at(named, "workflows")} - {""}
    if topics:
        found.allow_lists["notify_topics"] = sorted(topics)
    if check:
        raise typer.Exit(_check(found, check, as_json=as_json))
    if as_json:
        shown = dataclasses.asdict(found) | {"policies": found.policies()}
        del shown["roles"]
        print_json(shown)
    elif policy:
        print_json(found.policies())
    else:
        typer.echo(found.tfvars().encode(), nl=False)  # Terraform reads UTF-8


def _check(found: Permissions, roles: list[str], *, as_json: bool) -> int:
    """Print what the roles lack and what they allow without need; returns the exit code."""
    from analysis.permissions import missing, unused  # noqa: PLC0415
    from operations.stack.role_policies import role_statements  # noqa: PLC0415 - boto3

    statements = [statement for role in roles for statement in role_statements(role)]
    lacking = {role: missing(needed, statements) for role, needed in found.roles.items()}
    everything = [permission for needed in found.roles.values() for permission in needed]
    extra = unused(everything, statements)
    if as_json:
        print_json(
            {
                "missing": {role: [dataclasses.asdict(one) for one in needed] for role, needed in lacking.items()},
                "unused": [dataclasses.asdict(one) for one in extra],
            }
        )
    else:
        for role, needed in lacking.items():
            for one in needed:
                typer.echo(f"missing in the role of {role}: {one.action} on {one.resource}")
        for one in extra:
            typer.echo(f"wider than the targets: {one.action} on {one.resource}")
        count = sum(map(len, lacking.values()))
        typer.echo(f"{len(everything)} permissions needed, {count} missing, {len(extra)} wider than the targets")
    return int(any(lacking.values()))
