"""Scenarios with one event or a few: duplicates, waits, replays, faults, envelopes and hostile values."""

from __future__ import annotations

import random
from typing import Any

from tests.parity import configurations as conf
from tests.parity import events
from tests.parity.steps import JOB, Steps, deliver, either, faults, replay, run_id, sns, upload


def plain(rng: random.Random) -> Steps:
    job = rng.choice(events.JOBS)
    event = events.ordinary(rng, job, run_id(rng), rng.choice(("SUCCESS",) * 6 + ("FAILED", "success", "COMPLETED")))
    topic = "events"
    if rng.random() < 0.3:
        event["decision"], topic = (
            rng.choice(("APPROVED", "APPROVED", "approved", "REJECTED")),
            rng.choice(("events", "approvals")),
        )
    named = job if rng.random() < 0.9 else JOB
    steps: Steps = [upload(rng, conf.triggers(rng), job=named)]
    steps.append(sns(rng, event, topic=topic) if rng.random() < 0.7 else deliver(event))
    return steps


def duplicates(rng: random.Random) -> Steps:
    event, entries = events.ordinary(rng, JOB, run_id(rng)), conf.triggers(rng, 1, 6)
    steps = [upload(rng, entries), either(rng, event)]
    for _ in range(rng.randint(1, 4)):
        kind = rng.random()
        if kind < 0.2:
            steps.append(upload(rng, conf.edited(rng, entries)))
        elif kind < 0.3:
            steps.append(upload(rng, []))
        elif kind < 0.4:
            steps.append({"do": "settle"})
        other = {**event, rng.choice(("start_date", "note", "metrics")): rng.choice(({"rows": 7}, None))}
        steps.append(either(rng, event if rng.random() < 0.6 else other))
    if rng.random() < 0.2:  # the SDK repeats a call whose answer was lost
        steps.insert(1, faults(StartExecution=["lost"] * rng.randint(1, 3)))
    return steps


def waiting(rng: random.Random) -> Steps:
    """Triggers that wait and publish, ``$wait_seconds``, chains of published events."""
    event = events.ordinary(rng, JOB, run_id(rng))
    event["$wait_seconds"] = rng.choice((0, 1, 2.5, 60, 61, -1, True, "1", None))
    entries = conf.triggers(rng, 1, rng.choice((5, 45)), waits=0.8)
    steps: Steps = [upload(rng, entries)]
    steps += [deliver(event) if rng.random() < 0.75 else either(rng, event) for _ in range(rng.randint(1, 2))]
    if rng.random() < 0.3:
        fault = rng.choice(("denied", "throttle", "500", "slow", "lost"))
        steps.insert(1, faults(DescribeExecution=[*[""] * rng.randint(0, 2), *[fault] * rng.randint(1, 12)]))
    if rng.random() < 0.2:
        steps[-1]["milliseconds"] = rng.choice((500, 8_000, 12_000, 20_000))
    return steps


def replays(rng: random.Random) -> Steps:
    entries = conf.triggers(rng, 1, rng.choice((3, 7, 50)), mistakes=0.06, conditions=0.15)
    event = events.ordinary(rng, JOB, run_id(rng))
    event |= {"decision": "APPROVED"} if rng.random() < 0.08 else {}
    steps = [upload(rng, entries), deliver(event)]
    if len(entries) > 7:
        steps.insert(0, {"do": "fate", "fate": {"lost_batches": rng.choice((0, 0.5, 1))}})
    for _ in range(rng.randint(1, 4)):
        kind = rng.random()
        if kind < 0.35:
            steps.append(upload(rng, conf.edited(rng, entries)))
        elif kind < 0.4:
            steps.append({"do": "settle"})
        elif kind < 0.46:
            fault = rng.choice(("denied", "throttle", "500", "lost"))
            operation = rng.choice(("DescribeExecution", "StartExecution", "GetExecutionHistory"))
            steps.append(faults(**{operation: [*[""] * rng.randint(0, 3), *[fault] * rng.choice((1, 3, 9))]}))
        elif kind < 0.6:
            steps.append({"do": "fate", "fate": {"failing": rng.choice((0, 0.3, 1)), "seed": rng.randrange(10**6)}})
        successors = {str(at): f"new-{at}" for at in range(3)} if rng.random() < 0.3 else None
        if successors:
            new = [{"type": "glue_job", "job_name": "next", "id": one} for one in successors.values()]
            steps.append(upload(rng, [*(conf.edited(rng, entries) if rng.random() < 0.5 else []), *new]))
        steps.append(replay(rng, successors))
    if rng.random() < 0.1:
        asked = {**event, "$replay": {"of": "load-r-1"}}
        steps.append(rng.choice((sns(rng, asked), deliver({**event, "$replay": rng.choice((7, {}, {"of": "x"}))}))))
    return steps


