"""Runs one section from the command line and prints it."""

from __future__ import annotations

import argparse
import datetime
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.markdown import Markdown

from bench import render
from bench.results import Section

ROUNDS, QUICK_ROUNDS = 7, 3


@dataclass(frozen=True, slots=True)
class Run:
    """Options of a measurement.

    Attributes:
        quick: fewer rounds and smaller sizes, to try the benchmarks.
        step: called with the name of each step before it starts.
    """

    quick: bool
    step: Callable[[str], None]

    @property
    def rounds(self) -> int:
        """Number of measurements of each figure."""
        return QUICK_ROUNDS if self.quick else ROUNDS


Measure = Callable[[Run], Section]


def timed(measure: Measure, run: Run) -> Section:
    """Measure a section, with its date, duration and the machine's load before it."""
    began, load = time.monotonic(), round(os.getloadavg()[0], 1)
    date = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    section = measure(run)
    return section.model_copy(update={"seconds": round(time.monotonic() - began, 1), "date": date, "load": load})


def main(measure: Measure, about: str) -> None:
    """Measure one section, and print it.

    Args:
        measure: the section.
        about: docstring of the module.
    """
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller sizes")
    options = parser.parse_args()
    progress = Console(stderr=True)
    with progress.status("starting") as status:
        section = timed(measure, Run(options.quick, status.update))
    Console().print(Markdown(render.section(section)))
    for goal in section.goals:
        Console().print(f"{'met' if goal.met else 'MISSED'}: {goal.name}: {render.show(goal.found)}")
