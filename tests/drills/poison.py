"""Hostile events meet random configurations, valid and broken.

An event never chooses a target, each entry of a workflow ends as a start, a rejection or a skip, no error is unexpected, and
each log record is one bounded line.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from typing import Any

from orchestration.errors import RoutingError
from orchestration.event.identity import execution_name
from orchestration.input.item import BATCH, REJECTED
from tests.drills.model import Progress, Tally
from tests.drills.poison_cases import document_of, event_of, payload_of
from tests.drills.router_log import logged
from tests.orchestration.fake_aws import SETTINGS, FakeAws

QUEUE = "https://sqs.us-west-1.amazonaws.com/123456789012/queue"
POISON_SETTINGS = replace(SETTINGS, mwaa_trigger_queue_url=QUEUE)
EVENTS_PER_CONFIGURATION = 2


def run(count: int, seed: int, progress: Progress) -> Tally:
    """Route ``count`` events, two with each configuration; returns the tally."""
    rng = random.Random(seed)
    tally = Tally(events=count, deliveries=count)
    configurations = -(-count // EVENTS_PER_CONFIGURATION)
    kinds = dict.fromkeys(("started", "ignored", "refused"), 0)
    with logged() as log:
        for number in range(configurations):
            aws = _Recorder()
            document = document_of(rng)
            aws.versions.append(document if isinstance(document, bytes) else json.dumps(document).encode())
            router = aws.router()
            for one in range(min(EVENTS_PER_CONFIGURATION, count - number * EVENTS_PER_CONFIGURATION)):
                case = f"configuration {number}, event {one}"
                event = event_of(rng)
                payload = payload_of(rng, event)
                aws.items.clear()
                log.start()
                try:
                    (record,) = router.route(payload, case, POISON_SETTINGS)["records"]
                except RoutingError:
                    record = {"status": "refused"}
                except Exception as error:  # noqa: BLE001 - the drill reports each error that the router should not raise
                    tally.wrong.append(f"{case}: {type(error).__name__}: {error!s:.200}")
                    continue
                kinds[str(record["status"]).lower()] = kinds.get(str(record["status"]).lower(), 0) + 1
                tally.wrong += [f"{case}: {problem}" for problem in log.problems()]
                if isinstance(document, dict):
                    _compare(tally, case, document, record, aws.items)
            progress("configurations", number + 1, configurations)
    tally.facts = {"configurations": configurations, "log lines": log.lines, "longest log line": log.longest}
    tally.facts |= {f"events {name}": number for name, number in sorted(kinds.items())}
    return tally


class _Recorder(FakeAws):
    """Notes the items that an execution would start, with all batches."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[dict[str, Any]] = []

    def _run(self, event: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
        self.items += item["request"]["triggers"] if item["type"] == BATCH else [item]
        return {"result": {"status": "TRIGGERED", "id": "x"}}


def _compare(
    tally: Tally, case: str, document: dict[str, Any], record: dict[str, Any], items: list[dict[str, Any]]
) -> None:
    """Compare the items with the entries of the workflow."""
    workflow = document["workflows"].get(record.get("job_name"))
    entries = workflow.get("on_success") if isinstance(workflow, dict) else None
    if record["status"] != "STARTED" or record["event_kind"] != "on_success" or not isinstance(entries, list):
        # A workflow that is not an object starts an execution that fails with the problem.
        started = [item for item in items if item["type"] != REJECTED]
        tally.wrong += [f"{case}: {len(started)} items of an event that is {record['status']}"] if started else []
        return
    declared = {_declared(entry) for entry in entries}
    tally.expected[case] += len(entries)
    # By id: one entry that starts twice and another that does not start have the right number of items.
    ids = Counter(item["id"] for item in items if not item["id"].startswith("problem:"))
    tally.found[case] += len(record.get("skipped", ())) + len(ids)
    tally.found.update({f"{case}, again: {name}": number - 1 for name, number in ids.items() if number > 1})
    for item in items:
        target = _target(item)
        if target is not None and target not in declared:
            tally.wrong.append(f"{case}: the target {target!r:.200} is not in the configuration")
    name = execution_name("on_success", record["job_name"], record["job_run_id"])
    if record["executions"][0]["name"] != name:
        tally.wrong.append(f"{case}: the execution has the name {record['executions'][0]['name']!r:.100}")


def _declared(entry: Any) -> tuple[Any, ...] | None:
    """Type and target of an entry, as its author wrote them."""
    fields = {
        "glue_job": ("job_name",),
        "step_function": ("arn",),
        "eventbridge": ("source", "detail_type"),
        "mwaa_dag": ("environment_name", "dag_id"),
        "sqs_mwaa": ("dag_id",),
    }
    if not isinstance(entry, dict) or entry.get("type") not in fields:
        return None
    return entry["type"], *(repr(entry.get(name)) for name in fields[entry["type"]])


def _target(item: dict[str, Any]) -> tuple[Any, ...] | None:
    """Type and target of an item's request, as the state machine reads them; None if it was rejected."""
    request = item["request"]
    targets: dict[str, tuple[Any, ...]] = {
        "glue_job": (request.get("JobName"),),
        "step_function": (request.get("StateMachineArn"),),
        "eventbridge": (request.get("Source"), request.get("DetailType")),
        "mwaa_dag": (request.get("environment_name"), request.get("dag_id")),
        "sqs_mwaa": (request["MessageBody"]["dag_id"],) if "MessageBody" in request else (),
    }
    if item["type"] == REJECTED:
        return None
    defaults = {"sqs_mwaa": ("QueueUrl", QUEUE), "eventbridge": ("EventBusName", "default")}
    key, value = defaults.get(item["type"], ("", None))
    if key and request[key] != value:
        return item["type"], request[key]
    return item["type"], *map(repr, targets[item["type"]])
