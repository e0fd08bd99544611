"""Chains of four levels: SNS delivers each event three times, processes die, and calls are throttled or lose their answer."""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import Any

from tests.drills.boundary import Call, Disturbance
from tests.drills.ground import NESTED, Ground, open_ground
from tests.drills.model import Progress, Tally
from tests.drills.recovery import redrive, replay_failed
from tests.drills.throttling import CODES

DELIVERIES = 3
THROTTLED, LOST_ANSWERS = 0.1, 0.1
"""Shares of the calls. Only the router's calls lose their answers: StartExecution is safe to repeat by name."""

WAITS = {"wait": True, "publish": True}
DOCUMENT: dict[str, Any] = {
    "workflows": {
        "first": {"on_success": [{"type": "glue_job", "id": "a", "job_name": "second", **WAITS}]},
        "second": {"on_success": [{"type": "step_function", "id": "b", "arn": NESTED, **WAITS, "publish_as": "third"}]},
        "third": {"on_success": [{"type": "glue_job", "id": "c", "job_name": "fourth", **WAITS}]},
        "fourth": {"on_success": [{"type": "sqs_mwaa", "id": "d", "dag_id": "last"}]},
    }
}
LEVELS = 4
MOST_REPLAYS = 6
"""Replays until every chain has reached its end; a replayed level starts the next one."""


def run(count: int, seed: int, progress: Progress) -> Tally:
    """Publish the first event of ``count`` chains under fire, then redrive and replay; returns the tally."""
    rng = random.Random(seed)
    tally = Tally(events=count * LEVELS, deliveries=count * LEVELS * DELIVERIES)
    tally.expected = Counter(f"level {level} of chain {one}" for level in range(1, LEVELS + 1) for one in range(count))
    with open_ground(DOCUMENT, workers=8) as ground:
        ground.engine.patch_context.deliveries = DELIVERIES
        ground.boundary.disturb = lambda call: _disturb(call, rng)
        for number in range(count):
            ground.publish({"job_name": "first", "job_run_id": f"run-{number}", "status": "SUCCESS"})
            if rng.random() < 0.2:
                ground.kill_workers()
            time.sleep(0.02)
            progress("chains begun", number + 1, count)
        ground.settle()
        ground.boundary.disturb = lambda call: None
        before = found(ground)
        stored, replays = len(ground.failures()), 0
        code, _ = redrive(ground)
        progress("replays", 0, MOST_REPLAYS)
        while tally.expected - found(ground) and replays < MOST_REPLAYS:
            replays += 1
            replay_failed(ground)
            progress("replays", replays, MOST_REPLAYS)
        tally.found = found(ground)
        tally.facts = {
            "calls disturbed": ground.boundary.disturbed.total(),
            "levels reached under fire": before.total(),
            "in the failure bucket": stored,
            "replays of all failed events": replays,
        }
        if code or ground.failures():
            tally.wrong.append(f"redrive-dlq: exit code {code}, and {len(ground.failures())} dead letters remain")
    return tally


def _disturb(call: Call, rng: random.Random) -> Disturbance | None:
    service = call.operation.partition(".")[0]
    if call.operation in ("glue.GetJobRun", "states.DescribeExecution"):
        return None
    if call.operation == "states.StartExecution" and b"delivery_id" in call.body and rng.random() < LOST_ANSWERS:
        return Disturbance(status=500, code="InternalServerError", after=True)
    if rng.random() < THROTTLED:
        status, code = CODES[service]
        return Disturbance(status=status, code=code)
    return None


def found(ground: Ground) -> Counter[str]:
    """Number of starts of each level of each chain, by following the run ids through the services."""
    chain: dict[str, str] = {}
    starts = Counter[str]()

    def link(level: int, upstream: str, run_id: str) -> None:
        one = chain.get(upstream, upstream.removeprefix("run-") if level == 1 else f"(none: run {upstream})")
        chain[run_id] = one
        starts[f"level {level} of chain {one}"] += 1

    jobs = list(ground.job_runs())
    for job, run_id, arguments in jobs:
        if job == "second":
            link(1, arguments["--triggered_by_run_id"], run_id)
    for name, given in ground.nested():
        link(2, given["triggered_by_run_id"], name)
    for job, run_id, arguments in jobs:
        if job == "fourth":
            link(3, arguments["--triggered_by_run_id"], run_id)
    for message_id, body in ground.queued():
        link(4, body["conf"]["triggered_by_run_id"], message_id)
    return starts
