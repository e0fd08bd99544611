"""Runs the drills, three at a time, each in a process: ``python -m tests.drills --help``."""

from __future__ import annotations

import contextlib
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.drills.model import Result
from tests.drills.page import environment, render
from tests.drills.registry import DRILLS
from tests.drills.running import Show, run_all

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def _shown() -> Iterator[Show]:
    """Yield a function that shows the progress of a drill: bars on a terminal, otherwise a line for each step."""
    columns = (
        TextColumn("{task.description:<22}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[step]}"),
    )
    console = Console(stderr=True)
    tasks: dict[str, TaskID] = {}
    seen: set[tuple[str, str]] = set()
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:

        def show(name: str, step: str, done: int, total: int) -> None:
            if not console.is_terminal:
                if (name, step) not in seen:
                    sys.stderr.write(f"{name}: {step}, {total:,}\n")
                seen.add((name, step))
                return
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total, step=step)
            bars.update(tasks[name], completed=done, total=total, step=step)

        yield show


def _print(results: Sequence[Result], seed: int, scale: float) -> None:
    table = Table("drill", "events", "deliveries", "starts", "lost", "doubled", "violations", "seconds")
    for one in results:
        figures = (one.events, one.deliveries, one.starts, one.lost, one.doubled, one.wrong)
        style = "red" if one.failed else ""
        table.add_row(one.name, *(f"{figure:,}" for figure in figures), f"{one.seconds:,.0f}", style=style)
    console = Console()
    console.width = max(console.width, 110)  # a file or a pipe has no width
    console.print(table)
    for one in results:
        if one.skipped:
            sys.stderr.write(f"{one.name}: not run: {one.skipped}\n")
        for example in one.examples:
            sys.stderr.write(f"{one.name}: {example}\n")
        if one.failed:
            size = "" if scale == 1 else f" --scale {scale:g}"  # events and faults depend on the size, too
            again = f"python -m tests.drills --only {one.name} --seed {seed}{size}"
            sys.stderr.write(f"{one.name}: failed. To run it again: {again}\n")


app = typer.Typer(add_completion=False)


@app.command()
def main(
    *,
    seed: Annotated[int | None, typer.Option(help="Seed of events, faults and order. Default: a random one.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Name of a drill. Repeatable. Default: all.")] = None,
    scale: Annotated[float, typer.Option(help="Factor of all sizes.", min=0.001, max=100)] = 1.0,
    at_once: Annotated[int, typer.Option(help="Drills that run at the same time.", min=1, max=16)] = 3,
    write: Annotated[
        bool, typer.Option("--write", help="Write docs/reliability.md and docs/reliability.json.")
    ] = False,
) -> None:
    """Count lost and doubled starts under fire.

    \b
    Exit codes:
      0  nothing was lost, doubled or otherwise wrong
      1  a drill failed
      2  bad input
    """
    unknown = sorted(set(only or ()) - {one.name for one in DRILLS})
    if unknown:
        names = ", ".join(one.name for one in DRILLS)
        raise typer.BadParameter(f"found {', '.join(unknown)}, expected {names}.", param_hint="--only")
    if write and only:
        raise typer.BadParameter("the page has all drills. Leave out --only.", param_hint="--write")
    chosen = [one for one in DRILLS if one.name in (only or [one.name])]
    seed = random.randrange(10_000) if seed is None else seed
    sizes = {one.name: max(1, round(one.size * scale)) for one in chosen}
    began = time.monotonic()
    with _shown() as show:
        results = run_all(sizes, seed, at_once, show)
    _print(results, seed, scale)
    if write:
        found = environment(seed, scale, time.monotonic() - began)
        document = {"environment": found, "results": [one.json() for one in results]}
        (ROOT / "docs" / "reliability.json").write_text(
            json.dumps(document, indent=2, ensure_ascii=True) + "\n", encoding="utf-8"
        )
        (ROOT / "docs" / "reliability.md").write_text(render(document), encoding="utf-8")
    raise typer.Exit(int(any(one.failed for one in results)))


if __name__ == "__main__":
    app()
