"""Measures every section and writes docs/benchmarks.json and docs/benchmarks.md: ``python -m bench``."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bench import cold_start, cost, developer, engine, fan_out, quotas, render, routing
from bench.command import Run, timed
from bench.results import Report, Section

SECTIONS: tuple[ModuleType, ...] = (cold_start, routing, fan_out, cost, quotas, engine, developer)
NAMES = {module.__name__.removeprefix("bench."): module for module in SECTIONS}
"""Sections of the page by name, in its order."""
DOCS = Path(__file__).resolve().parent.parent / "docs"


def main() -> None:
    """Measure, then write both files."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller sizes; the page shows it")
    parser.add_argument("--only", nargs="+", choices=sorted(NAMES), help="sections to measure again; the others stay")
    options = parser.parse_args()
    results = DOCS / "benchmarks.json"
    before = Report.model_validate_json(results.read_text(encoding="utf-8")) if results.exists() else None
    measured: list[Section] = []
    # Written after each section: a section that fails does not lose the others.
    for section in measure_all([NAMES[name] for name in options.only or NAMES], quick=options.quick):
        measured.append(section)
        write(results, report_of(before, measured, quick=options.quick))
    for goal in (goal for one in measured for goal in one.goals if not goal.met):
        sys.stdout.write(f"missed: {goal.name}: {render.show(goal.found)}\n")


def report_of(before: Report | None, measured: Sequence[Section], *, quick: bool) -> Report:
    """The sections measured, and the former results of the others."""
    complete = len(measured) == len(NAMES)
    return Report(
        date=max(one.date for one in measured),
        quick=quick or (before is not None and before.quick and not complete),
        machine=f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} cores",
        versions={"Python": platform.python_version()} | {name: version(name) for name in ("boto3", "moto", "simpy")},
        sections=merged(before.sections if before else [], measured),
    )


def write(results: Path, report: Report) -> None:
    """Write the results, and the page from them."""
    results.write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (DOCS / "benchmarks.md").write_text(render.render(report), encoding="utf-8")


def measure_all(modules: Sequence[ModuleType], *, quick: bool) -> Iterator[Section]:
    """Measure sections one after the other, and show the progress on standard error."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(modules))
        for module in modules:
            name = module.__name__.removeprefix("bench.")

            def step(text: str, name: str = name) -> None:
                progress.update(task, description=f"{name}: {text}")

            step("starting")
            section = timed(module.measure, Run(quick, step))
            progress.advance(task)
            console.print(f"{name}: {section.seconds:,.0f} s")
            yield section


def merged(before: Sequence[Section], measured: Sequence[Section]) -> list[Section]:
    """The sections of the page, in its order: those measured, else the former ones."""
    found = {one.name: one for one in (*before, *measured)}
    return [found[name] for name in NAMES if name in found]


if __name__ == "__main__":
    main()
