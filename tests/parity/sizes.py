"""Scenarios with many triggers and with large ones: batches, parts, and sizes at the quotas."""

from __future__ import annotations

import random
from typing import Any

from tests.parity import configurations as conf
from tests.parity import events
from tests.parity.steps import JOB, Steps, either, faults, replay, run_id, upload


def many(rng: random.Random) -> Steps:
    """More than 40 triggers: batches, also around the limits of 40."""
    count = rng.choice((39, 40, 41, 42, 79, 80, 81, rng.randint(41, 130)))
    entries = [conf.trigger(rng, mistakes=0.03, conditions=0.05, waits=0.02) for _ in range(count)]
    event = events.ordinary(rng, JOB, run_id(rng))
    steps = [upload(rng, entries), either(rng, event)]
    if rng.random() < 0.5:
        steps.append(either(rng, event))
    if rng.random() < 0.5:
        steps.append(replay(rng))
    return steps


def parts(rng: random.Random) -> Steps:
    """Events that need several executions, with crashes and new configurations between them."""
    event = events.ordinary(rng, JOB, run_id(rng))
    event["note"] = rng.choice('xä\U0001f680"\u0001') * rng.choice((0, 0, 5_000, 20_000, 40_000, 100_000, 200_000))
    size = rng.choice((5_000, 20_000, 40_000, 80_000))
    entries: list[Any] = []
    for number in range(rng.randint(200_000 // size, min(90, 900_000 // size))):
        entry = conf.trigger(rng, mistakes=0.02, conditions=0.05, waits=0.1)
        if isinstance(entry, dict) and rng.random() < 0.7:
            entry = {**entry, "type": "glue_job", "job_name": "big"} if "arguments" in entry else entry
        if isinstance(entry, dict) and entry.get("type") in ("glue_job", "mwaa_dag", "sqs_mwaa"):
            key, name = ("arguments", "--big") if entry["type"] == "glue_job" else ("conf", "big")
            entry[key] = {name: "x" * rng.randint(size // 2, size) if rng.random() < 0.8 else "${note:-}"}
        entries.append({**entry, "id": f"p{number}"} if isinstance(entry, dict) and rng.random() < 0.6 else entry)
    steps: Steps = [upload(rng, entries)]
    kind = rng.random()
    if kind < 0.75:  # a crash between the parts
        fault = rng.choice(("denied", "limit", "500", "throttle", "lost"))
        steps.append(faults(StartExecution=[*[""] * rng.choice((1, 1, 1, 2)), *[fault] * 3]))
        steps.append(either(rng, event))
        steps.append(faults())
    elif kind < 0.85:
        steps.append(either(rng, event))
    if rng.random() < 0.75:
        steps.append(upload(rng, conf.edited(rng, entries) if rng.random() < 0.7 else []))
    if rng.random() < 0.2:
        steps.append({"do": "fate", "fate": {"lost_versions": True}})
    if rng.random() < 0.2:
        steps.append({"do": "cold"})
    steps.append(either(rng, event))
    if rng.random() < 0.4:
        steps.append(either(rng, event if rng.random() < 0.6 else {**event, "note": "other"}))
    return steps


def limits(rng: random.Random) -> Steps:
    """Sizes within a few hundred bytes of the quotas of inputs, items, batches and rejected items.

    No type with a request of another size since the older revision: glue_job has one more argument (issue 23).
    """
    event: dict[str, Any] = {"job_name": JOB, "job_run_id": "r", "status": "SUCCESS", "note": ""}
    which, near = rng.choice(("input", "item", "batch", "event", "skipped", "mixed")), rng.randint(-700, 700)
    count, entries = 1, list[dict[str, Any]]()
    if which == "skipped":
        return [upload(rng, _skipped(rng)), *(either(rng, event) for _ in range(2))]
    if which == "event":
        event["note"] = "x" * (258_048 - 8_000 + near - rng.choice((0, 12_288)))
        total = 10
    else:
        event["note"] = "x" * rng.choice((0, 1_000, 60_000, 120_000))
        count = {"input": rng.choice((2, 3, 5)), "item": 1, "mixed": 1, "batch": rng.choice((41, 45))}[which]
        limit = 258_048 if which == "input" else 245_760
        total = limit - len(event["note"]) - 100 + near
    queue = "https://sqs.us-west-1.amazonaws.com/123456789012/q"
    for number in range(count):
        size = max(1, total // count - 330 - (260 if which == "batch" else 0) - rng.choice((0, 200)))
        given = {"type": "sqs_mwaa", "id": f"l{number}", "dag_id": "big", "queue_url": queue, "conf": {"x": "y" * size}}
        entries.append(given)
    if (
        which == "mixed"
    ):  # an item that fits into an execution, but hardly into a batch, among more items than one execution has
        small = [
            {"type": "sqs_mwaa", "id": f"small{number}", "dag_id": "small", "queue_url": queue}
            for number in range(rng.choice((39, 40, 50)))
        ]
        entries = [*small, *entries] if rng.random() < 0.3 else [*entries, *small]
    return [upload(rng, entries), *(either(rng, event) for _ in range(rng.randint(1, 2)))]


def _skipped(rng: random.Random) -> list[Any]:
    """Triggers that the event does not start, with more reasons than an input records; and often one that starts."""
    entries: list[Any] = []
    for number in range(rng.randint(14, 60)):
        field = rng.choice("ab") * rng.randint(1, 150)
        options = [{f"{field}{at}": [{"prefix": "p" * rng.randint(1, 150)}]} for at in range(rng.randint(2, 6))]
        entries.append({"type": "glue_job", "id": f"s{number}", "job_name": "skipped", "when": {"$or": options}})
    return entries + ([{"type": "glue_job", "id": "starts", "job_name": "starts"}] if rng.random() < 0.8 else [])
