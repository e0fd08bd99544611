"""Draws replays on a terminal, and derives the exit code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from cli.render import output, shortened, styled
from operations.executions.run_errors import readable
from orchestration.starting.outcomes import Outcome

_CUT = 160


def print_record(record: dict[str, Any]) -> None:
    """Print the router's decision for each trigger, then the outcome of each new execution."""
    replay = record["replay"]
    before = f"; triggers that started before: {replay['already_started']}" if replay["already_started"] else ""
    output.print(Text.assemble(styled(record["status"]), f": replay of {replay['of']}{before}"))
    outcomes = {one["name"]: one for one in record["executions"]}
    for one in replay["triggers"]:
        execution = outcomes.get(one.get("execution", ""))
        output.print(_line(one))
        if execution is not None:
            print_outcomes(execution, indent="      ")
        for item in one.get("input", ()):
            output.print(Text(_indented(json.dumps(item["request"], indent=2, ensure_ascii=False))))
    if not replay["triggers"]:
        output.print("  no trigger failed")
    for warning in record["warnings"]:
        output.print(Text.assemble(("warning: ", "yellow"), warning))


def print_outcomes(execution: dict[str, Any], indent: str = "") -> None:
    """Print the status of an execution and the outcome of each trigger."""
    output.print(f"{indent}{execution['name']}: {execution.get('execution_status', 'no outcome yet')}")
    for outcome in execution.get("outcomes", ()):
        read = Outcome(outcome)
        detail = read.run_id or f"{read.error}: {readable(read.cause)}"
        target = "" if indent else f" {outcome['type']} {outcome['name']}:"
        output.print(Text.assemble(indent or "  ", styled(outcome["result"]["status"]), f"{target} {detail}"))


def print_plan(records: Sequence[dict[str, Any]]) -> None:
    """Print a table of the router's decisions for many events."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, header_style="bold")
    for column in ("job", "run", "trigger", "type", "name", "attempt", "decision"):
        table.add_column(column, overflow="fold")
    for record in records:
        for one in record["replay"]["triggers"]:
            decision = Text.assemble(styled(one["action"]), f" {shortened(one.get('reason', ''), _CUT)}")
            row = (record["job_name"], record["job_run_id"], one["id"], one["type"], one["name"], str(one["attempt"]))
            table.add_row(*row, decision)
    output.print(table if table.row_count else "no trigger failed")


def exit_code(records: Sequence[dict[str, Any]]) -> int:
    """0 all started and triggered, 1 some failed or refused, 3 nothing started."""
    actions = [one["action"] for record in records for one in record["replay"]["triggers"]]
    if not {"STARTED", "WOULD_START", "FOLLOWED", "WOULD_FOLLOW"} & set(actions):
        return 3
    executions = [one for record in records for one in record["executions"]]
    succeeded = all(one.get("execution_status") == "SUCCEEDED" for one in executions)
    return 0 if succeeded and "REFUSED" not in actions else 1


def _line(one: dict[str, Any]) -> Text:
    successor = f" (now {one['now']})" if "now" in one else ""
    line = Text.assemble(
        "  ", styled(one["action"]), f"  {one['id']}{successor}  {one['type']} {one['name']}  attempt {one['attempt']}"
    )
    return line.append(f"\n      {one['reason']}") if one.get("reason") else line


def _indented(text: str) -> str:
    return "\n".join(f"      {line}" for line in text.splitlines())
