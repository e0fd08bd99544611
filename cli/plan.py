"""``orchestrator plan``: shows what events would start, and what a change of the configuration changes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.io import DEFAULT_CONFIG, print_json, read_text
from local.defaults import ACCOUNT
from local.validation import read_config, region_of, stack_settings


def plan(  # noqa: PLR0913 - one parameter an option
    *,
    event: Annotated[list[Path], typer.Option(help="Event, JSON Lines file, or folder of them. Repeatable.")],
    config: Annotated[Path, typer.Option(help="Workflow configuration.")] = DEFAULT_CONFIG,
    against: Annotated[
        Path | None, typer.Option(help="Older configuration. Show only what differs from it.", show_default=False)
    ] = None,
    fail_on_change: Annotated[
        bool, typer.Option("--fail-on-change", help="With --against: exit 1 on a change.")
    ] = False,
    region: Annotated[str, typer.Option(help="Region of the stack. Default: the region in the configuration.")] = "",
    account: Annotated[str, typer.Option(help="Account, for the placeholder ${aws.account}.")] = ACCOUNT,
    env: Annotated[str, typer.Option(help="Name of the environment, for the placeholder ${deploy.env}.")] = "env",
    queue_url: Annotated[str, typer.Option(help="Default queue for sqs_mwaa triggers.", show_default=False)] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the plans as JSON.")] = False,
) -> None:
    """Show what events would start, offline.

    The router's own code makes the plan: which triggers fire and why not, each resolved request, the execution names, the
    permissions and the price.

    \b
    Exit codes:
      0  planned
      1  --fail-on-change, and something changed
      2  bad input
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    from analysis.differences import changes  # noqa: PLC0415 - botocore, which --help does not need
    from analysis.event_files import read_events  # noqa: PLC0415
    from analysis.event_plan import plan_event  # noqa: PLC0415
    from cli.plan_output import print_changes, print_plan  # noqa: PLC0415
    from orchestration.config import LoadedConfig  # noqa: PLC0415
    from orchestration.workflows import check_document  # noqa: PLC0415

    documents = [read_config(read_text(path)) for path in (config, against) if path is not None]
    for document in documents:
        check_document(document)
    region = region or region_of(documents[0])
    settings = stack_settings(region, account=account, env=env, queue_url=queue_url)
    loaded = [LoadedConfig(document, "the configuration", "") for document in documents]
    plans = [[plan_event(text, one, settings, source) for one in loaded] for source, text in read_events(event)]
    if against is None:
        if as_json:
            print_json([_shown(one) for (one,) in plans])
        for (one,) in plans if not as_json else ():
            print_plan(one)
        return
    found = [(new, old, changes(old, new)) for new, old in plans]
    changed = any(new.status != old.status or different for new, old, different in found)
    if as_json:
        print_json([_difference(new, old, different) for new, old, different in found])
    for new, old, different in found if not as_json else ():
        print_changes(new, old, different)
    raise typer.Exit(1 if changed and fail_on_change else 0)


def _shown(one: Any) -> dict[str, Any]:
    return {**dataclasses.asdict(one), "batches": one.batches, "dollars": one.dollars}


def _difference(new: Any, old: Any, different: list[Any]) -> dict[str, Any]:
    changes = [dataclasses.asdict(one) for one in different]
    return {"source": new.source, "before": old.status, "after": new.status, "changes": changes}
