"""Measures every section and writes docs/benchmarks.json and docs/benchmarks.md: ``python -m bench [--quick]``."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bench import cold_start, cost, developer, engine, fan_out, quotas, render, routing
from bench.command import Run, timed
from bench.results import Report, Section

SECTIONS = (cold_start, routing, fan_out, cost, quotas, engine, developer)
DOCS = Path(__file__).resolve().parent.parent / "docs"


def main() -> None:
    """Measure, then write both files."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller sizes; the page shows it")
    parser.add_argument("--output", type=Path, default=DOCS, help="folder of benchmarks.json and benchmarks.md")
    options = parser.parse_args()
    load, sections = os.getloadavg()[0], list[Section]()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(SECTIONS))
        for module in SECTIONS:
            name = module.__name__.removeprefix("bench.")

            def step(text: str, name: str = name) -> None:
                progress.update(task, description=f"{name}: {text}")

            step("starting")
            sections.append(timed(module.measure, Run(options.quick, step)))
            progress.advance(task)
            console.print(f"{name}: {sections[-1].seconds:,.0f} s")
    report = Report(
        date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        quick=options.quick,
        machine=f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} cores",
        load=load,
        versions={"Python": platform.python_version()} | {name: version(name) for name in ("boto3", "moto", "simpy")},
        sections=sections,
    )
    (options.output / "benchmarks.json").write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (options.output / "benchmarks.md").write_text(render.render(report), encoding="utf-8")
    for goal in (goal for one in sections for goal in one.goals if not goal.met):
        sys.stdout.write(f"missed: {goal.name}: {render.show(goal.found)}\n")


if __name__ == "__main__":
    main()
