"""The router is killed at each of its AWS calls, the configuration changes, and Lambda tries again.

First in memory, for all sizes of events and two kills in a row. Then on the local stack, where SIGKILL ends the process.
"""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from typing import Any

from tests.drills.boundary import Call, Disturbance
from tests.drills.ground import Ground, open_ground, start
from tests.drills.model import Progress, Tally
from tests.orchestration import crash_points
from tests.orchestration.crash_points import EDITS, SIZES, Document, deliver, killed, names, points
from tests.orchestration.fake_aws import Killed

ON_THE_STACK = 0.2
"""Share of the cases that kill a process on the local stack."""

STACK_SIZES = {"1": (1, 0), "41": (41, 0), "parts": (5, 100_000)}
STACK_CALLS = {"1": 2, "41": 2, "parts": 3}
"""Calls of the router at which it is killed."""


def run(count: int, seed: int, progress: Progress) -> Tally:
    """Run ``count`` random cases; returns the tally."""
    rng, tally = random.Random(seed), Tally()
    on_the_stack = max(4, int(count * ON_THE_STACK))
    _in_memory(count - on_the_stack, rng, tally, progress)
    on_stack = _processes(on_the_stack, rng, progress)
    facts = {"cases in memory": count - on_the_stack, "processes killed": on_stack.facts.pop("killed")}
    tally.add(on_stack)
    tally.facts = facts | tally.facts
    return tally


def _in_memory(count: int, rng: random.Random, tally: Tally, progress: Progress) -> None:
    calls = {size: points(*given) for size, given in SIZES.items()}
    for case in range(count):
        size, edit = rng.choice(list(SIZES)), rng.choice(list(EDITS))
        before = crash_points.document(*SIZES[size])
        after = EDITS[edit](before)
        kills = [(rng.randrange(calls[size]), rng.random() < 0.5)]
        if rng.random() < 0.5:
            kills.append((rng.randrange(calls[size] + 4), rng.random() < 0.5))
        aws = killed(before, after, kills[0][0], effective=kills[0][1])
        wanted = names(before if aws.executions else after)
        for at, effective in kills[1:]:
            with contextlib.suppress(Killed):
                deliver(aws, kill_at=at, after=effective)
        deliver(aws)
        deliver(aws)
        run_id = f"memory-{case} ({size}, {edit}, killed at {kills})"
        tally.events, tally.deliveries = tally.events + 1, tally.deliveries + len(kills) + 2
        tally.expected += Counter(start("glue_job", name, run_id) for name in wanted)
        for name, number in aws.starts.items():
            tally.found[start("glue_job", name, run_id)] += number
        progress("cases in memory", case + 1, count)


def _document(count: int, size: int, first: int = 0) -> Document:
    """As the generator's document, for a queue, which keeps the engine fast."""
    conf = {"conf": {"x": "x" * size}} if size else {}
    return {
        "workflows": {
            "j": {
                "on_success": [
                    {"type": "sqs_mwaa", "dag_id": f"job-{one}", **conf} for one in range(first, first + count)
                ]
            }
        }
    }


def _edited(edit: str, before: Document) -> Document:
    after = EDITS[edit](before)
    if edit == "grown":
        workflow = [*_document(5, 0, 9000)["workflows"]["j"]["on_success"], *before["workflows"]["j"]["on_success"]]
        return {"workflows": {"j": {"on_success": workflow}}}
    return after


def _dags(document: Document) -> set[str]:
    return {one["dag_id"] for one in document["workflows"].get("j", {}).get("on_success", [])}


def _processes(count: int, rng: random.Random, progress: Progress) -> Tally:
    tally, deaths = Tally(), 0
    with open_ground(_document(1, 0), workers=1) as ground:
        for case in range(count):
            size, edit = rng.choice(list(STACK_SIZES)), rng.choice(list(EDITS))
            before = _document(*STACK_SIZES[size])
            after = _edited(edit, before)
            at, effective = rng.randrange(STACK_CALLS[size]), rng.random() < 0.5
            event = {"job_name": "j", "job_run_id": f"run-{case}", "status": "SUCCESS"}
            ground.upload(before)
            ground.boundary.disturb = _killer(ground, at, after, effective=effective)
            ground.publish(event)
            ground.settle()
            deaths += ground.boundary.disturbed.total() > deaths
            ground.boundary.disturb = lambda call: None
            ground.invoke(ground.record(event))
            ground.settle()
            begun = at > 1 or (at == 1 and effective)
            run_id = f"run-{case}"
            tally.expected += Counter(start("sqs_mwaa", dag, run_id) for dag in _dags(before if begun else after))
            tally.events, tally.deliveries = tally.events + 1, tally.deliveries + 3
            progress("processes killed", case + 1, count)
        tally.found = ground.starts()
        tally.facts = {"killed": deaths}
        if deaths < count:
            tally.wrong.append(f"{deaths} processes were killed, expected {count}")
    return tally


def _killer(ground: Ground, at: int, after: Document, *, effective: bool) -> Any:
    """Kill the router at its call ``at``, and upload the next configuration before Lambda tries again."""
    seen = -1

    def kill() -> None:
        ground.upload(after)
        ground.kill_workers()

    def disturb(call: Call) -> Disturbance | None:
        nonlocal seen
        if call.operation not in ("s3.GetObject", "states.StartExecution", "states.DescribeExecution"):
            return None
        seen += 1
        # The service's answer arrives at nobody. Without effect, another answer does.
        code = "" if effective else "Killed"
        return Disturbance(code=code, then=kill) if seen == at else None

    return disturb
