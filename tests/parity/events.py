"""Random job events: ordinary ones, and texts and values that an attacker or a broken publisher would send."""

from __future__ import annotations

import json
import random
from typing import Any

JOBS = (
    "load",
    "transform_images",
    "Job Ä",
    "a.b",
    "x" * 200,
    "load_promos",
    "🚀 job",
    "job/with:signs",
    "scheduled__x",
)
TEXTS = (
    "", "evil", "${artifacts.path}", "${job_name:-evil}", "$${x}", "$.request", "{{ ds }}", "' OR 1=1 --", "a\nb", "\r\n[INFO]\t",
    "\x1b]0;t\x07", "\x00", "\u2028", "\u202e", "\U0001f680", "ä" * 300, "x" * 3_000, "arn:aws:states:us-west-1:1:stateMachine:e",
    "%s%n", "{0.__class__}", "10.1.2.3", "SUCCESS", " 2026-01-01 ", "\x7f", "\ufeff", "e\u0301", "\uffff", "\\ud800", "\ud800",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.0, -0.0, 0.1, 1e308, 5e-324, 2**53 + 1, 2**63, -(2**63) - 1, 2**70, [], {}, [[]], {"": {}},
    {"$replay": {}}, {"__proto__": 1}, {"__type": 1}, float("nan"), float("inf"), [None, [1, {"a": [2]}]], 10**400,
)  # fmt: skip
KEYS = ("path", "files", "rows", "a", "b", "a.b", "0", "", "name", "arn", "type", "request", "__type", "ä")
RAW = (
    "{", "[]", "null", '"x"', "1e999", "NaN", "", " ", '{"a":1,"a":2}', "\x00", "[" * 5_000, "[" * 5_000 + "]" * 5_000,
    '{"job_name":"\\ud800"}', "\ufeff{}", '{"job_name":"j","job_run_id":"r","status":"SUCCESS","n":1e999}',
    '{"job_name":"j","job_run_id":"r","status":"SUCCESS","n":' + "9" * 5_000 + "}",
    '{"job_name":"j","job_run_id":"r","status":"SUCCESS","n":NaN}', '{"job_name":"j","job_name":"k","job_run_id":"r"}',
    '{"job_name":"j","job_run_id":"r","n":' + "[" * 99 + "]" * 99 + "}",
    '{"job_name":"j","job_run_id":"r","n":' + "[" * 100 + "]" * 100 + "}",
)  # fmt: skip
"""Messages that are not strict JSON, or not events."""


def text(rng: random.Random) -> str:
    return rng.choice(TEXTS) + rng.choice(("", "", rng.choice(TEXTS)))


def value(rng: random.Random, depth: int = 0) -> Any:
    """A random JSON value."""
    kind = rng.random()
    if kind < 0.45 or depth > 3:
        return text(rng)
    if kind < 0.7:
        return rng.choice(ODD)
    if kind < 0.88:
        return {rng.choice(KEYS): value(rng, depth + 1) for _ in range(rng.randint(0, 4))}
    return [value(rng, depth + 1) for _ in range(rng.randint(0, 3))]


def ordinary(rng: random.Random, job: str, run: str, status: str = "SUCCESS") -> dict[str, Any]:
    """An event as a job publishes it, with the fields that conditions and templates name."""
    event: dict[str, Any] = {"job_name": job, "job_run_id": run, "status": status}
    event |= {"start_date": f"2026-01-0{rng.randint(1, 5)}", "created_by": rng.choice(("ada", "Bob", "ADA", ""))}
    event["metrics"] = {
        "rows": rng.choice((0, 1, 5, 10, 10.0, 99.5, -3, 10**12, 2**70, "10", True, None)),
        "ok": rng.random() < 0.5,
    }
    files = [
        {"name": rng.choice(("a.csv", "b.parquet", "C.CSV")), "rows": rng.randint(0, 9)}
        for _ in range(rng.randint(0, 3))
    ]
    event["artifacts"] = {
        "path": f"s3://b/{rng.randint(0, 9)}/",
        "files": files,
        "count": rng.choice((1, 2.5, None, "3")),
    }
    event["tags"] = rng.sample(["daily", "Weekly", "full*load", "retry"], rng.randint(0, 3))
    event["ip"] = rng.choice(("10.0.0.1", "10.9.1.2", "192.168.0.1", "::1", "none"))
    for name in rng.sample(
        ("artifacts", "metrics", "start_date", "created_by", "tags", "ip"), rng.choice((0, 0, 0, 1, 2))
    ):
        del event[name]
    if rng.random() < 0.15:
        event["hops"] = rng.choice((0, 1, 5, 20, 21, "3", -1, True, 2.0))
    if rng.random() < 0.1:
        event[rng.choice(("aws", "deploy", "env", "a.b"))] = value_of_json(rng)
    return event


def value_of_json(rng: random.Random) -> Any:
    """A value that strict JSON has."""
    while True:
        found = value(rng)
        written = json.dumps(found)
        if not any(word in written for word in ("NaN", "Infinity", "\\ud800", "0" * 300)):
            return found


def hostile(rng: random.Random, job: str, run: str) -> dict[str, Any]:
    """An event with values that must not change what starts, and often with a broken field."""
    event = ordinary(rng, job, run)
    event |= {rng.choice(("note", "path", "arn", "type", "triggers", "routing", "$x")): value(rng) for _ in range(3)}
    if rng.random() < 0.5:
        event["artifacts"] = {rng.choice(KEYS): value(rng) for _ in range(4)}
    if rng.random() < 0.4:
        event[rng.choice(("status", "decision", "job_run_id", "job_name", "artifacts", "metrics", "hops"))] = value(rng)
    if rng.random() < 0.1:
        event["deep"] = {"$nest": rng.choice((50, 96, 97, 98, 99, 100, 101, 110, 120, 5_000))}
    if rng.random() < 0.1:
        event["job_name" if rng.random() < 0.5 else "job_run_id"] = "n" * rng.choice((256, 257, 512, 513))
    return event


def as_sns(rng: random.Random, event: dict[str, Any], message: str, topic: str = "events") -> dict[str, Any]:
    """An SNS record with the event as its message."""
    written = json.dumps(event, ensure_ascii=rng.random() < 0.5, separators=rng.choice((None, (",", ":"))))
    return record(written, message, topic)


def record(written: str, message: str, topic: str = "events") -> dict[str, Any]:
    """An SNS record with a text as its message."""
    arn = f"arn:aws:sns:us-west-1:123456789012:{topic}"
    return {"EventSource": "aws:sns", "Sns": {"Message": written, "MessageId": message, "TopicArn": arn}}


def malformed_record(rng: random.Random) -> Any:
    """A record that is not one of SNS."""
    return rng.choice(
        (None, {}, "x", {"Sns": None}, {"Sns": {"Message": 1, "TopicArn": "t"}}, {"Sns": {"Message": "{}", "TopicArn": ""}},
         {"s3": {}}, {"Sns": {"Message": "{}"}}, [], {"Sns": {"Message": "{}", "TopicArn": "t"}})
    )  # fmt: skip
