"""``orchestrator simulate``: runs one event through the local stack."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.config_file import DEFAULT_ENV, Env, read_config_file
from cli.event_input import read_event_file
from cli.io import DEFAULT_CONFIG, print_json
from local.defaults import clear_aws_profile_env
from local.validation import check_config, check_event, local_settings, region_of
from orchestration.errors import ConfigError


def simulate(  # noqa: PLR0913 - one parameter an option
    *,
    config: Annotated[Path, typer.Option(help="Workflow configuration.")] = DEFAULT_CONFIG,
    event: Annotated[Path, typer.Option(help="Job event as JSON; - for standard input.")],
    without_target: Annotated[
        list[str] | None, typer.Option(help="Simulate a missing target, as TYPE:NAME. Repeatable.")
    ] = None,
    failing_run: Annotated[
        list[str] | None, typer.Option(help="Simulate a failing run of a trigger with wait, as TYPE:NAME. Repeatable.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Also follow the events that targets publish, level by level.")
    ] = False,
    region: Annotated[str, typer.Option(help="Region of the stack. Default: the region in the configuration.")] = "",
    env: Env = DEFAULT_ENV,
    topic: Annotated[
        str, typer.Option(help="Topic, job_events or job_approvals. Default: job_approvals for a decision APPROVED.")
    ] = "",
    timeout: Annotated[float, typer.Option(help="Maximum seconds to wait for the executions.", min=1)] = 120,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Run one event through the local stack.

    The command publishes the event to a local SNS topic and shows the payload that each target received. With --follow, it
    shows a line for each trigger of each event in the chain.

    \b
    Exit codes:
      0  all triggers started
      1  some triggers failed
      2  bad input
      3  nothing to trigger
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    document, text = read_config_file(config), read_event_file(event).text
    region = region or region_of(document)
    check_config(document, local_settings(region, env))
    check_event(text)
    if topic not in ("", "job_events", "job_approvals"):
        raise ConfigError(f"--topic {topic!r}: expected job_events or job_approvals.")
    # After the checks: moto takes a second to import, and a typo must be reported at once.
    clear_aws_profile_env()
    from cli.render import output, render, render_link, working  # noqa: PLC0415
    from local.engine.engine import run_engine  # noqa: PLC0415 - moto takes a second to import
    from local.simulation import cascade  # noqa: PLC0415
    from local.simulation.simulator import Simulator  # noqa: PLC0415

    with working("starting the local engine") as update, run_engine(region) as engine:
        simulator = Simulator.deploy(engine, document, without_target or [], env)
        simulator.fail_runs(failing_run or [])
        if follow:
            links = []
            for link in cascade.follow(simulator, text, update, timeout, topic):
                links.append(link)
                if not as_json:
                    output.print(render_link(link))
        else:
            simulation = simulator.publish(text, update, timeout, topic)
    if follow:
        if as_json:
            print_json(links)
        raise typer.Exit(cascade.exit_code(links))
    if as_json:
        print_json(simulation)
    else:
        output.print(render(simulation))
    raise typer.Exit(simulation.exit_code)
