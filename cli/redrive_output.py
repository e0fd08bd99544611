"""What became of each parked event, for a terminal and for programs."""

from __future__ import annotations

import calendar
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.render import errors, styled

_CUT = 300
"""Characters of an error in the table; --json has it whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One parked event.

    Attributes:
        store: name of the queue, or ``s3://`` and the bucket.
        id: of the message, or the object's key.
        stored_at: when it was put there, UTC.
        format: what the body was.
        status: in a dry run what it is: SUCCESS, APPROVAL, REPLAY, IGNORED; when sent, what became of it: STARTED,
            DUPLICATE, IGNORED, FAILED. In both UNREADABLE and TOPIC_UNKNOWN.
        reason: why, and what to do.
        error: what brought it here, where that is known.
        jobs: ``{job_name, job_run_id}`` of every record that can be read.
        executions: names of what it started, or of what was there already.
        deleted: whether it was deleted from its store.
    """

    store: str
    id: str
    stored_at: str
    format: str
    status: str
    reason: str = ""
    error: str = ""
    jobs: tuple[dict[str, str], ...] = ()
    executions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    deleted: bool = False

    @property
    def refused(self) -> bool:
        """Whether it cannot be sent, or the router would refuse it."""
        return self.status in ("UNREADABLE", "TOPIC_UNKNOWN")


def note(text: str) -> None:
    """Progress, and what a person should know: on standard error."""
    errors.print(Text(text), soft_wrap=True)


def line(report: Report) -> str:
    """One line of progress."""
    what = ", ".join(f"{job['job_name']} {job['job_run_id']}" for job in report.jobs) or report.id
    return f"{what}: {report.status}{'' if report.deleted else ', kept'}"


def show(reports: Sequence[Report], function: str, stores: Sequence[str], *, send: bool, more: bool) -> None:
    """Print the table, and one line that sums it up."""
    console = Console(highlight=False)
    if not reports:
        console.print(Text(f"nothing is held in {' and '.join(stores)}"), soft_wrap=True)
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, header_style="bold")
    table.add_column("event", overflow="fold")
    table.add_column("held in", overflow="fold")
    table.add_column("what became of it" if send else "what it is", overflow="fold")
    for report in reports:
        jobs = "\n".join(f"{job['job_name']}\n  {job['job_run_id']}" for job in report.jobs) or "-"
        since = calendar.timegm(time.strptime(report.stored_at, "%Y-%m-%dT%H:%M:%SZ"))
        table.add_row(jobs, f"{report.store}\n{report.id}\n{report.format}, {_age(since)} old", _outcome(report))
        table.add_section()
    console.print(table)
    counts = Counter(report.status for report in reports)
    what = ", ".join(f"{count} {status}" for status, count in counts.items())
    kept = sum(not report.deleted for report in reports)
    done = f"{kept} kept" if send else f"nothing was changed; to send: orchestrator redrive-dlq {function} --send"
    rest = "; more are held, beyond --limit" if more else ""
    console.print(Text(f"{len(reports)} events: {what}; {done}{rest}"), soft_wrap=True)


def _outcome(report: Report) -> Text:
    lines: list[str | tuple[str, str] | Text] = [styled(report.status)]
    lines += [f"\n{name}" for name in report.executions]
    lines += [f"\n{_cut(report.reason)}"] if report.reason else []
    lines += [f"\nheld because: {_cut(report.error)}"] if report.error else []
    for warning in report.warnings:
        lines += [("\nwarning: ", "yellow"), warning]
    return Text.assemble(*lines)


def _cut(text: str) -> str:
    return text if len(text) <= _CUT else f"{text[: _CUT - 1]}…"


def _age(since: float) -> str:
    """How long ago, in the largest unit that gives a whole number."""
    seconds = max(0, int(time.time() - since))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
