"""Entry point of ``orchestrator``: the commands, and one line for whatever a person got wrong."""

from __future__ import annotations

import sys

import typer
from botocore.exceptions import BotoCoreError, ClientError

from cli import demo, local, redrive, replay, simulate, upload, validate
from orchestration.errors import OrchestrationError

app = typer.Typer(
    name="orchestrator",
    help="What follows what when a data job succeeds: check it, try it on this machine, start it again.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(validate.validate)
app.command()(simulate.simulate)
app.command()(demo.demo)
app.command()(local.local)
app.command()(replay.replay)
app.command()(redrive.redrive_dlq)
app.command()(upload.upload)


def main() -> None:
    """Run the command; exit code 2 and one line where the input is wrong."""
    try:
        app()
    except (OrchestrationError, ClientError, BotoCoreError) as error:
        line = " ".join(str(error).split())
        sys.stderr.write(f"orchestrator: {line}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
