"""The environment, and the steps of which a scenario consists; ``driver.py`` has one method for each."""

from __future__ import annotations

import random
from typing import Any

from tests.parity import configurations as conf
from tests.parity import events

Steps = list[dict[str, Any]]
MACHINE = "arn:aws:states:us-west-1:123456789012:stateMachine:m"
QUEUE = "https://sqs.us-west-1.amazonaws.com/123456789012/default"
FULL = {
    "STATE_MACHINE_ARN": MACHINE,
    "WORKFLOW_CONFIG_S3_URI": "s3://bucket/config.json",
    "WORKFLOW_CONFIG_SSM_PARAMETER": "/config",
    "MWAA_TRIGGER_QUEUE_URL": QUEUE,
    "REQUIRE_CONFIG": "true",
    "JOB_APPROVALS_TOPIC_ARN": "arn:aws:sns:us-west-1:123456789012:approvals",
    "JOINS_TABLE": "joins",
    "JOIN_DEADLINE_ARN": "arn:aws:states:us-west-1:123456789012:stateMachine:deadline",
    "WAIT_FOR_RUNS": "true",
    "DEPLOY_ENV": "dev",
}
CHANGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("STATE_MACHINE_VERSION", ("7", "12")),
    ("MWAA_TRIGGER_QUEUE_URL", ("",)),
    ("REQUIRE_CONFIG", ("", "TRUE ", "no")),
    ("JOB_APPROVALS_TOPIC_ARN", ("",)),
    ("JOINS_TABLE", ("",)),
    ("WAIT_FOR_RUNS", ("", "false")),
    ("DEPLOY_ENV", ("",)),
    ("LOG_LEVEL", ("debug", "WARNING", "loud")),
    ("WORKFLOW_CONFIG_SSM_PARAMETER", ("",)),
)
JOB = "load"


def environment(rng: random.Random, **given: str) -> dict[str, str]:
    """The function's environment, often with one variable changed."""
    made = {**FULL, **given}
    for name, values in CHANGES:
        if name not in given and rng.random() < 0.06:
            made[name] = rng.choice(values)
    return made


def deliver(payload: Any, **given: Any) -> dict[str, Any]:
    return {"do": "deliver", "payload": payload, **given}


def sns(rng: random.Random, event: dict[str, Any], message: str = "m-1", topic: str = "events") -> dict[str, Any]:
    return deliver({"Records": [events.as_sns(rng, event, message, topic)]})


def either(rng: random.Random, event: dict[str, Any]) -> dict[str, Any]:
    """A delivery by SNS or by a direct invocation."""
    return sns(rng, event) if rng.random() < 0.7 else deliver(event)


def upload(
    rng: random.Random, entries: list[Any], joins: dict[str, Any] | None = None, job: str = JOB
) -> dict[str, Any]:
    document = conf.document(rng, {job: conf.workflow(rng, entries)}, joins)
    return {"do": "upload", "text": conf.written(rng, document)}


def faults(**given: list[str]) -> dict[str, Any]:
    """Faults of the next calls of an operation, in order; an empty text lets the call through."""
    return {"do": "faults", "faults": given}


def run_id(rng: random.Random) -> str:
    return rng.choice(("r-1", "2026-01-01T00:00", "ä ö", "scheduled__x", "x" * 90, "${job_name}"))


def replay(rng: random.Random, successors: dict[str, str] | None = None) -> dict[str, Any]:
    """A replay of an execution of the world; only and flags at random."""
    kind = rng.random()
    flags = {name: True for name, odds in (("again", 0.25), ("as_was", 0.2), ("dry_run", 0.25)) if rng.random() < odds}
    step: dict[str, Any] = {"do": "replay", "of": rng.randrange(7), "only": [], "flags": flags}
    if kind < 0.6 or ("again" in flags and kind < 0.95):
        step["only"] = [rng.randrange(9) for _ in range(rng.randint(1, 4))]
    if successors and step["only"]:
        step["successors"] = successors
    if rng.random() < 0.05:
        step["unknown"] = ["nobody"]
    if rng.random() < 0.1:
        step["fields"] = rng.choice(({"start_date": "changed"}, {"job_run_id": "other"}, {"job_name": "other"}))
    if rng.random() < 0.04:
        step["flags"] = rng.choice(({"again": "yes"}, {"unknown": 1}, {"of": ""}, {"of": "missing"}, {"of": 5}, {"only": []},
                                    {"only": {"a": 1}}, {"only": "x"}))  # fmt: skip
    if rng.random() < 0.15:
        step["fields"] = {**step.get("fields", {}), "$wait_seconds": rng.choice((1, 5))}
    return step
