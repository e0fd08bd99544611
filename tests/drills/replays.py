"""Events fail, and four replays of each run at once while the configuration is edited."""

from __future__ import annotations

import copy
import random
import threading
from typing import Any

from tests.drills.boundary import Call, Disturbance
from tests.drills.ground import Ground, expected, in_parallel, open_ground
from tests.drills.model import Progress, Tally

AT_ONCE = 4
WORKFLOW: list[dict[str, Any]] = [
    {"type": "glue_job", "id": "a", "job_name": "a"},
    {"type": "sqs_mwaa", "id": "b", "dag_id": "b"},
    {"type": "glue_job", "id": "c", "job_name": "c"},
    {"type": "sqs_mwaa", "id": "d", "dag_id": "d"},
]
EXTRA: list[dict[str, Any]] = [{"type": "sqs_mwaa", "id": f"x{one}", "dag_id": f"x{one}"} for one in range(5)]
"""Triggers that an edit inserts. They are in no event, so a replay must not start them."""

MOST_PARTS = 0.5
"""Share of the calls of an event's first delivery that are refused."""


def run(count: int, seed: int, progress: Progress) -> Tally:
    """Start ``count`` events of which some triggers fail, then replay them; returns the tally."""
    rng = random.Random(seed)
    document = {"workflows": {"j": {"on_success": [*WORKFLOW, *EXTRA]}}}
    tally = Tally(events=count)
    with open_ground(document) as ground:
        ground.upload({"workflows": {"j": {"on_success": WORKFLOW}}})
        ground.boundary.disturb = lambda call: _refused(call, rng)
        events = [{"job_name": "j", "job_run_id": f"run-{one}", "status": "SUCCESS"} for one in range(count)]
        started = in_parallel(ground, [ground.record(event) for event in events], "first deliveries", progress)
        ground.settle()
        ground.boundary.disturb = lambda call: None
        before = ground.starts()
        payloads = []
        for event, result in zip(events, started, strict=True):
            tally.expected += expected(WORKFLOW, event["job_run_id"])
            (execution,) = result["records"][0]["executions"]
            payloads += [event | {"$replay": {"of": execution["name"]}, "$wait_seconds": 30}] * AT_ONCE
        rng.shuffle(payloads)
        refused, uploads = _replay(ground, payloads, random.Random(seed + 1), progress)
        # A trigger whose entry an edit had removed was refused. The original configuration brings it back.
        ground.upload({"workflows": {"j": {"on_success": WORKFLOW}}})
        missing = set(tally.expected - ground.starts())
        left = {one["job_run_id"] for one in events if missing & set(expected(WORKFLOW, one["job_run_id"]))}
        again = [payload for payload in payloads if payload["job_run_id"] in left]
        in_parallel(ground, again, "replays after the edits", progress)
        ground.settle()
        tally.found = ground.starts()
        tally.deliveries = count + len(payloads) + len(again)
        tally.facts = {
            "started by the first delivery": before.total(),
            "replays": len(payloads) + len(again),
            "uploads between": uploads,
            "replays refused": refused,
        }
    return tally


def _refused(call: Call, rng: random.Random) -> Disturbance | None:
    if call.operation in ("glue.StartJobRun", "sqs.SendMessage") and rng.random() < MOST_PARTS:
        return Disturbance(status=400, code="AccessDeniedException")
    return None


def _replay(ground: Ground, payloads: list[Any], rng: random.Random, progress: Progress) -> tuple[int, int]:
    """Replay while another thread edits the configuration; returns the numbers of refused replays and of uploads."""
    ended, uploads = threading.Event(), 0

    def edit() -> None:
        nonlocal uploads
        while not ended.wait(rng.uniform(0.02, 0.2)):
            ground.upload({"workflows": {"j": {"on_success": _edited(rng)}}})
            uploads += 1

    editor = threading.Thread(target=edit)
    editor.start()
    try:
        results = in_parallel(ground, payloads, "replays", progress)
    finally:
        ended.set()
        editor.join()
    ground.settle()
    triggers = [
        one for result in results for record in result.get("records", []) for one in record["replay"]["triggers"]
    ]
    refused = sum("records" not in result for result in results)
    return refused + sum(one["action"] == "REFUSED" for one in triggers), uploads


def _edited(rng: random.Random) -> list[dict[str, Any]]:
    """The workflow with entries inserted, moved, changed and removed; an entry keeps its id."""
    now = copy.deepcopy(WORKFLOW)
    for _ in range(rng.randint(1, 4)):
        action = rng.choice(["insert", "move", "change", "remove"])
        if action == "insert":
            new = rng.choice(EXTRA)
            now += [] if new in now else [new]
        elif action == "remove" and len(now) > 1 and rng.random() < 0.3:
            now.pop(rng.randrange(len(now)))
        elif action == "change":
            one = rng.choice(now)
            one["description"] = str(rng.random())
        rng.shuffle(now)
    return now
