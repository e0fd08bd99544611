"""Quotas of an AWS account, and the largest rate of events that they allow on paper."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.plans.event_plan import FIXED_TRANSITIONS, TRANSITIONS_PER_ITEM
from orchestration.planning.items import MAX_TRIGGERS

GLUE = "Glue runs"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket: its size, and the tokens that it gets back each second."""

    size: float
    refill: float


@dataclass(frozen=True, slots=True)
class Account:
    """Quotas of an account in one region.

    Attributes:
        starts: StartExecution calls.
        transitions: state transitions of Standard executions.
        glue_runs: concurrent Glue job runs.
        functions: concurrent Lambda invocations.
    """

    starts: Bucket
    transitions: Bucket
    glue_runs: int = 50
    functions: int = 1_000

    def limits(self, work: Work) -> dict[str, float]:
        """The largest rate of events for each quota, in events a second."""
        found = {
            "StartExecution": self.starts.refill / work.executions,
            "transitions": self.transitions.refill / work.transitions,
        }
        return found | ({GLUE: self.glue_runs / (work.glue_runs * work.run_seconds)} if work.glue_runs else {})


LARGE = Account(Bucket(1_300, 300), Bucket(5_000, 5_000))
SMALL = Account(Bucket(800, 150), Bucket(800, 800))
"""Source: docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html. New accounts have less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Triggers of one event, at most as many as one execution has.

    Attributes:
        triggers: number of triggers.
        glue_runs: number of those that are Glue runs.
        run_seconds: duration of a Glue run.
    """

    triggers: int
    glue_runs: int = 0
    run_seconds: float = 300.0

    def __post_init__(self) -> None:
        """Refuse work that needs several executions."""
        if not self.glue_runs <= self.triggers <= MAX_TRIGGERS:
            raise ValueError(
                f"work: found {self.triggers} triggers and {self.glue_runs} Glue runs, expected at most {MAX_TRIGGERS} triggers "
                "and no more Glue runs than triggers"
            )

    @property
    def executions(self) -> int:
        """StartExecution calls of an event."""
        return 1

    @property
    def transitions(self) -> int:
        """State transitions of an event whose targets start at the first attempt."""
        return FIXED_TRANSITIONS + TRANSITIONS_PER_ITEM * self.triggers
