"""Events land in both dead-letter stores for four reasons, and one command brings all of them back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.drills.boundary import Call, Disturbance
from tests.drills.ground import Ground, expected, open_ground, wait_for_invocations
from tests.drills.model import Progress, Tally
from tests.drills.recovery import redrive
from tests.operations.repair.harness import unreachable

TRIGGERS = [
    {"type": "glue_job", "id": "glue", "job_name": "job"},
    {"type": "sqs_mwaa", "id": "sqs", "dag_id": "d"},
]
APPROVAL = [{"type": "glue_job", "id": "approved", "job_name": "approved-job"}]
DOCUMENT = {"workflows": {"j": {"on_success": TRIGGERS, "on_approval": APPROVAL}}}
TRICKY = ("", "ä🚀", "\u202e", '"\\', "x" * 5_000)
"""Texts within the events, which must come back unchanged."""

REASONS = ("no function", "no configuration", "no Step Functions", "answer lost")


def run(count: int, seed: int, progress: Progress) -> Tally:
    """Let ``count`` events fail, then redrive once; returns the tally."""
    rng = random.Random(seed)
    tally = Tally(events=count, deliveries=count)
    reasons = dict.fromkeys(REASONS, 0)
    with open_ground(DOCUMENT, workers=8) as ground:
        number = 0
        for reason in REASONS:
            share = count * (REASONS.index(reason) + 1) // len(REASONS) - number
            with _broken(ground, reason):
                for _ in range(share):
                    _publish(ground, number, rng, tally)
                    number += 1
                wait_for_invocations(ground, number, lambda step, done, _: progress(step, done, count))
            reasons[reason] = share
        ground.settle()
        before = ground.starts()
        in_queue, in_bucket = ground.dead(), len(ground.failures())
        code, reports = redrive(ground)
        tally.found = ground.starts()
        statuses = [one["status"] for one in reports]
        tally.facts = {
            "in the delivery DLQ": in_queue,
            "in the failure bucket": in_bucket,
            "starts before the redrive": before.total(),
            "reported as duplicates": statuses.count("DUPLICATE"),
        }
        left = ground.dead() + len(ground.failures())
        if code or left:
            tally.wrong.append(f"redrive-dlq: exit code {code}, and {left} dead letters remain")
        if in_queue + in_bucket != count:
            tally.wrong.append(f"{in_queue + in_bucket} dead letters, expected {count}")
    return tally


def _publish(ground: Ground, number: int, rng: random.Random, tally: Tally) -> None:
    approved = rng.random() < 0.3
    event: dict[str, Any] = {"job_name": "j", "job_run_id": f"run-{number}", "note": rng.choice(TRICKY)}
    event |= {"decision": "APPROVED"} if approved else {"status": "SUCCESS"}
    ground.publish(event, "job_approvals" if approved else "job_events")
    tally.expected += expected(APPROVAL if approved else TRIGGERS, event["job_run_id"])


@contextmanager
def _broken(ground: Ground, reason: str) -> Iterator[None]:
    """Make every event of both topics end in a dead-letter store until the context closes."""
    if reason == "no function":
        engine, stack = ground.engine, ground.simulator.stack
        with unreachable(engine, stack, "job_events"), unreachable(engine, stack, "job_approvals"):
            yield
        return
    operation = "s3.GetObject" if reason == "no configuration" else "states.StartExecution"
    error = {"no configuration": (403, "AccessDenied"), "answer lost": (400, "AccessDeniedException")}
    status, code = error.get(reason, (400, "StateMachineDoesNotExist"))

    def disturb(call: Call) -> Disturbance | None:
        # A lost answer: the execution starts, and the router learns that it did not. Later looks at it are lost as well.
        hit = call.operation == operation or (reason == "answer lost" and call.operation == "states.DescribeExecution")
        own = b"downstream-orchestrator" in call.body or operation.startswith("s3")
        return Disturbance(status=status, code=code, after=reason == "answer lost") if hit and own else None

    ground.engine.runtime.drain()
    ground.engine.runtime.recycle()  # a warm router would use its last configuration
    ground.boundary.disturb = disturb
    try:
        yield
    finally:
        ground.engine.runtime.drain()
        ground.boundary.disturb = lambda call: None
