"""Warnings: entries that the router accepts, and that are probably mistakes."""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.graph.lineage import Edge
from analysis.problems.value_warnings import member_warnings, texts, value_warnings
from orchestration.configuration.joins import Join
from orchestration.configuration.workflows import Workflow
from orchestration.event.kinds import EVENT_KINDS, JOIN_KINDS, EventKind
from orchestration.planning.items import MAX_INPUT, MAX_ITEM
from orchestration.triggers import BY_TYPE
from orchestration.triggers.facets import KeyPrefix
from orchestration.values import strictjson
from orchestration.values.strictjson import Json
from orchestration.values.validation import ValidationProblem

RuleProblem = tuple[str, ValidationProblem]
"""Name of the check, and the problem."""

_JINJA = re.compile(r"\{\{[^{}]*\}\}")
_WITHOUT_BRACES = re.compile(
    r"(?<![$\w])\$(?:artifacts|metrics|job_name|job_run_id|start_date|end_date|created_by)\b[\w.]*"
)
_ARN_REGION = re.compile(r"^arn:[a-z-]+:[a-z]+:(?P<region>[a-z0-9-]+):")
_QUEUE_REGION = re.compile(r"^https://sqs\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")

_SECTIONS: tuple[tuple[str, type[Workflow] | type[Join], tuple[EventKind, ...]], ...] = (
    ("workflows", Workflow, EVENT_KINDS),
    ("joins", Join, JOIN_KINDS),
)

EVENT_ROOM = 65_536
"""Bytes that a configuration should leave for the event: artifacts and metrics of a large job."""


def warnings(document: dict[str, Any], edges: list[Edge]) -> Iterator[RuleProblem]:
    """Every warning of a configuration whose ``workflows`` is an object.

    Args:
        document: the configuration.
        edges: its valid triggers.
    """
    yield from _names(document, edges)
    for path, entry, cls, kinds in _lists(document):
        # A misspelt list has its own error.
        fields = {field.name for field in dataclasses.fields(cls)}
        if entry.keys() <= fields and not any(entry.get(kind) for kind in kinds):
            text = f"the {cls.__name__.lower()} has no triggers, so its events start nothing"
            yield "empty-workflow", ValidationProblem(path, text)
        for kind in kinds:
            entries = entry[kind] if isinstance(entry.get(kind), list) else []
            yield from _repeated(entries, f"{path}.{kind}")
            yield from _headroom(entries, f"{path}.{kind}")
            for index, one in enumerate(entries):
                if isinstance(one, dict):
                    yield from _entry(one, f"{path}.{kind}[{index}]")
                    yield from member_warnings(entry.get("all_of"), one, f"{path}.{kind}[{index}]")


def _lists(
    document: dict[str, Any],
) -> Iterator[tuple[str, dict[str, Any], type[Workflow] | type[Join], tuple[EventKind, ...]]]:
    """Place, content, class and event kinds of each workflow and join that is an object."""
    for section, cls, kinds in _SECTIONS:
        found = document.get(section)
        for name, entry in found.items() if isinstance(found, dict) else ():
            if isinstance(entry, dict):
                yield f"{section}.{name}", entry, cls, kinds


def _names(document: dict[str, Any], edges: list[Edge]) -> Iterator[RuleProblem]:
    jobs = document["workflows"]
    for job in jobs:
        if job != job.strip():
            text = (
                f"the job name {job!r:.80} has a blank at its start or end. Events of {job.strip()!r:.80} do not match"
            )
            yield "blank-in-name", ValidationProblem(f"workflows.{job}", text, at="key")
    folded = {_folded(job): job for job in jobs}
    for edge in edges:
        job = folded.get(_folded(edge.target))
        if job is not None and edge.target not in jobs:
            text = f"found target {edge.target!r:.80}, and a workflow {job!r:.80}. Their names differ only in case, '-' or '_'"
            yield "similar-names", ValidationProblem(edge.path, text)


def _folded(name: str) -> str:
    return re.sub(r"[-_\s]", "", name).lower()


def _repeated(entries: list[Any], path: str) -> Iterator[RuleProblem]:
    seen: dict[str, int] = {}
    for index, entry in enumerate(entries):
        if isinstance(entry, dict) and strictjson.first_invalid(entry) is None:
            fields = {key: value for key, value in entry.items() if key not in ("id", "description")}
            first = seen.setdefault(json.dumps(fields, sort_keys=True), index)
            if first != index:
                text = f"the same trigger as {path}[{first}]. The event starts its target twice"
                yield "repeated-trigger", ValidationProblem(f"{path}[{index}]", text)