def fallbacks(rng: random.Random) -> Steps:
    """The configuration from S3, from memory, from SSM, the default, or none."""
    event, entries = events.ordinary(rng, rng.choice((JOB, JOB, "other")), run_id(rng)), conf.triggers(rng, 1, 4)
    steps: Steps = [upload(rng, entries)] if rng.random() < 0.85 else []
    if rng.random() < 0.7:
        document = conf.document(rng, {JOB: conf.workflow(rng, conf.triggers(rng, 0, 3))})
        text = conf.written(rng, document) if rng.random() < 0.85 else rng.choice(("{", "[]", '{"workflows": 1}', ""))
        steps.append({"do": "parameter", "text": text})
    for number in range(rng.randint(1, 4)):
        fault = rng.choice(("denied", "500", "slowdown", "missing", "broken", "connect", "slow", ""))
        other = rng.choice(("", "", "throttle", "denied", "500", "no_parameter", "connect"))
        if number or rng.random() < 0.5:
            steps.append(
                faults(GetObject=[fault] * rng.choice((1, 2, 3, 9)), GetParameter=[other] * rng.choice((1, 3)))
            )
        if rng.random() < 0.2:
            bad = rng.choice(
                ("{", "[]", "\udcff", '{"workflows": []}', '{"workflows": {}}', "\ufeff{}", "null", "[" * 5_000)
            )
            steps.append({"do": "upload", "text": bad})
        if rng.random() < 0.1:
            steps.append({"do": "cold"})
        step = either(rng, event if rng.random() < 0.6 else {**event, "job_run_id": f"r-{number}"})
        if rng.random() < 0.1:
            step["milliseconds"] = rng.choice((3_000, 9_000, 11_000, 20_000))
        steps.append(step)
    if rng.random() < 0.1:
        variables = rng.choice(({"WORKFLOW_CONFIG_S3_URI": ""}, {"WORKFLOW_CONFIG_S3_URI": "b/k"}, {"STATE_MACHINE_ARN": "x"},
                                {"STATE_MACHINE_VERSION": "x"}, {"WORKFLOW_CONFIG_S3_URI": "s3://b"}))  # fmt: skip
        steps.insert(rng.randint(0, len(steps) - 1), {"do": "environment", "variables": variables})
    return steps


def failing_starts(rng: random.Random) -> Steps:
    event = events.ordinary(rng, JOB, run_id(rng))
    fault = rng.choice(("throttle", "limit", "500", "denied", "invalid", "lost", "connect", "slow"))
    steps: Steps = [upload(rng, conf.triggers(rng, 1, 4))]
    steps.append(faults(StartExecution=[fault] * rng.choice((1, 2, 3, 5))))
    steps += [either(rng, event) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.3:
        steps.insert(2, faults(StartExecution=["lost"] * 3, DescribeExecution=[rng.choice(("denied", "throttle"))] * 3))
    return steps


def envelopes(rng: random.Random) -> Steps:
    """Several records in one invocation, malformed ones among them."""
    records: list[Any] = []
    shared = events.ordinary(rng, JOB, "same")
    for number in range(rng.randint(0, 6)):
        kind = rng.random()
        if kind < 0.15:
            records.append(events.malformed_record(rng))
        elif kind < 0.35:
            records.append(events.record(rng.choice(events.RAW), f"m-{number}"))
        elif kind < 0.5:
            records.append(events.as_sns(rng, shared, f"m-{number}"))
        else:
            job = rng.choice((JOB, JOB, *events.JOBS))
            make = events.hostile if rng.random() < 0.3 else events.ordinary
            event = _flat(make(rng, job, f"run-{number}"))
            records.append(events.as_sns(rng, event, f"m-{number}", rng.choice(("events", "approvals"))))
    for record in records:
        if isinstance(record, dict) and isinstance(record.get("Sns"), dict) and rng.random() < 0.05:
            record["Sns"].pop("MessageId", None)
    payload: Any = {"Records": records}
    if rng.random() < 0.15:
        payload = rng.choice(
            (None, 7, "text", [], [payload], {"Records": {}}, {**payload, "job_name": JOB}, {"Records": None})
        )
    return [
        upload(rng, conf.triggers(rng, 1, 4)),
        deliver(payload),
        *([deliver(payload)] if rng.random() < 0.3 else []),
    ]


def hostile(rng: random.Random) -> Steps:
    """Hostile values in events, and texts that are not strict JSON."""
    job = rng.choice(events.JOBS)
    entries = conf.triggers(rng, 1, 6)
    steps: Steps = [upload(rng, entries, job=job)]
    for number in range(rng.randint(1, 3)):
        event = events.hostile(rng, job, f"run-{number}")
        if rng.random() < 0.5:
            steps.append(deliver(event))
        elif rng.random() < 0.3:
            steps.append(deliver({"Records": [events.record(rng.choice(events.RAW), f"m-{number}")]}))
        else:
            steps.append(sns(rng, _flat(event), f"m-{number}"))
    return steps


def _flat(event: dict[str, Any]) -> dict[str, Any]:
    """The event as SNS can carry it here: deep nesting needs the macro of a direct payload."""
    return {key: value for key, value in event.items() if not (isinstance(value, dict) and "$nest" in value)}
