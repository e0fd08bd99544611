"""Lets a replay look for the run of an earlier attempt before it starts one.

An attempt that failed as ``GlueRunUnknown`` may have started its run: Glue may have listed it only later. The state machine
looks for the runs of all these attempts, and starts a run only if none exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from orchestration.errors import GlueRunUnknown
from orchestration.event.identity import EXECUTION_ARGUMENT
from orchestration.input.item import Item
from orchestration.replaying.ledger import Ledger
from orchestration.starting.executions import Execution
from orchestration.triggers import BY_TYPE
from orchestration.values.shell import option
from orchestration.values.strictjson import Json, JsonObject, object_at

UNKNOWN = GlueRunUnknown.__name__


def with_earlier_starts(item: Item, ledger: Ledger, trigger_id: str) -> tuple[Item, str]:
    """The item with the starts for which the state machine looks, or the reason why it cannot.

    Args:
        item: the item of the replay.
        ledger: the event's triggers.
        trigger_id: id of the trigger in the original execution.

    Raises:
        ExecutionLookupError: an attempt exists, but it cannot be read.
    """
    starts: dict[str, JsonObject] = {}
    for execution, attempt in _unknown_attempts(ledger, trigger_id):
        start = BY_TYPE[attempt.type].earlier_start(attempt.request, execution.start)
        # Attempts of one generation have one identity; the first one has the earliest time.
        starts.setdefault(f"{start.get('JobName')} {object_at(start, 'Arguments')}", start)
    if not starts:
        return item, ""
    if not BY_TYPE[item.type].earlier_start(item.request, ""):
        jobs = ", ".join(str(start.get("JobName")) for start in starts.values())
        runs = ", ".join(
            str(object_at(start, "Arguments").get(EXECUTION_ARGUMENT, "none")) for start in starts.values()
        )
        wait = " with wait" if item.waits else ""
        return item, (
            f"an earlier attempt may have started Glue job {jobs}, and its entry is now a {item.type}{wait}, which cannot look "
            f"for that run. Look in the Glue console for {EXECUTION_ARGUMENT} = {runs}. If no run has it: "
            f"{option('--only', trigger_id)} --again"
        )
    look_for: list[Json] = list(starts.values())
    return replace(item, request={**item.request, "look_for": look_for}), ""


def _unknown_attempts(ledger: Ledger, trigger_id: str) -> Iterator[tuple[Execution, Item]]:
    """Attempts that may have started the target, the first one first, with the item that they sent."""
    original = ledger.originals[trigger_id]
    first = ledger.find(original.execution)
    attempts = [(first, original.item)] if first is not None else []
    attempts += [
        (execution, item)
        for execution in ledger.replays(trigger_id)
        for item in execution.input.triggers
        if item.id == trigger_id
    ]
    for execution, item in attempts:
        if item.type not in BY_TYPE or not BY_TYPE[item.type].earlier_start(item.request, ""):
            continue  # Reading the outcome would be a call for nothing.
        outcome = ledger.outcomes(execution).get(trigger_id)
        if outcome is not None and outcome.error == UNKNOWN:
            yield execution, item