def _headroom(entries: list[Any], path: str) -> Iterator[RuleProblem]:
    sizes = [len(json.dumps(entry, ensure_ascii=False, default=str).encode()) for entry in entries]
    for index, size in enumerate(sizes):
        if size > MAX_ITEM - EVENT_ROOM:
            text = (
                f"found {size:,} bytes, which leaves {max(0, MAX_ITEM - size):,} bytes of an execution's input for the event. "
                "Pass the address of large values instead"
            )
            yield "quota-headroom", ValidationProblem(f"{path}[{index}]", text)
    total = sum(sizes)
    if total > MAX_INPUT - EVENT_ROOM and len(sizes) > 1:
        text = (
            f"found {total:,} bytes in {len(sizes)} triggers. With an event of {EVENT_ROOM:,} bytes they exceed one execution's "
            f"input ({MAX_INPUT:,}), so the event is started in several parts"
        )
        yield "quota-headroom", ValidationProblem(path, text)


def _entry(entry: dict[str, Any], path: str) -> Iterator[RuleProblem]:
    for place, text in texts(entry, path):
        if place == f"{path}.description":
            continue
        yield from _templates(text, place)
        region = _ARN_REGION.match(text) or _QUEUE_REGION.match(text)
        if region and place.rpartition(".")[2] in _TARGETS:
            yield from _region(region["region"], place)
    yield from value_warnings(entry, path)
    if isinstance(entry.get("region"), str) and entry["region"]:
        yield from _region(entry["region"], f"{path}.region")
    kind = entry.get("type")
    cls = BY_TYPE.get(kind) if isinstance(kind, str) else None
    for name, rule in cls.KEY_PREFIXES.items() if cls else ():
        yield from _prefixes(entry.get(name), rule, f"{path}.{name}")
        if rule.abbreviation:
            yield from _abbreviations(
                entry.get(name), rule, tuple(cls.RESERVED_FIELDS if cls else ()), f"{path}.{name}"
            )


def _prefixes(keys: Any, rule: KeyPrefix, path: str) -> Iterator[RuleProblem]:
    """Keys that the service ignores."""
    for key in keys if isinstance(keys, dict) else ():
        if not key.startswith(rule.prefix):
            # "-x" has a part of the prefix "--" already.
            part = next(
                size
                for size in range(len(rule.prefix), -1, -1)
                if key.startswith(rule.prefix[len(rule.prefix) - size :])
            )
            expected = f"{rule.prefix}{key[part:]:.80}"
            text = f"found {rule.noun} {key!r:.80}, expected '{expected}'. {rule.reason}"
            yield rule.rule, ValidationProblem(f"{path}.{key}", text, at="key")


def _abbreviations(keys: Json, rule: KeyPrefix, automatic: tuple[str, ...], path: str) -> Iterator[RuleProblem]:
    """Keys that begin an automatic one, or the other way round: argparse reads the shorter one as the longer one."""
    for key in keys if isinstance(keys, dict) else ():
        for name in automatic:
            if key != name and len(key) > len(rule.prefix) and (name.startswith(key) or key.startswith(name)):
                shorter, longer = sorted((key, name), key=len)
                text = (
                    f"found {rule.noun} {key!r:.80}, and the orchestrator sends {name!r}. A job that has {longer!r:.80} reads "
                    f"{shorter!r:.80} as its abbreviation. Rename the {rule.noun}"
                )
                yield rule.abbreviation, ValidationProblem(f"{path}.{key}", text, at="key")


_TARGETS = {name for trigger in BY_TYPE.values() for name in trigger.ADDRESSES}


def _templates(text: str, path: str) -> Iterator[RuleProblem]:
    jinja, bare = _JINJA.search(text), _WITHOUT_BRACES.search(text)
    if jinja:
        message = f"found {jinja[0]!r:.80}, which is sent as it is. A template is ${{path}}"
        yield "looks-like-template", ValidationProblem(path, message)
    if bare:
        message = f"found {bare[0]!r:.80}, which is sent as it is. A template has braces: ${{{bare[0][1:]:.80}}}"
        yield "looks-like-template", ValidationProblem(path, message)


def _region(region: str, path: str) -> Iterator[RuleProblem]:
    known = regions()
    if known and region not in known and "${" not in region:
        text = f"found region {region!r}, which the AWS SDK does not know"
        yield "unknown-region", ValidationProblem(path, text, found=region, options=known)


@functools.cache
def regions() -> tuple[str, ...]:
    """Regions of every partition, from the AWS SDK's data; read without its import, which takes 0.2 s."""
    sdk = importlib.util.find_spec("botocore")
    folder = next(iter(sdk.submodule_search_locations or ()), "") if sdk else ""
    data = json.loads(Path(folder, "data", "partitions.json").read_text(encoding="utf-8"))
    return tuple(
        region for partition in data["partitions"] for region in partition["regions"] if not region.endswith("-global")
    )
