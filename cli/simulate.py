"""``orchestrator simulate``: one event through the whole path, on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.io import DEFAULT_CONFIG, print_json, read_text
from local.defaults import clear_aws_profile_env
from local.validation import check_config, check_event, local_settings, read_config, region_of
from orchestration.errors import ConfigError


def simulate(  # noqa: PLR0913 - one parameter an option
    *,
    config: Annotated[Path, typer.Option(help="The workflow configuration.")] = DEFAULT_CONFIG,
    event: Annotated[Path, typer.Option(help="The job event as JSON; - for standard input.")],
    without_target: Annotated[
        list[str] | None, typer.Option(help="A target that shall not exist, as TYPE:NAME; may be repeated.")
    ] = None,
    region: Annotated[
        str, typer.Option(help="The orchestrator's region; by default the one that the configuration names.")
    ] = "",
    topic: Annotated[
        str, typer.Option(help="job_events or job_approvals; by default the latter for a decision APPROVED.")
    ] = "",
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the executions.", min=1)] = 120,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Send one event through the whole path; show what every target received.

    Exit 0: all triggered; 1: some failed; 2: bad input; 3: nothing to trigger.
    """
    document, text = read_config(read_text(config)), read_text(event)
    region = region or region_of(document)
    check_config(document, local_settings(region))
    check_event(text)
    if topic not in ("", "job_events", "job_approvals"):
        raise ConfigError(f"--topic: found {topic!r}, expected job_events or job_approvals")
    # Only now: moto takes a second to import, and a typo should be answered at once.
    clear_aws_profile_env()
    from cli.render import errors, output, render  # noqa: PLC0415
    from local.engine import run_engine  # noqa: PLC0415 - moto takes a second to import
    from local.simulation import Simulator  # noqa: PLC0415

    with errors.status("starting the local engine") as status, run_engine(region) as engine:
        simulator = Simulator.deploy(engine, document, without_target or [])
        simulation = simulator.publish(text, status.update, timeout, topic)
    if as_json:
        print_json(simulation)
    else:
        output.print(render(simulation))
    raise typer.Exit(simulation.exit_code)
