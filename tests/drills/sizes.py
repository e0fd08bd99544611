"""Payloads around 256 KiB at every boundary, and text of every Unicode category.

Each trigger must end visibly and once: its target receives the whole text, or an error names the reason. No call may exceed
the quota of its service.
"""

from __future__ import annotations

import json
import random
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.simulation.targets.queues import messages
from orchestration.values import strictjson
from tests.drills.boundary import Call
from tests.drills.ground import NESTED, Ground, open_ground
from tests.drills.model import Progress, Tally

KIB = 1024
QUOTA = 256 * KIB
SIZES = (128, 224, 255, 256, 257)
PADS = {"ASCII": "x", "2 bytes": "ä", "4 bytes": "🚀", "escaped": '"', "control": "\u0001"}
IN_EVENT = ("SNS message", "direct invocation")
BOUNDARIES = (*IN_EVENT, "StartExecution", "glue_job", "step_function", "eventbridge", "mwaa_dag", "sqs_mwaa")
PER_CATEGORY = 60
"""Characters of a Unicode category in one text."""

SIBLING = {"type": "sqs_mwaa", "id": "sibling", "dag_id": "sibling"}


@dataclass(frozen=True, slots=True)
class Case:
    """A payload of a size at a boundary, or a text in every target."""

    boundary: str
    kib: int
    pad: str

    def __str__(self) -> str:
        return f"{self.boundary}, {self.kib} KiB, {self.pad}"

    def text(self, taken: int = 0) -> str:
        """Text that takes the size as JSON, without the ``taken`` bytes."""
        one = strictjson.size(PADS[self.pad]) - 2
        count, rest = divmod(self.kib * KIB - taken, one)
        return PADS[self.pad] * count + "x" * rest


def triggers_of(case: Case) -> list[dict[str, Any]]:
    """The triggers of a case: one with the payload, or several that fill one StartExecution call, and a small one."""
    kind = case.boundary
    if kind == "StartExecution":
        part = Case("", case.kib, case.pad).text()
        third = len(part) // 3
        return [*({**_target("sqs_mwaa", part[:third]), "id": f"third-{one}"} for one in range(3)), SIBLING]
    if kind in IN_EVENT:
        return [_target("sqs_mwaa", "${note}"), SIBLING]
    return [_target(kind, case.text() if kind in ("glue_job", "mwaa_dag", "sqs_mwaa") else ""), SIBLING]


def _target(kind: str, text: str) -> dict[str, Any]:
    given: dict[str, dict[str, Any]] = {
        "glue_job": {"job_name": "job", "arguments": {"--text": text}},
        "step_function": {"arn": NESTED},
        "eventbridge": {"detail_type": "d", "source": "s"},
        "mwaa_dag": {"environment_name": "e", "dag_id": "d", "conf": {"text": text}},
        "sqs_mwaa": {"dag_id": "d", "conf": {"text": text}},
    }
    return {"type": kind, "id": "payload", **given[kind]}


def event_of(case: Case, run_id: str) -> dict[str, Any]:
    """The event, with exactly the size as JSON if the boundary is the event or contains it."""
    event: dict[str, Any] = {"job_name": "j", "job_run_id": run_id, "status": "SUCCESS", "note": ""}
    if case.boundary in IN_EVENT:
        event["note"] = case.text(strictjson.size(event))
    elif case.boundary in ("step_function", "eventbridge"):
        frame: strictjson.JsonObject = {"triggered_by_job": "j", "triggered_by_run_id": run_id, "source_event": event}
        event["note"] = case.text(strictjson.size(frame))
    return event


