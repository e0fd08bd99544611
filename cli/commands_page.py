"""``python -m cli.commands_page`` writes ``docs/commands.md`` from the commands' own help; ``--check`` compares it.

The builder writes the other reference pages. It must not import this package, which imports it. ``typer utils docs`` makes a
similar page, but without exit codes in lines, and with cut descriptions in the list of commands.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from cli.main import app

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path("docs/commands.md")

_HEAD = """# Commands

Written by `python -m cli.commands_page` from the help of each command; do not edit. `orchestrator COMMAND --help` prints the same
text. Errors and progress go to standard error, everything else to standard output.
"""

_COMMON = """## Environment variables

| Variable | Used for |
|---|---|
| `AWS_REGION`, `AWS_DEFAULT_REGION` | the region of a deployed stack, if no option and no ARN names it |
| `AWS_PROFILE`, `AWS_ACCESS_KEY_ID` and the others of boto3 | the credentials for a deployed stack |
| `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_SERVICE` | another address of AWS, such as a local stack |
| `ORCHESTRATOR_AIRFLOW_USER`, `ORCHESTRATOR_AIRFLOW_PASSWORD` | `local --airflow`: the login of the Airflow server |
| `NO_COLOR` | any value: no colours |

Commands that run the local engine ignore the AWS variables: they call nothing but the engine.

## Exit codes

| Code | Meaning in all commands |
|---|---|
| 0 | success |
| 1 | some triggers or events failed, or a check found a problem |
| 2 | bad input, or a refused operation |
| 3 | nothing to start, or nothing found |
| 130 | interrupted by Ctrl-C |

Each command below lists the codes that it uses.
"""

_EXIT_CODE = re.compile(r"^ *(\d+) +(.+)$", re.MULTILINE)
_CODE = re.compile(r"[\w./-]+\.json|--[a-z][a-z-]*|\$\{[^}]*\}|(?<![\w./])[A-Z]{2,}(?:=[A-Z]+|:[A-Z]+)+")
_EXTRA = re.compile(r" *\[(.*)\]")


def build() -> str:
    """The page, as Markdown. The width of the terminal does not change it."""
    group: Any = get_command(app)
    context = typer.Context(group, info_name="orchestrator", **group.context_settings)
    commands = [group.get_command(context, name) for name in group.list_commands(context)]
    lines = [_HEAD, *_usage(group, context), "| Command | Action |", "|---|---|"]
    lines += [f"| [`{one.name}`](#{one.name}) | {_text(one.help.partition(chr(10))[0])} |" for one in commands]
    lines += ["", *_parameters(group, context), _COMMON]
    for one in commands:
        lines += _section(one, typer.Context(one, parent=context, info_name=one.name))
    return "\n".join(lines).rstrip() + "\n"


def _section(command: Any, context: typer.Context) -> Iterator[str]:
    text, _, codes = command.help.partition("\b\nExit codes:\n")
    yield f"## `{command.name}`"
    yield ""
    for paragraph in filter(None, (one.strip() for one in text.split("\n\n"))):
        yield _text(" ".join(paragraph.split()))
        yield ""
    yield from _usage(command, context)
    yield from _parameters(command, context)
    yield "| Exit code | Meaning |"
    yield "|---|---|"
    yield from (f"| {code} | {_text(meaning)} |" for code, meaning in _EXIT_CODE.findall(codes))
    yield ""


def _usage(command: Any, context: typer.Context) -> list[str]:
    return ["```text", " ".join([context.command_path, *command.collect_usage_pieces(context)]), "```", ""]


def _parameters(command: Any, context: typer.Context) -> Iterator[str]:
    """A table of the arguments and options, which are never hidden."""
    yield "| Argument or option | Meaning |"
    yield "|---|---|"
    for one in command.get_params(context):
        names, shown = one.get_help_record(context)
        extra = _EXTRA.fullmatch(shown.removeprefix(one.help))
        meaning = one.help
        for fact in extra[1].split("; ") if extra else ():
            name, colon, value = fact.partition(": ")
            words = {"default": "Default:", "env var": "Environment variable:"}
            meaning += f" {words[name]} `{value}`." if colon else " Required." if fact == "required" else _range(fact)
        yield f"| `{_cell(names)}` | {_text(meaning)} |"
    yield ""


def _text(text: str) -> str:
    """Text of a help for a table's cell, with options and placeholders as code."""
    parts = text.split("`")
    parts[::2] = [_CODE.sub(r"`\g<0>`", part) for part in parts[::2]]
    return _cell("`".join(parts))


def _range(fact: str) -> str:
    """A sentence about the range of a number, from ``x>=1`` or ``0<=x<=9``."""
    low, _, high = fact.replace("x>=", "").partition("<=x<=")
    return f" From {low} to {high}." if high else f" At least {low}."


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command; returns its exit code: 1 if ``--check`` found a difference, 2 if it cannot run here."""
    parser = argparse.ArgumentParser(prog="python -m cli.commands_page", description="Write docs/commands.md.")
    parser.add_argument("--check", action="store_true", help="compare with the committed page, write nothing")
    check = parser.parse_args(arguments).check
    page = root / PAGE
    if not page.parent.is_dir():  # an installed tool has no docs
        sys.stderr.write(f"{page.parent}: does not exist. Run in a checkout: make build\n")
        return 2
    if not check:
        page.write_text(build(), encoding="utf-8")
        return 0
    if page.exists() and page.read_text(encoding="utf-8") == build():
        return 0
    sys.stderr.write(f"{PAGE}: differs from the help of the commands. Run: make build\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
