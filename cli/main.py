"""Entry point of ``orchestrator``: loads a command when it runs, and reports a person's mistake in one line."""

from __future__ import annotations

import errno
import importlib
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from cli.arguments import utf8_arguments
from cli.streams import drop_output, protect_streams
from orchestration.errors import OrchestrationError

COMMANDS = {
    "validate": "cli.validate",
    "plan": "cli.plan",
    "test": "cli.test",
    "graph": "cli.graph",
    "iam": "cli.iam",
    "simulate": "cli.simulate",
    "publish": "cli.publish",
    "demo": "cli.demo",
    "local": "cli.local",
    "executions": "cli.executions",
    "inspect": "cli.inspect",
    "console": "cli.console",
    "doctor": "cli.doctor",
    "replay": "cli.replay",
    "redrive-dlq": "cli.redrive",
    "upload": "cli.upload",
}
"""Module of each command; its function has the command's name."""

_SETTINGS: dict[str, Any] = {"add_completion": False, "pretty_exceptions_enable": False, "rich_markup_mode": None}


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class _LazyCommands(Mapping[str, Any]):
    """Imports a command's module when the command is looked up: ``validate`` needs neither boto3, rich nor moto."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            function = getattr(importlib.import_module(COMMANDS[name]), name.replace("-", "_"))
            alone = typer.Typer(**_SETTINGS)
            alone.command(name)(utf8_arguments(function))
            self._loaded[name] = get_command(alone)
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class _Commands(TyperGroup):
    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"commands": _LazyCommands()})

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands' names, without loading them."""
        return list(COMMANDS)


app = typer.Typer(
    **_SETTINGS | {"add_completion": True},
    cls=_Commands,
    name="orchestrator",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the option's value
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - no other command needs it

        typer.echo(f"orchestrator {version('downstream-orchestrator')}")
        raise typer.Exit


@app.callback()
def orchestrator(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Route job events to downstream triggers: validate, simulate, deploy, replay."""


def main() -> None:
    """Run the command. Bad input ends with exit code 2 and one line."""
    protect_streams()
    try:
        app()
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if not package or find_spec(package):  # the package exists: a module in it is missing, which is a defect
            raise
        _fail(f"the Python package {package} is not installed. Install the tool again with its dependencies.")
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            drop_output()
            _fail(f"the output cannot be written: {error.strerror}. Make room, or write it to another place.")
        if not isinstance(error, _input_errors()):
            raise
        from cli.aws_errors import advice  # noqa: PLC0415 - needed only after an error

        _fail(f"{' '.join(str(error).split())}{advice(error)}")


def _input_errors() -> tuple[type[Exception], ...]:
    """Errors whose cause a person can correct."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - needed only after an error

    return OrchestrationError, ClientError, BotoCoreError


def _fail(line: str) -> None:
    sys.stderr.write(f"orchestrator: {line}\n")
    sys.exit(2)


if __name__ == "__main__":
    main()
