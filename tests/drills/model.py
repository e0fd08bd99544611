"""The result of a drill: expected starts, starts that were found, and other violations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

SHOWN = 5
"""Examples of lost starts, doubled starts and violations in the result."""

Progress = Callable[[str, int, int], None]
"""Called with the step, the number that are done, and their total."""


def silent(step: str, done: int, total: int) -> None:
    """Show no progress."""


class DrillSkippedError(Exception):
    """The drill needs a program that is not installed. The message names it, and the command that installs it."""


@dataclass(slots=True)
class Tally:
    """Expected and found starts of one drill.

    Attributes:
        events: different events.
        deliveries: deliveries of them to the router.
        expected: number of starts by target and run. Each is 1, unless the drill asks for more.
        found: number of starts that the targets received.
        wrong: violations that are neither lost nor doubled, one sentence each.
        facts: more figures for the page, by name.
    """

    events: int = 0
    deliveries: int = 0
    expected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    facts: dict[str, int | str] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """Expected starts that no target received."""
        return (self.expected - self.found).total()

    @property
    def doubled(self) -> int:
        """Starts that exceed the expected ones."""
        return (self.found - self.expected).total()

    def add(self, other: Tally) -> None:
        """Add the figures of another part of the drill."""
        self.events += other.events
        self.deliveries += other.deliveries
        self.expected += other.expected
        self.found += other.found
        self.wrong += other.wrong
        self.facts |= other.facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One drill, as docs/reliability.json has it.

    Attributes:
        size: events or cases that the drill was asked for.
        seconds: duration.
        starts: starts that the targets received.
        examples: the first lost starts, doubled starts and violations.
        skipped: the reason why the drill did not run, or empty.
    """

    name: str
    size: int
    seed: int
    seconds: float
    events: int = 0
    deliveries: int = 0
    starts: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    facts: dict[str, int | str] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)
    skipped: str = ""

    @classmethod
    def of(cls, tally: Tally, *, name: str, size: int, seed: int, seconds: float) -> Result:
        """The result of a drill that ran."""
        lost = [f"lost: {key}" for key in list(tally.expected - tally.found)[:SHOWN]]
        doubled = [f"doubled: {key}" for key in list(tally.found - tally.expected)[:SHOWN]]
        return cls(
            name=name,
            size=size,
            seed=seed,
            seconds=round(seconds, 1),
            events=tally.events,
            deliveries=tally.deliveries,
            starts=tally.found.total(),
            lost=tally.lost,
            doubled=tally.doubled,
            wrong=len(tally.wrong),
            facts=tally.facts,
            examples=[*lost, *doubled, *tally.wrong[:SHOWN]],
        )

    @property
    def failed(self) -> bool:
        """True if anything was lost, doubled or wrong, or if nothing was tested."""
        return bool(self.lost or self.doubled or self.wrong) or (not self.skipped and not self.starts)

    def json(self) -> dict[str, Any]:
        """The result as JSON values."""
        return asdict(self)


Run = Callable[[int, int, Progress], Tally]
"""Runs a drill of a size with a seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One drill of the registry.

    Attributes:
        name: name on the command line.
        title: heading on the page.
        text: sentences for the page: the load, the faults, and the rule of the count.
        unit: what the size counts.
        size: size of ``make drill``.
        small: size of the version that runs as a test.
    """

    name: str
    title: str
    text: str
    unit: str
    size: int
    small: int
    run: Run
