"""Every event arrives one to five times, shuffled, 16 deliveries at a time."""

from __future__ import annotations

import random

from tests.drills.ground import FIVE, expected, in_parallel, open_ground
from tests.drills.model import Progress, Tally

DOCUMENT = {"workflows": {"all": {"on_success": FIVE}, "two": {"on_success": [FIVE[0], FIVE[4]]}}}
SHARE_OF_ALL = 0.2
"""Share of the events with a trigger of every type. The others have two triggers."""


def run(count: int, seed: int, progress: Progress) -> Tally:
    """Deliver ``count`` events; returns the tally."""
    rng = random.Random(seed)
    tally = Tally(events=count)
    with open_ground(DOCUMENT) as ground:
        payloads = []
        for number in range(count):
            job = "all" if rng.random() < SHARE_OF_ALL else "two"
            event = {"job_name": job, "job_run_id": f"run-{number}", "status": "SUCCESS"}
            tally.expected += expected(DOCUMENT["workflows"][job]["on_success"], event["job_run_id"])
            payloads += [ground.record(event)] * rng.randint(1, 5)
        rng.shuffle(payloads)
        results = in_parallel(ground, payloads, "deliveries", progress)
        ground.settle()
        tally.deliveries, tally.found = len(payloads), ground.starts()
    statuses = [result["records"][0]["status"] if "records" in result else "FAILED" for result in results]
    tally.facts = {"duplicates reported": statuses.count("DUPLICATE"), "errors": statuses.count("FAILED")}
    if statuses.count("STARTED") != count:
        tally.wrong.append(f"{statuses.count('STARTED')} deliveries reported STARTED, expected {count}")
    return tally
