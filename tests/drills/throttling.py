"""Half of all calls to all services are throttled, of the router and of the state machine."""

from __future__ import annotations

import random
from collections import Counter

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

LEAST_STARTED = {"glue_job": 0.8, "eventbridge": 0.7, "sqs_mwaa": 0.7}
"""Least share of triggers that start in the storm, by type: the name of a throttled call is in their retries.

A throttled StartExecution has the name of an unknown failure, so ``step_function`` waits for the replay. ``mwaa_dag`` is
throttled by Lambda and by MWAA.
"""


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
            **{f"started in the storm: {kind}": number for kind, number in by_type(before).items()},
            "in the failure bucket": stored,
            "started by the redrive": redriven.total() - before.total(),
            "started by the replay": tally.found.total() - redriven.total(),
        }
        for kind, share in LEAST_STARTED.items():
            if by_type(before)[kind] < share * count:
                tally.wrong.append(f"{kind}: {by_type(before)[kind]} of {count} started in the storm")
        if code or ground.failures():
            tally.wrong.append(f"redrive-dlq: exit code {code}, and {len(ground.failures())} dead letters remain")
        if replays > 1:
            tally.wrong.append(f"{replays} replays were needed, expected 1. The last one printed: {said[-300:]}")
    return tally


def by_type(starts: Counter[str]) -> dict[str, int]:
    """Number of starts of each type."""
    number = {str(trigger["type"]): 0 for trigger in FIVE}
    for key, times in starts.items():
        number[key.partition(" ")[0]] += times
    return number
