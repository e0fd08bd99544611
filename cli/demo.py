"""``orchestrator demo``: shows the main job in five scenes."""

from __future__ import annotations

import dataclasses
import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from cli.io import DEFAULT_CONFIG, print_json
from local.defaults import EXAMPLE_CONFIG, EXAMPLE_EVENTS, clear_aws_profile_env


def demo(as_json: Annotated[bool, typer.Option("--json", help="Print the scenes as JSON.")] = False) -> None:  # noqa: FBT002
    """Run five sample events on the local stack.

    \b
    Exit codes:
      0  every event had the expected result
      1  some event had another result
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    # Imported here: moto takes a second to import, and --help does not need it.
    clear_aws_profile_env()
    from rich import box  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from cli.render import errors, headline, styled, working  # noqa: PLC0415
    from local.simulation.demo import scenes  # noqa: PLC0415

    began, played = time.monotonic(), []
    with working("starting the local engine: SNS, Lambda, Step Functions, Glue, SQS, EventBridge, MWAA") as update:
        for scene in scenes(update):
            played.append(scene)
            errors.print(
                Text.assemble(
                    f"{len(played)}. {scene.title}; expected: {scene.expected}\n   ", headline(scene.simulation)
                ),
                soft_wrap=True,
            )
    if as_json:
        print_json([dataclasses.asdict(scene) for scene in played])
    else:
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, header_style="bold", expand=False)
        table.add_column("event", overflow="fold")
        for column in ("trigger", "outcome", "ok"):
            table.add_column(column, no_wrap=True)
        for scene in played:
            shown = scene.simulation.triggers if scene.simulation.status == "STARTED" else []
            rows = [(f"{one.type}\n  {one.name}", one.error or one.status) for one in shown]
            for number, (target, outcome) in enumerate(rows or [("-", scene.simulation.status)]):
                seen = "" if number else "yes" if scene.passed else "NO"
                table.add_row("" if number else scene.title, target, styled(outcome), seen)
            table.add_section()
        console = Console()
        console.print(table)
        console.print(
            f"{sum(scene.passed for scene in played)} of {len(played)} events had the expected result, in "
            f"{time.monotonic() - began:.1f} s, through SNS, the router, the state machine and the services.\n\n"
            + _next_steps(),
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    raise typer.Exit(0 if all(scene.passed for scene in played) else 1)


def _next_steps() -> str:
    """Commands that work in a checkout, and in any folder with an installed tool."""
    typed = sys.argv[0]
    command = typed if Path(typed).name == "orchestrator" and shutil.which("orchestrator") != typed else "orchestrator"
    config = "" if DEFAULT_CONFIG.resolve() == EXAMPLE_CONFIG else f" --config {_shown(EXAMPLE_CONFIG)}"
    simulate = f"{shlex.quote(command)} simulate{config} --event {_shown(EXAMPLE_EVENTS / 'success.json')}"
    return (
        "Try next:\n"
        f"  {simulate}\n"
        "      the payload of every target\n"
        f"  {simulate} --without-target glue_job:load_images_to_redshift\n"
        "      one target missing, four started\n"
        f"  {shlex.quote(command)} local{config}\n"
        "      the same stack, running for the AWS CLI and boto3"
    )


def _shown(path: Path) -> str:
    """Path for a shell, relative to the current folder if the file is in it."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))