def categories() -> dict[str, str]:
    """A text for each Unicode category that JSON can carry, from all planes."""
    found: dict[str, list[str]] = defaultdict(list)
    for number in range(sys.maxunicode + 1):
        found[unicodedata.category(chr(number))].append(chr(number))
    del found["Cs"]
    return {
        name: "".join(some[:: max(1, len(some) // PER_CATEGORY)][:PER_CATEGORY]) for name, some in sorted(found.items())
    }


def run(count: int, seed: int, progress: Progress) -> Tally:
    """Run up to ``count`` of the cases of sizes, and all texts; returns the tally."""
    cases = [Case(boundary, kib, pad) for boundary in BOUNDARIES for kib in SIZES for pad in PADS]
    cases = random.Random(seed).sample(cases, min(count, len(cases)))
    tally, refused = Tally(), Counter[str]()
    every = [_target(kind, "${note}") for kind in BOUNDARIES[3:]]
    document = {"workflows": {"j": {"on_success": [*({**one, "id": one["type"]} for one in every), SIBLING]}}}
    with open_ground(document) as ground:
        over = _Quotas()
        ground.boundary.disturb = over.look
        for number, case in enumerate(cases):
            run_id = f"size-{number}"
            triggers, event = triggers_of(case), event_of(case, run_id)
            ground.upload({"workflows": {"j": {"on_success": triggers}}})
            answer = _deliver(ground, case, event)
            ground.settle()
            _count(tally, refused, str(case), answer, triggers, _texts(triggers, event), _received(ground, run_id))
            progress("sizes", number + 1, len(cases))
        ground.upload(document)
        texts = categories()
        for number, (name, text) in enumerate(texts.items()):
            run_id = f"category-{name}"
            event = {"job_name": "j", "job_run_id": run_id, "status": "SUCCESS", "note": text}
            answer = ground.invoke(ground.record(event))
            ground.settle()
            triggers = document["workflows"]["j"]["on_success"]
            wanted = _texts(triggers, event)
            _count(tally, refused, f"Unicode {name}", answer, triggers, wanted, _received(ground, run_id))
            progress("Unicode categories", number + 1, len(texts))
        surrogate = ground.invoke(
            ground.record('{"job_name":"j","job_run_id":"r","status":"SUCCESS","note":"\\ud800"}')
        )
        if "unpaired surrogate" not in surrogate.get("errorMessage", ""):
            tally.wrong.append(f"an unpaired surrogate: {surrogate}")
        tally.wrong += over.found
    tally.events = tally.deliveries = len(cases) + len(texts) + 1
    tally.facts = {"cases": len(cases), "Unicode categories": len(texts), "refused with a reason": refused.total()}
    return tally


class _Quotas:
    """Looks at the calls, and notes those that exceed a quota."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def look(self, call: Call) -> None:
        for name, size in _payloads(call):
            if size > QUOTA:
                self.found.append(f"{call.operation}: {name} of {size:,} bytes, the quota is {QUOTA:,}")


def _payloads(call: Call) -> Iterator[tuple[str, int]]:
    if call.operation == "states.StartExecution":
        yield "input", strictjson.size(json.loads(json.loads(call.body)["input"]))
    elif call.operation == "sqs.SendMessage":
        yield "message", strictjson.size(json.loads(json.loads(call.body)["MessageBody"]))
    elif call.operation == "events.PutEvents":
        for one in json.loads(call.body)["Entries"]:
            # docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevents-size
            size = strictjson.size(json.loads(one["Detail"])) + len(f"{one['Source']}{one['DetailType']}".encode())
            yield "entry", size
    elif call.operation in ("lambda.Invoke", "glue.StartJobRun"):
        yield "payload", strictjson.size(json.loads(call.body))


def _deliver(ground: Ground, case: Case, event: dict[str, Any]) -> dict[str, Any]:
    """Deliver the event at the boundary; returns the router's answer, or the error of the service that refused it."""
    if case.boundary != "SNS message":
        return ground.invoke(event if case.boundary == "direct invocation" else ground.record(event))
    try:
        message_id = ground.publish(event)
    except ClientError as error:
        return {"errorMessage": str(error)}
    ground.engine.runtime.drain()
    attempts = [
        one
        for one in ground.engine.runtime.invocations
        if "Records" in one.event and one.event["Records"][0]["Sns"]["MessageId"] == message_id
    ]
    answer: dict[str, Any] = attempts[-1].result if attempts[-1].error is None else attempts[-1].error
    return answer


def _texts(triggers: list[dict[str, Any]], event: dict[str, Any]) -> dict[str, str]:
    """The text that each trigger's target must receive, by id."""
    found: dict[str, str] = {}
    for one in triggers:
        given = one.get("conf", one.get("arguments", {}))
        text = given.get("text", given.get("--text", event["note"] if one is not SIBLING else ""))
        found[one["id"]] = event["note"] if text == "${note}" else text
    return found


def _received(ground: Ground, run_id: str) -> Counter[tuple[str, str]]:
    """Type and text of each start of a run's targets."""
    found = Counter[tuple[str, str]]()
    for _, _, arguments in ground.job_runs():
        if arguments["--triggered_by_run_id"] == run_id:
            found["glue_job", arguments["--text"]] += 1
    for _, given in ground.nested():
        if given["triggered_by_run_id"] == run_id:
            found["step_function", given["source_event"]["note"]] += 1
    for message in messages(ground.engine, "events-of-default").values():
        if message["detail"]["triggered_by_run_id"] == run_id:
            found["eventbridge", message["detail"]["source_event"]["note"]] += 1
    confs = [("mwaa_dag", run["conf"]) for run in ground.engine.mwaa.environments["us-west-1", "e"]["d"]]
    confs += [("sqs_mwaa", body["conf"]) for _, body in ground.queued()]
    for kind, conf in confs:
        if conf["triggered_by_run_id"] == run_id:
            found[kind, conf.get("text", "")] += 1
    return found


def _count(  # noqa: PLR0917 - one parameter a figure
    tally: Tally,
    refused: Counter[str],
    case: str,
    answer: dict[str, Any],
    triggers: list[dict[str, Any]],
    texts: dict[str, str],
    received: Counter[tuple[str, str]],
) -> None:
    """Count how each trigger ended: its target received its text, or an error names a reason."""
    error = answer.get("errorMessage", "")
    rejected = Counter(one["id"] for record in answer.get("records", []) for one in record["rejected"] if one["Cause"])
    wanted = Counter((one["type"], texts[one["id"]]) for one in triggers if not error and not rejected[one["id"]])
    for one in triggers:
        key = f"{case}: {one['id']}"
        tally.expected[key] += 1
        if error or rejected[one["id"]]:
            refused[case] += 1
            tally.found[key] += 1
            if error and not any(word in error for word in ("OversizedEventError", "too long", "InvalidParameter")):
                tally.wrong.append(f"{case}: refused with {error:.300}")
            continue
        # Triggers with the same type and text are interchangeable.
        same = wanted[one["type"], texts[one["id"]]]
        tally.found[key] += received[one["type"], texts[one["id"]]] // same
    extra = received - wanted
    tally.wrong += [f"{case}: {kind} received {text[:40]!r}..., {len(text):,} characters" for kind, text in extra]
