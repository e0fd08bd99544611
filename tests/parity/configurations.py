"""Random configurations: triggers of every type with all their fields, joins, and mistakes that a person makes."""

from __future__ import annotations

import copy
import hashlib
import json
import random
from typing import Any

from tests.parity import events
from tests.parity.conditions import when

TYPES = ("glue_job", "step_function", "eventbridge", "mwaa_dag", "sqs_mwaa")
TEMPLATES = (
    "${job_name}", "${artifacts.path}", "${artifacts.files}", "${artifacts.files.0.name}", "${metrics.rows}", "${metrics}",
    "${metrics.ok}", "${artifacts.count}", "${start_date}", "${tags}", "at ${start_date} by ${created_by:-nobody}",
    "${absent:-default}", "${absent:-}", "${absent}", "${artifacts.absent.deep}", "$${literal}", "rows=${metrics.rows}", "fixed",
    "${artifacts.files.9}", "${tags.0:-none}/${metrics:-x}", "${deploy.env}", "${aws.account}-${aws.region}", "${aws.partition}",
    "",
)  # fmt: skip
DEFAULTED = (
    "${artifacts.path:-p}",
    "${start_date:-d}",
    "${metrics.rows:-0}",
    "fixed",
    "${job_run_id}",
    "${artifacts:-none}",
)
"""Templates that every event fills."""
BROKEN = ("${", "${}", "${a..b}", "${aws.foo}", "${aws.region:-x}", "${deploy.env:-dev}", "${a", "$${", "${.a}")
PATHS = (
    "start_date",
    "metrics.rows",
    "artifacts.files",
    "artifacts.files.0",
    "absent",
    "artifacts.absent",
    "tags",
    "created_by",
)
NOTIFY = (
    "arn:aws:sns:us-west-1:123456789012:failures", "arn:${aws.partition}:sns:${aws.region}:${aws.account}:f-${deploy.env}",
    "arn:aws:sns:us-east-1:123456789012:failures", "arn:aws:sns:us-west-1:123456789012:failures.fifo", "failures", 7,
)  # fmt: skip
OTHER_FIELDS: tuple[tuple[str, Any], ...] = (
    ("type", "glue"), ("type", 1), ("type", None), ("id", "with space"), ("id", ""), ("id", 5),
    ("unknown", True), ("Type", "glue_job"),
    ("job_name", "${job_name}"), ("job_name", ""), ("job_name", " blank "), ("dag_id", "a b"), ("dag_id", "event_dispatcher"),
    ("arn", "arn:aws:states:us-east-1:123456789012:stateMachine:x"),
    ("arn", "arn:aws:states:us-west-1:123456789012:stateMachine:m"),
    ("arn", "x"), ("arguments", {"--triggered_by_job": "x"}), ("arguments", []), ("arguments", {"--n": 5}), ("conf", []),
    ("conf", {"triggered_by_job": 1}), ("conf", {"__type": 1}), ("conf", {"big": 2**70}), ("conf", {"nul": "a\x00b"}),
    ("parameter_mapping", {"x": "${a}"}), ("parameter_mapping", {"x": "a..b"}), ("parameter_mapping", {"x": "aws.region"}),
    ("parameter_mapping", {"source_artifacts": "a"}),
    ("event_bus", "arn:aws:events:us-east-1:1:event-bus/b"), ("source", "aws.x"),
    ("queue_url", "https://sqs.us-east-1.amazonaws.com/1/q"), ("queue_url", "https://sqs.us-west-1.amazonaws.com/1/q.fifo"),
    ("description", 1), ("wait", "yes"), ("publish", True), ("publish_as", "name"), ("publish_as", "${x}"), ("when", 7),
    ("region", "nowhere"), ("environment_name", "1x"), ("job_run_queuing_enabled", 1), ("detail_type", None),
)  # fmt: skip


def template(rng: random.Random) -> Any:
    kind = rng.random()
    if kind < 0.03:
        return rng.choice(BROKEN)
    if kind < 0.06:
        return events.text(rng)
    return rng.choice(TEMPLATES if kind < 0.35 else DEFAULTED)


def conf(rng: random.Random, depth: int = 0) -> Any:
    """A value of ``conf``, with templates at any depth."""
    kind = rng.random()
    if kind < 0.6 or depth > 2:
        return template(rng)
    if kind < 0.75:
        return rng.choice((1, 2.5, True, None, [], {}, 10**15))
    if kind < 0.9:
        return {rng.choice(("a", "b", "${c}", "ä")): conf(rng, depth + 1) for _ in range(rng.randint(0, 2))}
    return [conf(rng, depth + 1) for _ in range(rng.randint(0, 2))]


def target(rng: random.Random, kind: str) -> dict[str, Any]:
    """The fields of a type, valid but for templates."""
    name = f"target-{rng.randrange(12)}"
    mapping = {f"p{number}": rng.choice(PATHS) for number in range(rng.randint(0, 3))}
    if kind == "glue_job":
        given: dict[str, Any] = {
            "job_name": name,
            "arguments": {f"--a{at}": str(template(rng)) for at in range(rng.randint(0, 3))},
        }
        return given | ({"job_run_queuing_enabled": True} if rng.random() < 0.2 else {})
    if kind == "step_function":
        place = rng.choice(
            ("arn:aws:states:us-west-1:123456789012", "arn:${aws.partition}:states:${aws.region}:${aws.account}")
        )
        return {"arn": f"{place}:stateMachine:{name}{rng.choice(('', '', ':3', ':live'))}"}
    if kind == "eventbridge":
        bus = rng.choice(({}, {"event_bus": "bus"}, {"event_bus": "arn:aws:events:us-west-1:123456789012:event-bus/b"}))
        return {"detail_type": name, "source": "dwh.parity", **bus}
    dag = {
        "dag_id": name,
        "conf": {f"c{at}": conf(rng) for at in range(rng.randint(0, 3))},
        "parameter_mapping": mapping,
    }
    if kind == "mwaa_dag":
        return dag | {"environment_name": "dwh"} | ({"region": "us-west-2"} if rng.random() < 0.3 else {})
    return dag | ({"queue_url": "https://sqs.us-west-1.amazonaws.com/123456789012/q"} if rng.random() < 0.3 else {})


