"""Draws plans and their differences on a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.text import Text

from analysis.plans.differences import TriggerChange
from analysis.plans.event_plan import EventPlan
from cli.render import output, styled
from orchestration.values.strictjson import Json

_COLOURS = {"added": "green", "removed": "red", "changed": "yellow"}


def print_plan(plan: EventPlan) -> None:
    """Print one event's plan: the executions, then each trigger with its request."""
    reason = plan.reason.removeprefix(f"{plan.source}: ") or plan.event_kind
    reason += f". Did you mean {plan.suggestion!r}?" if plan.suggestion else ""
    output.print(Text.assemble((plan.source, "bold"), ": ", styled(plan.status), f" {reason}"))
    for name in plan.executions:
        output.print(f"  execution {name}" + (f", {plan.batches} batches" if plan.batches else ""))
    for item in plan.triggers:
        if item.rejected:
            cause = item.request["Cause"]
            output.print(Text.assemble(f"  {item.id}  ", ("rejected", "red"), f"  {item.name}: {cause}"))
        else:
            output.print(Text.assemble(f"  {item.id}  ", (f"{item.type} {item.name}", "bold")))
            output.print(Text("      " + _json(item.request, indent=2).replace("\n", "\n      ")))
    for join in plan.joins:
        detail = f"key {join['key']}" if "key" in join else join["error"]
        output.print(Text.assemble("  arrives at join ", (join["join"], "bold"), f": {detail}"))
    for trigger in plan.skipped:
        about = f"  {trigger.type} {trigger.name}: {trigger.reason}"
        output.print(Text.assemble(f"  {trigger.id}  ", ("skipped", "yellow"), about))
    if plan.executions:
        needs = f"; needs {', '.join(plan.iam_actions)}" if plan.iam_actions else ""
        output.print(f"  {plan.transitions} transitions (${plan.dollars:.6f}){needs}")
    if plan.problem and plan.status != "FAILED":
        output.print(Text.assemble(("  problem: ", "red"), plan.problem))
    for warning in plan.warnings:
        output.print(Text.assemble(("  warning: ", "yellow"), warning))


def print_changes(found: Sequence[tuple[EventPlan, EventPlan, Sequence[TriggerChange]]]) -> None:
    """Print how the plan of each event differs from the plan under the older configuration.

    Args:
        found: new plan, old plan and the triggers that differ, for each event.
    """
    changed = [one for one in found if one[0].status != one[1].status or one[2]]
    for new, old, changes in changed:
        before = f"{old.status} -> " if old.status != new.status else ""
        count = f", {len(changes)} triggers differ" if changes else ""
        output.print(Text.assemble((new.source, "bold"), f": {before}", styled(new.status), count))
        for one in changes:
            _print_change(one)
    output.print(
        f"{len(changed):,} of {len(found):,} events change" if changed else f"no change for {len(found):,} events"
    )


def _print_change(one: TriggerChange) -> None:
    output.print(Text.assemble("  ", (one.change, _COLOURS[one.change]), f"  {one.id}  {one.type} {one.name}"))
    for path, (was, now) in one.fields.items():
        if one.change != "added":
            output.print(Text(f"      - {path}: {_json(was)}", style="red"))
        if one.change != "removed":
            output.print(Text(f"      + {path}: {_json(now)}", style="green"))


def _json(value: Json, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
