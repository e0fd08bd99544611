"""Keys of five jobs: each success arrives repeatedly, shuffled, 16 at a time, and its first router is killed."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

from moto import mock_aws

from tests.drills.model import Progress, Tally
from tests.orchestration.join_stack import JOBS, JoinAws, create_table, document

AT_ONCE = 16
LAST_CALL = 6
"""Number of the last call of the router at which it is killed, from 0."""


def run(count: int, seed: int, progress: Progress) -> Tally:
    """Deliver the successes of ``count`` keys. Every tenth key lacks a job, so it must not start."""
    rng = random.Random(seed)
    incomplete = {f"k{number}" for number in range(0, count, 10)}
    deliveries = [
        (job, f"k{number}")
        for number in range(count)
        for job in JOBS
        if not (f"k{number}" in incomplete and job == "load_2")
        for _ in range(rng.randint(1, 3))
    ]
    rng.shuffle(deliveries)
    kills = [(rng.randint(0, LAST_CALL), rng.random() < 0.5) for _ in deliveries]
    tally = Tally(events=count * len(JOBS) - len(incomplete), deliveries=2 * len(deliveries))
    with mock_aws():
        aws = JoinAws()
        aws.dynamodb = create_table()
        aws.upload(document())

        def deliver(delivery: tuple[str, str], kill: tuple[int, bool]) -> None:
            at, after = kill
            aws.success_after_a_kill(*delivery, at, after=after)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            for number, _ in enumerate(pool.map(deliver, deliveries, kills), 1):
                progress("successes of jobs", number, len(deliveries))
    keys = [f"k{number}" for number in range(count) if f"k{number}" not in incomplete]
    tally.expected.update(f"report of {key}" for key in keys)
    tally.found.update({f"report of {key}": number for key, number in aws.started().items()})
    tally.facts = {"keys": count, "incomplete keys": len(incomplete)}
    if aws.starts != {"report": len(keys)}:
        tally.wrong.append(f"targets started: {dict(aws.starts)}, expected report: {len(keys)}")
    return tally