def trigger(rng: random.Random, *, mistakes: float = 0.12, conditions: float = 0.3, waits: float = 0.1) -> Any:
    """One entry of a workflow."""
    if rng.random() < mistakes * 0.1:
        return rng.choice((None, 7, "text", [], {}))
    kind = rng.choice(TYPES)
    entry = {"type": kind, **target(rng, kind)}
    if rng.random() < 0.4:
        entry["id"] = rng.choice(
            (f"t-{rng.randrange(6)}", f"id_{rng.randrange(10**6)}", "a-quite-long-id-of-a-trigger")
        )
    if rng.random() < 0.3:
        entry["description"] = rng.choice(("Load it", "ä" * 80, "", "line\nend"))
    if rng.random() < conditions:
        entry["when"] = when(rng)
    if kind in ("glue_job", "step_function") and rng.random() < waits:
        entry["wait"] = True
        if rng.random() < 0.6:
            entry |= {"publish": True} | (
                {"publish_as": rng.choice(("done", "done ä", "x.y"))} if rng.random() < 0.5 else {}
            )
    if rng.random() < mistakes:
        name, wrong = rng.choice(OTHER_FIELDS)
        entry[name] = wrong
    if rng.random() < mistakes / 3:
        entry.pop(rng.choice(list(entry)))
    return entry


def triggers(rng: random.Random, low: int = 0, high: int = 6, **odds: float) -> list[Any]:
    made = [trigger(rng, **odds) for _ in range(rng.randint(low, high))]
    if made and rng.random() < 0.1:
        made.append(copy.deepcopy(rng.choice(made)))
    if len(made) > 1 and rng.random() < 0.06:
        _clash(rng, made)
    return made


def _clash(rng: random.Random, entries: list[Any]) -> None:
    """Give one entry the id that another one has as the digest of its content (``orchestration.event.identity``)."""
    one, other = rng.sample([entry for entry in entries if isinstance(entry, dict)] + [{}, {}], 2)
    one.pop("id", None)
    fields = {key: value for key, value in one.items() if key != "description"}
    content = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    other["id"] = hashlib.sha256(content.encode()).hexdigest()[:8] + rng.choice(("", "-2"))


def workflow(rng: random.Random, on_success: list[Any]) -> Any:
    entry: dict[str, Any] = {"on_success": on_success, "on_approval": triggers(rng, 0, 2)}
    if rng.random() < 0.3:
        entry["notify"] = rng.choice(NOTIFY if rng.random() < 0.4 else NOTIFY[:2])
    if rng.random() < 0.2:
        entry["description"] = "Upstream job"
    if rng.random() < 0.06:
        entry[rng.choice(("on_sucess", "on_success", "on_approval", "description", "extra"))] = rng.choice(
            (7, None, "x", {}, [7])
        )
    return entry


def document(rng: random.Random, workflows: dict[str, Any], joins: dict[str, Any] | None = None) -> dict[str, Any]:
    """A whole configuration."""
    others = rng.sample(events.JOBS, rng.randint(0, 2))
    made: dict[str, Any] = {"workflows": {**{name: workflow(rng, triggers(rng, 0, 2)) for name in others}, **workflows}}
    made |= {"joins": joins} if joins else {}
    if rng.random() < 0.08:
        made[rng.choice(("$schema", "allow_cycles", "extra", "Workflows"))] = rng.choice((True, "schema.json", 1, None))
    return made


def written(rng: random.Random, made: Any) -> str:
    """Text of a configuration; some texts have what strict JSON has not."""
    text = json.dumps(made, ensure_ascii=rng.random() < 0.7, indent=rng.choice((None, 1)))
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # a file has no lone surrogate
    kind = rng.random()
    if kind < 0.03:
        return text.replace('"type":', '"type": "glue_job", "type":', 1)
    if kind < 0.05:
        return text.replace('"fixed"', rng.choice(("NaN", "1e999", '"\\ud800"', "[" * 105 + "]" * 105, "9" * 5_000)), 1)
    return text


def edited(rng: random.Random, entries: list[Any]) -> list[Any]:
    """The entries after edits between start and replay: moved, changed, removed, renamed and new ones."""
    now = copy.deepcopy(entries)
    for number in range(rng.randint(1, 4)):
        action, at = rng.choice(("insert", "remove", "move", "change", "rename")), rng.randrange(len(now) + 1)
        if action == "insert" or at == len(now):
            new = trigger(rng)
            now.insert(at, {**new, "id": f"new-{number}"} if isinstance(new, dict) and rng.random() < 0.5 else new)
        elif action == "remove":
            del now[at]
        elif action == "move":
            now.insert(rng.randrange(len(now)), now.pop(at))
        elif isinstance(now[at], dict):
            change = (
                {"id": f"new-{number}"}
                if action == "rename"
                else rng.choice(({"description": "x"}, {"when": when(rng)}))
            )
            now[at] = {**now[at], **change}
    return now
