"""Hostile events and random configurations of the drill ``poison``."""

from __future__ import annotations

import json
import random
from typing import Any

JOBS = (
    "load",
    "a\n[ERROR]\tFailed: forged",
    "\x1b[2J\x1b[31m",
    "\u202edaol",
    "${job_name}",
    "workflows",
    "__class__",
    "🚀" * 90,
)
TEXTS = (
    "evil", "${artifacts.path}", "${job_name:-evil}", "$.request", "States.Format('x')", "{{ ds }}", "' OR 1=1 --",
    "a\nb", "\r\n[INFO]\tStarted: {}", "\x1b]0;title\x07", "\x00", "\u2028", "\u202e", "\ud83d\ude80", "ä" * 300, "x" * 3_000,
    "arn:aws:states:us-west-1:123456789012:stateMachine:evil", "../../evil", "%s%n%s", "{0.__class__}", "",
)  # fmt: skip
ODD: tuple[Any, ...] = (None, True, 0, -1, 1e308, 2**70, [], {}, [[]], {"": {}}, {"$replay": {}}, {"__proto__": 1})
NAMES = (
    "path",
    "job_name",
    "arn",
    "type",
    "JobName",
    "QueueUrl",
    "request",
    "triggers",
    "routing",
    "event",
    "$wait_seconds",
    "a.b",
)
RAW = (
    "{",
    "[]",
    "null",
    '"x"',
    "1e999",
    "NaN",
    '{"a":1,"a":2}',
    "\x00",
    "[" * 5_000,
    '{"job_name":"\\ud800"}',
    "\ufeff{}",
)


def _text(rng: random.Random) -> str:
    return rng.choice(TEXTS) + rng.choice(("", rng.choice(TEXTS)))


def _value(rng: random.Random, depth: int = 0) -> Any:
    kind = rng.random()
    if kind < 0.6 or depth > 3:
        return _text(rng)
    if kind < 0.75:
        return rng.choice(ODD)
    if kind < 0.9:
        return {rng.choice(NAMES): _value(rng, depth + 1) for _ in range(rng.randint(0, 4))}
    return [_value(rng, depth + 1) for _ in range(rng.randint(0, 3))]


def event_of(rng: random.Random) -> dict[str, Any]:
    event: dict[str, Any] = {rng.choice(NAMES): _value(rng) for _ in range(rng.randint(0, 6))}
    event |= {"job_name": rng.choice(JOBS), "job_run_id": f"{rng.choice(JOBS)}{rng.random()}", "status": "SUCCESS"}
    event["artifacts"] = {rng.choice(NAMES): _value(rng) for _ in range(3)}
    if rng.random() < 0.3:
        event[rng.choice(("status", "decision", "job_run_id", "artifacts", "hops", "$replay"))] = _value(rng)
    if rng.random() < 0.005:
        event["large"] = _text(rng) * 3_000
    return event


def payload_of(rng: random.Random, event: dict[str, Any]) -> Any:
    if rng.random() < 0.1:
        return json.loads(json.dumps(event))
    text = rng.choice(RAW) if rng.random() < 0.05 else json.dumps(event, ensure_ascii=rng.random() < 0.5)
    return {"Records": [{"Sns": {"Message": text, "MessageId": "m", "TopicArn": "arn:aws:sns:us-west-1:1:t"}}]}


def document_of(rng: random.Random) -> dict[str, Any] | bytes:
    if rng.random() < 0.02:
        return rng.choice((b"{", b"[]", b"\xff", b'{"workflows": 1}'))
    workflows: dict[str, Any] = {
        job: {"on_success": [_entry(rng) for _ in range(rng.randint(0, 5))]}
        for job in rng.sample(JOBS, rng.randint(3, 8))
    }
    if rng.random() < 0.1:
        workflows[rng.choice(JOBS)] = rng.choice(ODD)
    return {"workflows": workflows}


def _entry(rng: random.Random) -> Any:
    if rng.random() < 0.05:
        return rng.choice((*ODD, "text"))
    name, template = (
        f"declared-{rng.randrange(10)}",
        rng.choice(("${artifacts.path}", "${job_name}", "${a:-x}", "fixed", "${", _text(rng))),
    )
    one: dict[str, Any] = rng.choice(
        (
            {"type": "glue_job", "job_name": name, "arguments": {"--x": template}},
            {"type": "step_function", "arn": f"arn:aws:states:us-west-1:123456789012:stateMachine:{name}"},
            {"type": "eventbridge", "detail_type": name, "source": "declared"},
            {"type": "mwaa_dag", "environment_name": "declared", "dag_id": name, "conf": {"x": template}},
            {
                "type": "sqs_mwaa",
                "dag_id": name,
                "parameter_mapping": {"x": rng.choice(NAMES)},
                "conf": {"y": template},
            },
        )
    )
    if rng.random() < 0.1:
        one = one | {
            rng.choice(("type", "job_name", "dag_id", "arn", "unknown")): rng.choice(("${job_name}", "${arn}", 1, ""))
        }
    if rng.random() < 0.2:
        one = one | {"when": {"artifacts": {"path": rng.choice(([{"exists": True}], ["evil"], [{"prefix": "a"}], 7))}}}
    return one
