"""Draws an inspected event on a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.text import Text

from cli.render import output, shortened, styled
from operations.executions.inspected import InspectedTrigger, Inspection, Run
from operations.executions.listing import Listed
from operations.executions.timeline import Call
from operations.joins import JoinStatus

_IN_A_LIST, _ALONE = 300, 2000
"""Characters of a cause that are shown. ``--json`` has all of them."""


def print_executions(found: Sequence[Listed]) -> None:
    """Print a line for each execution, or that none was found."""
    for one in found:
        print_execution(one)
    if not found:
        output.print("no execution meets the conditions")


def print_execution(one: Listed) -> None:
    """Print one execution in a line, and the cause of its failure in another."""
    took = "running" if one.seconds is None else f"{one.seconds:g} s"
    about = f"{one.job_name} {one.job_run_id} {one.event_kind}" if one.job_name else one.name
    kind = "" if one.kind == "event" else f" ({one.kind})"
    output.print(
        Text.assemble(f"{one.start}  ", styled(one.status), f"  {about}{kind}  {one.triggers} triggers, {took}")
    )
    output.print(Text(f"    {one.name}", style="dim"))
    if one.cause:
        output.print(Text(f"    {shortened(one.cause, _IN_A_LIST)}"))


def print_join(found: JoinStatus) -> None:
    """Print a join: its state, who arrived, and who is missing."""
    since = f" since {found.opened}" if found.opened else ""
    output.print(Text.assemble("join ", (f"{found.join} key {found.key}", "bold"), ": ", styled(found.state), since))
    for job, run in found.arrived.items():
        output.print(f"  arrived  {job} {run}")
    for job in found.missing:
        output.print(f"  missing  {job}")


def print_inspection(found: Inspection, *, requests: bool) -> None:
    """Print the executions, the triggers with their calls and replays, and the next command."""
    output.print(Text.assemble((f"{found.job_name} {found.job_run_id}", "bold"), f" {found.event_kind}"))
    output.print(f"configuration {found.config_source} (version {found.config_version})")
    for one in found.executions:
        times = (
            f", {one['start']} to {one['stop']}"
            if "stop" in one
            else f", since {one['start']}"
            if "start" in one
            else ""
        )
        output.print(Text.assemble("  ", styled(one["status"]), f"  {one['name']}{times}"))
    for trigger in found.triggers:
        _print_trigger(trigger, requests=requests)
    for skipped in found.skipped:
        head = Text.assemble(styled("SKIPPED"), "  ", (f"{skipped.type} {skipped.name}", "bold"), f"  {skipped.id}")
        output.print(Text.assemble(head, f"\n      {skipped.reason}"))
    output.print(f"console: {found.url}")
    if found.replay:
        output.print(f"next: {found.replay}")


def _print_trigger(trigger: InspectedTrigger, *, requests: bool) -> None:
    batch = f"  in {trigger.batch}" if trigger.batch else ""
    head = Text.assemble(
        styled(trigger.status), "  ", (f"{trigger.type} {trigger.name}", "bold"), f"  {trigger.id}{batch}"
    )
    output.print(head)
    for run in trigger.runs:
        _print_run(run, only=len(trigger.runs) == 1)
    if requests:
        text = json.dumps(trigger.runs[-1].request, indent=2, ensure_ascii=False)
        output.print(Text("      " + text.replace("\n", "\n      ")))


def _print_run(run: Run, *, only: bool) -> None:
    if not only:
        which = f"replay {run.number}" if run.number else "original"
        output.print(Text.assemble(f"    {which}: ", styled(run.status), f"  {run.execution}"))
    detail = run.id or f"{run.error}: {shortened(run.cause, _ALONE)}".strip(": ")
    if detail:
        output.print(Text(f"      {detail}"))
    for call in run.calls if len(run.calls) > 1 else ():
        output.print(Text(f"      {_call(call)}", style="red" if call.error else ""))


def _call(call: Call) -> str:
    waited = f"after a wait of {call.waited:g} s, " if call.waited else ""
    took = "still running" if call.seconds is None else f"{call.seconds:g} s"
    return f"{call.start}  {waited}{took}{'  ' + call.error if call.error else ''}"
