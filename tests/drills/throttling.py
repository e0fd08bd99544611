"""Half of all calls to all services are throttled, of the router and of the state machine."""

from __future__ import annotations

import random

from tests.drills.boundary import Call, Disturbance
from tests.drills.ground import FIVE, expected, open_ground, wait_for_invocations
from tests.drills.model import Progress, Tally
from tests.drills.recovery import redrive, replay_failed

SHARE = 0.5
DOCUMENT = {"workflows": {"all": {"on_success": FIVE}}}
MOST_REPLAYS = 3
"""Replays until everything has started. One is expected: nothing is throttled any more."""

CODES = {
    "s3": (503, "SlowDown"),
    "ssm": (400, "ThrottlingException"),
    "states": (400, "ThrottlingException"),
    "glue": (400, "ThrottlingException"),
    "sqs": (400, "RequestThrottled"),
    "events": (400, "ThrottlingException"),
    "lambda": (429, "TooManyRequestsException"),
    "mwaa": (429, "ThrottlingException"),
    "sns": (400, "Throttled"),
}
"""HTTP status and code of a throttled call, by service."""


def run(count: int, seed: int, progress: Progress) -> Tally:
    """Publish ``count`` events into the storm, then redrive and replay with one command each; returns the tally."""
    rng = random.Random(seed)
    tally = Tally(events=count, deliveries=count)
    with open_ground(DOCUMENT, workers=8) as ground:

        def storm(call: Call) -> Disturbance | None:
            status, code = CODES[call.operation.partition(".")[0]]
            return Disturbance(status=status, code=code) if rng.random() < SHARE else None

        ground.boundary.disturb = storm
        for number in range(count):
            event = {"job_name": "all", "job_run_id": f"run-{number}", "status": "SUCCESS"}
            ground.publish(event)
            tally.expected += expected(FIVE, event["job_run_id"])
        wait_for_invocations(ground, count, progress)
        ground.settle()
        calls, disturbed = sum(ground.boundary.calls.values()), sum(ground.boundary.disturbed.values())
        before, stored = ground.starts(), len(ground.failures())
        ground.boundary.disturb = lambda call: None
        code, _ = redrive(ground)
        redriven, replays, said = ground.starts(), 0, ""
        while tally.expected - ground.starts() and replays < MOST_REPLAYS:
            replays += 1
            _, said = replay_failed(ground)
        tally.found = ground.starts()
        tally.facts = {
            "calls": calls,
            "calls throttled": disturbed,
            "started in the storm": before.total(),
            "in the failure bucket": stored,
            "started by the redrive": redriven.total() - before.total(),
            "started by the replay": tally.found.total() - redriven.total(),
        }
        if code or ground.failures():
            tally.wrong.append(f"redrive-dlq: exit code {code}, and {len(ground.failures())} dead letters remain")
        if replays > 1:
            tally.wrong.append(f"{replays} replays were needed, expected 1. The last one printed: {said[-300:]}")
    return tally
