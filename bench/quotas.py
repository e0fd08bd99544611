"""Simulates events under the quotas of an AWS account: ``python -m bench.quotas``.

The quotas give the largest rate on paper. A simulation with SimPy then sends events at rates around it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench import throttled_starts
from bench.account import GLUE, LARGE, SMALL, Account, Bucket, Work
from bench.command import Run, main
from bench.results import Cell, Figure, Goal, Section, Table
from bench.simulation import Outcome, simulate
from bench.throttled_starts import Starts, retrier

SHARES = (0.5, 0.9, 1.1, 2.0)
"""Rates of the events, as shares of the largest rate on paper."""
SECONDS, QUICK_SECONDS = 60.0, 20.0
GLUE_SECONDS = 7_200.0
"""Seconds of the scenario with Glue jobs, in which an event arrives every few seconds only."""
BURST = 10_000
GLUE_TRIGGERS, GLUE_BUCKET = 400, Bucket(10, 10)
"""Triggers that start at once, and the calls of StartJobRun that Glue accepts. AWS publishes no rate."""
SEED = 20_261_128
ABOUT = """A simulation of the service quotas (docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, and Glue's
default of 50 concurrent runs of an account). The two rows of Step Functions quotas are those of the large regions
(us-east-1, us-west-2, eu-west-1) and of the others. Events arrive at random (Poisson).

The model has the project's retries. A refused StartExecution is tried three times by the SDK, then Lambda invokes the
router twice more, after one and two minutes. Then the event goes to the failure bucket, and `orchestrator redrive-dlq`
sends it again. Step Functions delays transitions beyond its bucket. A Glue run that is refused for concurrency is tried again
20 times, after a random time of up to four minutes. Then the item fails, and `orchestrator replay` starts it. The last table has
throttled calls: 400 Glue triggers start at once, and Glue accepts ten calls a second. "Lost" is an event that is in none of
these places: the model has none by construction, and `docs/reliability.md` counts lost events of the real router."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Quotas and the work of each event."""

    name: str
    account: Account
    work: Work
    seconds: float


def scenarios(seconds: float) -> tuple[Scenario, ...]:
    """The scenarios of the page; ``seconds`` is the duration of the arrivals."""
    messages = Work(triggers=3)
    return (
        Scenario("large region, 3 messages", LARGE, messages, seconds),
        Scenario("other region, 3 messages", SMALL, messages, seconds),
        Scenario("other region, 1 Glue run of 5 minutes", SMALL, Work(triggers=1, glue_runs=1), GLUE_SECONDS),
    )


def measure(options: Run) -> Section:
    """Simulate each scenario at each rate and with each seed, then a burst."""
    seconds = QUICK_SECONDS if options.quick else SECONDS
    seeds = [SEED + number for number in range(options.rounds)]
    rows: list[list[Cell]] = []
    lost, below, unstarted = list[float](), list[float](), list[float]()
    paper: list[list[Cell]] = []
    for one in scenarios(seconds):
        limits = one.account.limits(one.work)
        first, largest = min(limits.items(), key=lambda item: item[1])
        paper.append([one.name, *(f"{limits[name]:,.2f}" if name in limits else "-" for name in _LIMITS), first])
        for share in SHARES:
            options.step(f"{one.name}, {share:.0%} of the largest rate")
            found = [simulate(one.account, one.work, largest * share, one.seconds, seed) for seed in seeds]
            rows.append([one.name, f"{100 * share:.0f} % = {largest * share:,.2f}/s", *_row(found)])
            lost += [outcome.lost for outcome in found]
            if share <= SHARES[0]:
                below += [outcome.failed_events + outcome.failed_items for outcome in found]
    bursts: list[list[Cell]] = []
    for name, account in (("large region", LARGE), ("other region", SMALL)):
        options.step(f"{BURST:,} events at once, {name}")
        found = [simulate(account, Work(triggers=3), BURST, 1.0, seed) for seed in seeds]
        bursts.append([name, *_row(found)])
        lost += [outcome.lost for outcome in found]
    throttled: list[list[Cell]] = []
    for retry in (retrier(), retrier()._replace(jitter="NONE")):
        options.step(f"{GLUE_TRIGGERS} Glue triggers at once, jitter {retry.jitter}")
        starts = [throttled_starts.simulate(GLUE_TRIGGERS, GLUE_BUCKET, retry, seed) for seed in seeds]
        throttled.append([retry.jitter, *_starts(starts)])
        unstarted += [one.failed for one in starts] if retry == retrier() else []
    return Section(
        name="quotas",
        title="Scale under the account's quotas",
        about=ABOUT,
        tables=[
            Table(columns=["Largest rate on paper, events/s", *_LIMITS, "First"], rows=paper),
            Table(columns=["Scenario", "Events", *_COLUMNS], rows=rows),
            Table(columns=[f"{BURST:,} events in one second", *_COLUMNS], rows=bursts),
            Table(columns=[f"{GLUE_TRIGGERS} Glue triggers at once: jitter", *_STARTS], rows=throttled),
        ],
        goals=[
            Goal(
                name="Events lost in every simulation",
                found=Figure(values=lost),
                bound="at most",
                limit=0,
                tried="no event may be lost.",
            ),
            Goal(
                name="Events and items that fail at half of the largest rate",
                found=Figure(values=below),
                bound="at most",
                limit=0,
                tried="a quota is saturated below the rate on paper.",
            ),
            Goal(
                name="Throttled Glue triggers that never start, with jitter",
                found=Figure(values=unstarted),
                bound="at most",
                limit=0,
                tried="the retries end before the bucket has accepted each trigger.",
            ),
        ],
        seeds=seeds,
    )


_LIMITS = ("StartExecution", "transitions", GLUE)
_COLUMNS = (
    "Started events/s",
    "Publication to the execution's end, p50",
    "p99",
    "Refused StartExecution calls",
    "In the failure bucket",
    "Failed items",
    "Lost",
    "First saturated",
)
_STARTS = ("Calls of StartJobRun", "Failed triggers", "Last start after")


def _starts(found: list[Starts]) -> list[Cell]:
    return [
        Figure(values=[float(one.calls) for one in found]),
        Figure(values=[float(one.failed) for one in found]),
        Figure(values=[one.seconds for one in found], unit="s"),
    ]


def _row(found: list[Outcome]) -> list[Cell]:
    def figure(name: str, unit: str = "") -> Figure:
        return Figure(values=[float(getattr(one, name)) for one in found], unit=unit)

    return [
        figure("rate"),
        figure("p50", "s"),
        figure("p99", "s"),
        figure("refused"),
        figure("failed_events"),
        figure("failed_items"),
        figure("lost"),
        found[0].saturated or "nothing",
    ]


if __name__ == "__main__":
    main(measure, __doc__ or "")
