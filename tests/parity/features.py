"""Counts the features of the pairs from their scenarios, and from the calls and responses that the old tree made."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.parity.conditions import OPERATORS
from tests.parity.configurations import TYPES

GROUPS: dict[str, tuple[str, ...]] = {
    "started items": (*TYPES, "wait", "publish", "notify", "batch"),
    "event kinds": ("on_success", "on_approval", "on_complete", "on_deadline"),
    "conditions": (*(f"when {name}" for name in OPERATORS), "when $or", "skipped trigger"),
    "values": ("default of a template", "type kept by a template", "missing path of parameter_mapping", "placeholder"),
    "rejected": ("ConfigError", "ResolutionError", "AirflowValueError", "OversizedEventError"),
    "delivered by": ("direct invocation", "SNS record", "several records", "malformed record", "not strict JSON"),
    "statuses": ("STARTED", "DUPLICATE", "IGNORED", "JOINED", "raised RoutingError", "raised SettingsError"),
    "duplicates": ("other content", "first run failed", "batch failed", "SDK repeated a lost call"),
    "executions": (
        "several batches", "parts", "parts under a recorded configuration", "event above 64 KiB",
        "waited for outcomes",
    ),
    "joins": (
        "WAITING", "COMPLETE", "EXPIRED", "REPEATED", "LATE", "deadline watched", "deadline invoked", "oversized arrival",
        "condition failed without item",
    ),
    "replays": (
        "replay STARTED", "replay WOULD_START", "replay LEFT_OUT", "replay REFUSED", "only as list", "only as object", "again",
        "as_was", "dry_run", "successor", "replay of a batch", "replay of a join", "replay refused as a whole",
    ),
    "configuration": (
        "from s3", "from memory", "from ssm", "from default", "304", "unavailable", "body broke off", "deadline of Lambda",
        "invalid text", "warning of the document",
    ),
    "faults": tuple(
        f"{operation} {fault}"
        for operation, names in (
            ("StartExecution", ("throttle", "500", "denied", "limit", "lost")),
            ("DescribeExecution", ("denied", "throttle", "500")),
            ("GetObject", ("denied", "500", "slowdown", "missing", "broken", "connect", "slow")),
            ("GetParameter", ("throttle", "denied", "no_parameter")), ("UpdateItem", ("throttle", "500", "lost", "no_table")),
        )
        for fault in names
    ),
    "hostile": ("control characters", "unpaired surrogate", "NaN", "nested deeply", "huge number", "not ASCII"),
}  # fmt: skip
"""Features of the table, in groups."""

Lines = list[Any]
"""``[kind, …]`` of each line of the driver."""


def features_of(scenario: dict[str, Any], lines: Lines) -> set[str]:
    """The features that one pair had."""
    found = {f"{line[1]} {line[2]}" for line in lines if line[0] == "fault"}
    found.update(_of_scenario(scenario, lines))
    found.update(_of_payloads(scenario))
    found.update(_of_inputs(scenario, lines))
    found.update(_of_responses(lines))
    found.update(_of_texts(lines))
    if "StartExecution lost" in found and "STARTED" in found:
        found.add("SDK repeated a lost call")
    return found & {name for names in GROUPS.values() for name in names}


def _documents(scenario: dict[str, Any]) -> Iterator[Any]:
    for step in scenario["steps"]:
        if step["do"] in ("upload", "parameter"):
            try:
                yield json.loads(step["text"])
            except (ValueError, RecursionError):
                continue


def _triggers(document: Any, jobs: set[str]) -> Iterator[dict[str, Any]]:
    """The triggers that the events of these jobs, or any join, may start."""
    sections = [document.get("workflows"), document.get("joins")] if isinstance(document, dict) else []
    for number, section in enumerate(sections):
        for name, entry in section.items() if isinstance(section, dict) else ():
            if (number or name in jobs) and isinstance(entry, dict):
                lists = [entries for entries in entry.values() if isinstance(entries, list)]
                yield from (one for entries in lists for one in entries if isinstance(one, dict) and "type" in one)


def _of_scenario(scenario: dict[str, Any], lines: Lines) -> Iterator[str]:
    jobs = set(
        re.findall(
            r'"job_name": "(.*?)"', json.dumps([line[2] for line in lines if line[0] == "log"]).replace('\\"', '"')
        )
    )
    for document in _documents(scenario):
        for trigger in _triggers(document, {*jobs, "load"}):
            if "when" in trigger:
                yield from _operators(trigger["when"])
            text = json.dumps(trigger)
            if ":-" in text:
                yield "default of a template"
            if "${aws." in text or "${deploy." in text:
                yield "placeholder"
    for step in scenario["steps"]:
        if step["do"] == "replay":
            yield from (name for name in step["flags"] if name in ("again", "as_was", "dry_run"))
            if step["only"]:
                yield "only as object" if "successors" in step else "only as list"


def _operators(pattern: Any) -> Iterator[str]:
    if isinstance(pattern, list):
        for one in pattern:
            if isinstance(one, dict):
                yield from _operators(one)
            else:
                yield "when equal"
    for key, value in pattern.items() if isinstance(pattern, dict) else ():
        yield f"when {key}"
        yield from _operators(value) if isinstance(value, dict | list) else ()


def _of_payloads(scenario: dict[str, Any]) -> Iterator[str]:
    for step in scenario["steps"]:
        if step["do"] != "deliver":
            continue
        payload = step["payload"]
        records = payload.get("Records") if isinstance(payload, dict) else None
        yield "SNS record" if isinstance(records, list) else "direct invocation"
        if isinstance(records, list) and len(records) > 1:
            yield "several records"
        text = json.dumps(payload)
        texts = text + text.encode().decode("unicode_escape", "replace")
        yield from (
            name
            for name, pattern in (
                ("control characters", r"\\u00[01][0-9a-f]"), ("unpaired surrogate", r"\\ud800"), ("NaN", r"\bNaN\b"),
                ("nested deeply", r'"\$nest"|\[{99}'), ("huge number", r"\d{300}|1e999"), ("not ASCII", r"\\u(?!00)[0-9a-f]{4}"),
            )
            if re.search(pattern, texts)
        )  # fmt: skip
        if len(text) > 65_536:
            yield "event above 64 KiB"


def _inputs(lines: Lines) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line[0] == "call" and line[1] == "StartExecution":
            given = json.loads(json.loads(line[2])["input"])
            if "triggers" in given:
                yield given


def _of_inputs(scenario: dict[str, Any], lines: Lines) -> Iterator[str]:
    whole = {
        (trigger["dag_id"], key)
        for document in _documents(scenario)
        for trigger in _triggers(document, {"load"})
        if isinstance(trigger.get("conf"), dict) and isinstance(trigger.get("dag_id"), str)
        for key, value in trigger["conf"].items()
        if isinstance(value, str) and re.fullmatch(r"\$\{[^{}]*\}", value)
    }
    for given in _inputs(lines):
        routing = given["routing"]
        yield from (routing["event_kind"], *(("notify",) if "notify" in routing else ()))
        if "/" in routing.get("batch", "") and routing["batch"] != "1/1" and "of" not in routing:
            yield "parts"
        if "replay" in routing and "now" in routing["replay"]:
            yield "successor"
        if "replay" in routing and routing["event_kind"] in ("on_complete", "on_deadline"):
            yield "replay of a join"
        if "of" in routing:
            yield "replay of a batch"
        batches = [item for item in given["triggers"] if item["type"] == "batch"]
        yield from (("batch",) if batches else ()) + (("several batches",) if len(batches) > 1 else ())
        for item in [*given["triggers"], *(one for batch in batches for one in batch["request"]["triggers"])]:
            request = item["request"]
            yield request["Error"] if item["type"] == "rejected" else item["type"]
            yield from (name for name in ("wait", "publish") if request.get(name))
            sent = (
                request.get("conf") or request.get("MessageBody", {}).get("conf", {})
                if item["type"] != "rejected"
                else {}
            )
            if any((item["name"], key) in whole and not isinstance(value, str) for key, value in sent.items()):
                yield "type kept by a template"


def _of_responses(lines: Lines) -> Iterator[str]:
    for line in lines:
        if line[0] == "raised":
            yield f"raised {line[1]}"
        if line[0] != "response" or not line[1].startswith("{"):
            continue
        for record in json.loads(line[1])["records"]:
            yield record["status"]
            yield from (join["status"] for join in record.get("joins", ()))
            if record.get("skipped"):
                yield "skipped trigger"
            if any("outcomes" in one for one in record.get("executions", ())):
                yield "waited for outcomes"
            for decision in record.get("replay", {}).get("triggers", ()):
                yield f"replay {decision['action']}"


_TEXTS = (
    (r"missing path of parameter_mapping", r"the event has no field .* so parameter"),
    ("other content", "the same run id arrived with different content"),
    ("first run failed", "the first execution ended"),
    ("batch failed", "the execution of batch"),
    ("from s3", "^Loaded workflow config from S3"),
    ("from memory", "^Loaded workflow config from memory"),
    ("from ssm", "^Loaded workflow config from SSM"),
    ("from default", "^Loaded workflow config from default"),
    ("unavailable", "ConfigUnavailableError"),
    ("body broke off", "broke off"),
    ("deadline of Lambda", "not attempted, because an attempt may take"),
    ("invalid text", r"^Failed to load workflow config .* (?:it is not|workflows: found|the configuration: found)"),
    ("warning of the document", "^configuration (?:s3|ssm):"),
    ("malformed record", r"Records\[\d+\]: not an SNS record"),
    ("not strict JSON", "expected a job event as JSON|expected plain JSON|nested too deeply"),
    ("LATE", "arrived after the deadline"),
    ("oversized arrival", r"expected at most [\d,]+ for \d+ jobs"),
    ("replay refused as a whole", "ReplayError"),
    ("parts under a recorded configuration", "which started a part of the event"),
)
"""Feature and pattern of a log record that shows it."""


def _of_texts(lines: Lines) -> Iterator[str]:
    for line in lines:
        if line[0] == "log" and not line[2].startswith(("Received event", "SNS Message")):
            yield from (name for name, pattern in _TEXTS if re.search(pattern, line[2]))
        if line[0] == "call":
            yield from _of_call(line[1], json.loads(line[2]))
        if line[0] == "log" and line[2].startswith("Received event") and '{"$join_deadline"' in line[2]:
            yield "deadline invoked"


def _of_call(operation: str, params: dict[str, Any]) -> Iterator[str]:
    if operation == "StartExecution" and ":deadline" in params["stateMachineArn"]:
        yield "deadline watched"
    if operation == "GetObject" and "versionId" in params:
        yield "parts under a recorded configuration"
    if operation == "GetObject" and "If-None-Match" in params:
        yield "304"
    if operation == "GetItem":
        yield "condition failed without item"
