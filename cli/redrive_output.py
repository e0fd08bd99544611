"""Draws dead letters on a terminal."""

from __future__ import annotations

import calendar
import time
from collections import Counter
from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from cli.render import Terminal, errors, shortened, styled
from operations.repair.redrive import Redrive, RedriveReport

_CUT = 300
"""Characters of an error in the table; ``--json`` prints it whole."""


def print_progress(text: str) -> None:
    """Print one line on standard error."""
    errors.print(Text(text), soft_wrap=True)


def line(report: RedriveReport) -> str:
    """One line of progress."""
    jobs = ", ".join(f"{job['job_name']} {job['job_run_id']}" for job in report.jobs) or report.id
    return f"{jobs}: {report.status}{'' if report.deleted else ', remains'}"


def show(reports: Sequence[RedriveReport], redrive: Redrive, *, sent: bool) -> None:
    """Print the table and a summary line."""
    console = Terminal()
    if not reports:
        stores = " and ".join(store.name for store in redrive.stores)
        console.print(Text(f"no dead letters in {stores}"), soft_wrap=True)
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, header_style="bold")
    table.add_column("event", overflow="fold")
    table.add_column("stored in", overflow="fold")
    table.add_column("result" if sent else "status", overflow="fold")
    for report in reports:
        jobs = "\n".join(f"{job['job_name']}\n  {job['job_run_id']}" for job in report.jobs) or "-"
        since = calendar.timegm(time.strptime(report.stored_at, "%Y-%m-%dT%H:%M:%SZ"))
        stored = f"{report.store}\n{report.id}\n{report.payload_format}, {_age(since)} old"
        table.add_row(jobs, stored, _status(report))
        table.add_section()
    console.print(table)
    counts = ", ".join(f"{count} {status}" for status, count in Counter(report.status for report in reports).items())
    remaining = sum(not report.deleted for report in reports)
    end = f"; {remaining} remain" if sent else ""
    more = "; more events remain beyond --limit" if redrive.more else ""
    console.print(Text(f"{len(reports)} events: {counts}{end}{more}"), soft_wrap=True)


def _status(report: RedriveReport) -> Text:
    lines: list[str | tuple[str, str] | Text] = [styled(report.status)]
    lines += [f" {report.event_kind}"] if report.event_kind else []
    lines += [f"\n{name}" for name in report.executions]
    lines += [f"\n{shortened(report.reason, _CUT)}"] if report.reason else []
    lines += [f"\nerror: {shortened(report.error, _CUT)}"] if report.error else []
    for warning in report.warnings:
        lines += [("\nwarning: ", "yellow"), warning]
    return Text.assemble(*lines)


def _age(since: float) -> str:
    """Age in the largest unit that gives a whole number."""
    seconds = max(0, int(time.time() - since))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
