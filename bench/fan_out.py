"""Measures the time from an SNS publication to the last target's start: ``python -m bench.fan_out``.

The baselines are Lambda functions with a loop, without threads and with them. All variants run on the same engine, in turn.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench.command import Run, main
from bench.glue_service import GlueService
from bench.results import Cell, Figure, Goal, Section, Table
from bench.rig import CAREFUL_LOOP, LOOP, OURS, POOL, THREADS, Event, run_rig

COUNTS, FEW, MANY = (1, 10, 40, 400), 10, 400
SERVICE_MS, SLOW_SECONDS = 25, 2.0
SLOW = {"one slow": 1, "five slow": 5}
MISSING = "job_2"
ABOUT = f"""The seconds from the publication to SNS until the service has started the last Glue job. The for loop is a Lambda
function that calls StartJobRun for one target after the other. The loop with threads makes {THREADS} calls at once, as the
state machine does: it is the faster baseline. When a call fails, Lambda repeats it, and the other targets start
again. All variants run on the same embedded engine, warm, with the same events.

On this machine the interpreter of the state machine shares two cores with the services and the router. On AWS it
does not. The engine's services answer without a network. So two tables give each call of StartJobRun a service
time, for all variants: none, and {SERVICE_MS} ms. AWS publishes no latency of StartJobRun. The goals use
{SERVICE_MS} ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Targets of one measurement.

    Attributes:
        count: number of targets.
        service_ms: service time of a start.
        slow: number of targets whose start takes ``SLOW_SECONDS``.
        missing: name of a target that does not exist, or empty.
    """

    count: int = FEW
    service_ms: int = SERVICE_MS
    slow: int = 0
    missing: str = ""

    def service(self) -> GlueService:
        """The service with these times."""
        return GlueService(self.service_ms / 1000, {f"job_{number}": SLOW_SECONDS for number in range(self.slow)})


def measure(options: Run) -> Section:
    """Measure every number of targets, then slow targets, then a failing one."""
    counts = {
        ms: {count: _events(options, Case(count=count, service_ms=ms)) for count in COUNTS} for ms in (0, SERVICE_MS)
    }
    slow = {name: _events(options, Case(slow=number)) for name, number in SLOW.items()}
    failing = _events(options, Case(missing=MISSING), (OURS, LOOP, CAREFUL_LOOP, POOL))
    many, five = counts[SERVICE_MS][MANY], slow["five slow"]
    return Section(
        name="fan_out",
        title="Fan-out",
        about=ABOUT,
        tables=[
            *(_table(f"Targets, {ms} ms each", {f"{n:,}": one for n, one in by.items()}) for ms, by in counts.items()),
            _table(f"{FEW} targets, slow ones {SLOW_SECONDS:.0f} s", slow),
            _failures(failing),
        ],
        goals=[
            Goal(
                name=f"{MANY} triggers: the router's answer, from the publication",
                found=_answered(many[OURS]),
                bound="at most",
                limit=0.2,
                tried="the executions that the router has just started run on the same cores while it answers.",
            ),
            Goal(
                name=f"{MANY} triggers of {SERVICE_MS} ms: all started, against the for loop",
                found=_last(many[OURS]).over(_last(many[LOOP])),
                bound="at most",
                limit=1.0,
                tried="the table shows the interpreter's share: its time with a service time of 0 ms.",
            ),
            Goal(
                name="Five slow targets: the for loop's time against ours",
                found=_last(five[LOOP]).over(_last(five[OURS])),
                bound="at least",
                limit=4.0,
                tried=f"all slow calls overlap, so the rest is the time of {FEW} triggers without slow targets.",
            ),
        ],
    )


def _events(options: Run, case: Case, variants: tuple[str, ...] = (OURS, LOOP, POOL)) -> dict[str, list[Event]]:
    """Publish to each variant in turn, once in each round."""
    found: dict[str, list[Event]] = {variant: [] for variant in variants}
    about = f"{case.count} targets, {case.service_ms} ms, {case.slow} slow"
    options.step(f"{about}, deploying")
    with run_rig(case.count, case.service(), case.missing) as rig:
        for number in range(options.rounds):
            for variant, events in found.items():
                options.step(f"{about}, round {number + 1} of {options.rounds}, {variant}")
                events.append(rig.publish(variant))
                _check(events[-1], variant, case)
    return found


def _check(event: Event, variant: str, case: Case) -> None:
    """Refuse to measure an event whose targets did not start."""
    expected = case.count - bool(case.missing)
    if len(event.starts) != expected and not (case.missing and variant in (LOOP, POOL)):
        raise RuntimeError(f"{variant}: {len(event.starts)} of {expected} targets started. Run the section alone again")


def _last(events: list[Event]) -> Figure:
    return Figure(values=[one.last for one in events], unit="s")


def _answered(events: list[Event]) -> Figure:
    return Figure(values=[one.answered for one in events], unit="s")


def _table(heading: str, measured: dict[str, dict[str, list[Event]]]) -> Table:
    rows: list[list[Cell]] = []
    for name, by_variant in measured.items():
        ours, loop = by_variant[OURS], by_variant[LOOP]
        rows.append(
            [
                name,
                _last(ours),
                _last(loop),
                _last(by_variant[POOL]),
                _last(loop).over(_last(ours)),
                _answered(ours),
                _answered(loop),
            ]
        )
    columns = [
        heading,
        "Last start",
        "for loop: last start",
        f"{POOL}: last start",
        "for loop / ours",
        "Function's answer",
        "for loop: answer",
    ]
    return Table(columns=columns, rows=rows)


def _failures(measured: dict[str, list[Event]]) -> Table:
    rows: list[list[Cell]] = []
    for variant, events in measured.items():
        one = events[-1]
        never = FEW - 1 - len(one.starts)
        visible = "failed execution that names it" if one.failed else "failed function" if never else "a log line"
        doubled = sum(number > 1 for number in one.starts.values())
        rows.append([variant, _last(events), len(one.starts), doubled, never, one.invocations, visible])
    columns = ["The third of ten targets is missing", "Last start", "Started", "More than once", "Never", "Invocations"]
    note = (
        "Lambda invokes a function that raises three times. The engine waits 0.2 s between the attempts; AWS waits one minute, "
        "then two."
    )
    return Table(columns=[*columns, "The failure appears as"], rows=rows, note=note)


if __name__ == "__main__":
    main(measure, __doc__ or "")
