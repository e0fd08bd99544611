"""Results of the measurements, as docs/benchmarks.json stores them. ``render`` makes the page from nothing else."""

from __future__ import annotations

import statistics
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(_Record):
    """One measured quantity.

    Attributes:
        values: every measured value, in the order of the runs.
        unit: unit of the values, such as ``ms``; empty for ratios and counts.
    """

    values: list[float] = Field(min_length=1)
    unit: str = ""

    @property
    def median(self) -> float:
        """Median of the values."""
        return statistics.median(self.values)

    def over(self, base: Figure) -> Figure:
        """Ratio of each value to the base's value in the same round.

        Raises:
            ValueError: the figures have different numbers of rounds.
        """
        return Figure(values=[own / other for own, other in zip(self.values, base.values, strict=True)])


Cell = Figure | int | str


class Table(_Record):
    """One table.

    Attributes:
        columns: headings.
        rows: one list for each line, as long as ``columns``.
        note: sentences below the table.
    """

    columns: list[str]
    rows: list[list[Cell]]
    note: str = ""


class Goal(_Record):
    """A goal and the figure that it applies to.

    Attributes:
        name: the goal.
        found: the measured figure; its median counts.
        bound: ``at most`` or ``at least`` the limit.
        limit: in the figure's unit.
        tried: the reason if the goal is missed, and the improvements tried.
    """

    name: str
    found: Figure
    bound: Literal["at most", "at least"]
    limit: float
    tried: str

    @property
    def met(self) -> bool:
        """True if the median keeps the limit."""
        return self.found.median <= self.limit if self.bound == "at most" else self.found.median >= self.limit

    @property
    def distance(self) -> float:
        """Distance of the median from the limit, as a share of the limit; 0 if the goal is met."""
        return 0.0 if self.met else abs(self.found.median - self.limit) / self.limit


class Section(_Record):
    """The results of one module.

    Attributes:
        name: the module: ``python -m bench.NAME``.
        title: heading.
        about: paragraphs that explain the measurement and its limits.
        versions: name to version of the programs that only this section uses.
        seeds: seeds of its random numbers.
        seconds: duration of the measurement.
        date: its start, UTC, ISO 8601.
        load: load average of the machine for one minute, at the start.
    """

    name: str
    title: str
    about: str
    tables: list[Table]
    goals: list[Goal] = []
    versions: dict[str, str] = {}
    seeds: list[int] = []
    seconds: float = 0.0
    date: str = ""
    load: float = 0.0


class Report(_Record):
    """One run of every section.

    Attributes:
        date: of the newest measurement, UTC, ISO 8601.
        quick: true if ``--quick`` reduced the runs of a section.
    """

    date: str
    quick: bool
    machine: str
    versions: dict[str, str]
    sections: list[Section]
