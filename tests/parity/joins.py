"""Scenarios with joins: arrivals, deadlines and replays of a join."""

from __future__ import annotations

import random
from typing import Any

from tests.parity import configurations as conf
from tests.parity import events
from tests.parity.steps import JOB, Steps, deliver, either, faults, replay, sns, upload

KEY = "2026-01-01"
WRONG: tuple[tuple[str, Any], ...] = (
    ("all_of", ["job-0"]), ("all_of", ["job-0", "job-1", "job-0"]), ("all_of", ["job-0", "job-1", " "]), ("all_of", 7),
    ("key", "fixed"), ("key", "${"), ("deadline_hours", 999), ("deadline_hours", "1"), ("extra", 1), ("on_complete", 7),
)  # fmt: skip
"""Fields of a join with a mistake."""


def joins(rng: random.Random) -> Steps:
    """Joins of 2 to 5 jobs: arrivals in any order, repeated and late ones, deadlines, faults in between."""
    jobs = [f"job-{number}" for number in range(rng.randint(2, 5))]
    name = rng.choice(("report", "Report ä", "j.k"))
    entry = _join(rng, jobs)
    made: dict[str, Any] = {name: entry}
    if rng.random() < 0.3:
        made["second"] = {
            "all_of": rng.sample(jobs, 2),
            "key": "${created_by:-c}",
            "on_complete": conf.triggers(rng, 0, 2),
        }
    if rng.random() < 0.1:
        made[rng.choice((JOB, jobs[0]))] = {"all_of": ["a", rng.choice((name, "b"))], "key": "${start_date}"}
    entries = conf.triggers(rng, 0, 2)
    steps: Steps = [upload(rng, entries, made, job=rng.choice((jobs[0], JOB)))]
    order = _order(rng, jobs)
    expired_at = rng.choice((None, None, *range(len(order) + 1)))
    for number, job in enumerate(order):
        if number == expired_at:
            steps.append(_deadline(rng, name, entry))
        steps += _between(rng, name, entry, entries)
        steps.append(_arrival(rng, job, len(jobs)))
    if expired_at is None and rng.random() < 0.3:
        steps.append(_deadline(rng, name, entry))
    if rng.random() < 0.25:
        steps.append(replay(rng))
    if rng.random() < 0.08:
        # The last step: after it the two revisions may have different executions.
        body = {"$join_deadline": {"join": name, "key": KEY}} | rng.choice(
            ({}, {"job_name": JOB, "job_run_id": "by-sns"})
        )
        steps.append({**sns(rng, body), "tags": ["join deadline from SNS"]})
    return steps


def _join(rng: random.Random, jobs: list[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "all_of": jobs,
        "key": rng.choice(("${start_date}", "day ${start_date}", "${metrics.rows:-0}")),
    }
    entry |= {"on_complete": conf.triggers(rng, 0, rng.choice((3, 45))), "on_deadline": conf.triggers(rng, 0, 2)}
    entry |= {"deadline_hours": rng.choice((1, 24))} if rng.random() < 0.7 else {}
    return entry | dict([rng.choice(WRONG)] if rng.random() < 0.1 else [])


def _order(rng: random.Random, jobs: list[str]) -> list[str]:
    """The jobs in the order of their arrivals, with repeated ones; sometimes one never arrives."""
    arriving = rng.sample(jobs, len(jobs) if rng.random() < 0.75 else len(jobs) - 1)
    before, after = ([rng.choice(jobs) for _ in range(rng.randint(0, 2))] for _ in range(2))
    return [*before, *arriving, *after]


def _arrival(rng: random.Random, job: str, jobs: int) -> dict[str, Any]:
    event = events.ordinary(rng, job, f"{job}-{rng.choice((1, 1, 1, 2))}")
    event["start_date"] = KEY if rng.random() < 0.9 else rng.choice(("", " ", "2026-01-02", "k" * 600, None))
    event["metrics"] = {"rows": 3}
    if rng.random() < 0.06:
        event["note"] = "x" * rng.choice((120_000 // jobs - 400 + rng.randint(-300, 300), 130_000))
    return either(rng, event)


def _between(rng: random.Random, name: str, entry: dict[str, Any], entries: list[Any]) -> Steps:
    """Faults, a new configuration or a new execution environment before an arrival."""
    steps: Steps = []
    if rng.random() < 0.12:
        fault = rng.choice(("throttle", "500", "lost", "denied", "no_table"))
        operation = rng.choice(("UpdateItem", "StartExecution", "GetItem", "UpdateItem"))
        steps.append(faults(**{operation: [*[""] * rng.randint(0, 2), *[fault] * rng.choice((1, 3))]}))
    if rng.random() < 0.08 and isinstance(entry["on_complete"], list):
        steps.append(upload(rng, entries, {name: {**entry, "on_complete": conf.edited(rng, entry["on_complete"])}}))
    if rng.random() < 0.05:
        steps.append(faults(GetObject=["denied"] * rng.choice((3, 30))))
    if rng.random() < 0.05:
        steps.append({"do": "cold"})
    return steps


def _deadline(rng: random.Random, name: str, entry: dict[str, Any]) -> dict[str, Any]:
    written = {"${start_date}": KEY, "day ${start_date}": f"day {KEY}"}.get(entry["key"], "3")
    asked = {"join": name if rng.random() < 0.9 else "other", "key": written if rng.random() < 0.9 else "none"}
    if rng.random() < 0.1:
        return deliver({"$join_deadline": rng.choice((asked, {}, "x", None, {"join": 1, "key": [2]}))})
    return deliver({"$join_deadline": asked})
