"""Compares the router of two revisions on random pairs: ``python -m tests.parity ba0920a --pairs 2000``."""

from __future__ import annotations

import contextlib
import random
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests.parity.comparison import ROOT, DriverError, Result, compare, tree_of
from tests.parity.features import GROUPS
from tests.parity.scenarios import scenario

COMPLETE = 2_000
"""Number of pairs that must show every feature."""
_SHOWN = 10

app = typer.Typer(add_completion=False)


def _print(result: Result, seconds: float) -> None:
    console = Console()
    console.width = max(console.width, 100)  # a file or a pipe has no width
    table = Table("group", "pairs with the feature")
    for group, names in GROUPS.items():
        shown = ", ".join(f"{name} {result.counts[name]:,}" for name in names)
        table.add_row(group, shown)
    table.add_row("calls", ", ".join(f"{name} {count:,}" for name, count in sorted(result.calls.items())))
    console.print(table)
    for text in result.differences[:_SHOWN]:
        console.print(text, markup=False, highlight=False)
    for reason, count in sorted(result.allowed.items()):
        console.print(f"allowed in {count:,} deliveries: {reason}. Example: {result.examples[reason]}", markup=False)
    console.print(
        f"{result.pairs:,} pairs, {result.lines:,} lines, {len(result.differences):,} differences, "
        f"{sum(result.allowed.values()):,} allowed differences, {seconds:,.0f} seconds",
        markup=False,
    )


@app.command()
def main(
    old: Annotated[str, typer.Argument(help="Revision to compare with, as git names it.")],
    new: Annotated[str, typer.Argument(help="Other revision. Default: the files of this checkout.")] = "",
    *,
    pairs: Annotated[int, typer.Option(help="Number of pairs.", min=1)] = COMPLETE,
    seed: Annotated[int | None, typer.Option(help="Seed of the pairs. Default: a random one.")] = None,
    only: Annotated[int | None, typer.Option(help="Number of one pair, to play it alone.", min=0)] = None,
) -> None:
    """Compare inputs, names, responses and logs.

    \b
    Exit codes:
      0  both revisions do the same, but for the differences of tests/parity/allowed.py
      1  they differ, or a feature has no pair
      2  bad input
    """
    seed = random.randrange(10_000) if seed is None else seed
    numbers = range(pairs) if only is None else range(only, only + 1)
    result, began = Result(), time.monotonic()
    with contextlib.ExitStack() as stack:
        try:
            before = stack.enter_context(tree_of(old))
            after = stack.enter_context(tree_of(new)) if new else Path(ROOT)
        except LookupError as error:
            raise typer.BadParameter(str(error)) from error
        try:
            for result in compare(before, after, (scenario(seed, number) for number in numbers)):
                if sys.stderr.isatty():
                    sys.stderr.write(f"\r{result.pairs:,} pairs, {len(result.differences):,} differences ")
        except DriverError as error:
            sys.stderr.write(f"{error}\n")
            raise typer.Exit(1) from error
        except KeyboardInterrupt:  # the figures so far
            sys.stderr.write("interrupted\n")
    _print(result, time.monotonic() - began)
    missing = [name for names in GROUPS.values() for name in names if not result.counts[name]]
    incomplete = bool(missing) and result.pairs >= COMPLETE
    if incomplete:
        sys.stderr.write(f"no pair has: {', '.join(missing)}\n")
    if result.differences:
        sys.stderr.write(f"To play one pair again: python -m tests.parity {old} {new} --seed {seed} --only NUMBER\n")
    else:
        sys.stderr.write(f"seed {seed}\n")
    raise typer.Exit(int(bool(result.differences) or incomplete))


if __name__ == "__main__":
    app()
