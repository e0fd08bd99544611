"""``orchestrator plan``: shows what events would start, and what a change of the configuration changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.config_file import DEFAULT_ENV, Env, read_config_file
from cli.event_input import read_event_files
from cli.io import DEFAULT_CONFIG, print_json
from local.defaults import ACCOUNT
from local.validation import region_of, stack_settings
from orchestration.errors import EventError

if TYPE_CHECKING:
    from analysis.plans.event_plan import EventPlan
    from operations.executions.recorded import RecordedEvent
    from orchestration.configuration.loader import LoadedConfig
    from orchestration.settings import Settings


def plan(  # noqa: PLR0913 - one parameter an option
    *,
    event: Annotated[
        list[Path] | None, typer.Option(help="Event, JSON Lines file, folder of them, or - for standard input.")
    ] = None,
    recorded: Annotated[
        str, typer.Option(help="Age of the oldest past execution, as 30m, 24h or 7d: plan its event. Needs --function.")
    ] = "",
    function: Annotated[str, typer.Option(help="With --recorded: name of the router Lambda.")] = "",
    job: Annotated[str, typer.Option(help="With --recorded: upstream job. Default: every job.")] = "",
    config: Annotated[Path, typer.Option(help="Workflow configuration.")] = DEFAULT_CONFIG,
    against: Annotated[
        Path | None, typer.Option(help="Older configuration. Show only what differs from it.", show_default=False)
    ] = None,
    fail_on_change: Annotated[
        bool, typer.Option("--fail-on-change", help="With --against: exit 1 on a change.")
    ] = False,
    region: Annotated[str, typer.Option(help="Region of the stack. Default: the region in the configuration.")] = "",
    account: Annotated[str, typer.Option(help="Account, for the placeholder ${aws.account}.")] = ACCOUNT,
    env: Env = DEFAULT_ENV,
    queue_url: Annotated[str, typer.Option(help="Default queue for sqs_mwaa triggers.", show_default=False)] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the plans as JSON.")] = False,
) -> None:
    """Show what events would start.

    The router's own code makes the plan: which triggers fire and why not, each resolved request, the execution names, the
    permissions and the price. Nothing starts. With --recorded, events and settings come from the deployed stack.

    \b
    Exit codes:
      0  planned
      1  the router would refuse an event or reject each of its triggers; with --against only --fail-on-change and a change
      2  bad input
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    if bool(event) == bool(recorded):
        raise EventError("plan: expected either --event or --recorded.")
    if bool(recorded) != bool(function) or (job and not recorded):
        raise EventError("plan: --recorded needs --function ROUTER. --function and --job need --recorded.")
    from analysis.plans.event_plan import plan_event  # noqa: PLC0415 - botocore, which --help does not need

    documents = [read_config_file(path) for path in (config, against) if path is not None]
    if recorded:
        settings, past = _recorded(function, recorded, job)
        configs = [_config(document, settings) for document in documents]
        plans = [
            [plan_event(one.text, each, settings, one.execution, one.event_kind) for each in configs] for one in past
        ]
    else:
        region = region or region_of(documents[0])
        settings = stack_settings(region, account=account, env=env, queue_url=queue_url)
        configs = [_config(document, settings) for document in documents]
        plans = [
            [plan_event(one.text, each, settings, one.source) for each in configs]
            for one in read_event_files(event or ())
        ]
    if against is None:
        _print_plans([one for (one,) in plans], as_json=as_json)
        raise typer.Exit(int(any(one.problem for (one,) in plans)))
    changed = _print_changes([(new, old) for new, old in plans], as_json=as_json)
    raise typer.Exit(1 if changed and fail_on_change else 0)


def _config(document: Any, settings: Settings) -> LoadedConfig:
    from orchestration.configuration.loader import LoadedConfig  # noqa: PLC0415 - botocore

    return LoadedConfig(document, "the configuration", "").under(settings)


def _recorded(function: str, since: str, job: str) -> tuple[Settings, list[RecordedEvent]]:
    from cli.render import errors, working  # noqa: PLC0415 - rich
    from operations.executions.recorded import recorded_events  # noqa: PLC0415
    from operations.stack.deployed_router import DeployedRouter  # noqa: PLC0415 - boto3

    router = DeployedRouter.find(function)
    with working("listing executions") as update:
        past = recorded_events(
            router, since, job, lambda read, listed: update(f"read {read:,} of {listed:,} executions")
        )
    if not past:
        raise EventError(f"--recorded {since}: {function} has no executions with events in that time.")
    errors.print(f"{len(past):,} events from executions of {function}")
    return router.settings, past


def _print_plans(plans: Sequence[EventPlan], *, as_json: bool) -> None:
    from cli.plan_output import print_plan  # noqa: PLC0415 - rich

    if as_json:
        print_json([one.to_json() for one in plans])
    else:
        for one in plans:
            print_plan(one)


def _print_changes(pairs: list[tuple[EventPlan, EventPlan]], *, as_json: bool) -> bool:
    """Print how each new plan differs from the old one; returns True if one does."""
    from analysis.plans.differences import changes  # noqa: PLC0415
    from cli.plan_output import print_changes  # noqa: PLC0415 - rich

    found = [(new, old, changes(old, new)) for new, old in pairs]
    if as_json:
        print_json([_difference(new, old, different) for new, old, different in found])
    else:
        print_changes(found)
    return any(new.status != old.status or different for new, old, different in found)


def _difference(new: EventPlan, old: EventPlan, different: list[Any]) -> dict[str, Any]:
    changes = [dataclasses.asdict(one) for one in different]
    return {"source": new.source, "before": old.status, "after": new.status, "changes": changes}
