"""Identities: trigger ids, execution names and downstream run ids.

Lists are edited, so a place in a list is never an identity. A name is computed from the identity alone: knowing job and run
is knowing the execution. A name can be used once, so names are also the ledger of replays.
Quota: an execution's name has at most 80 characters, and CloudWatch Logs accepts ``[A-Za-z0-9_-]``
(docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from orchestration import strictjson
from orchestration.strictjson import InvalidValue

TRIGGER_ID = r"[A-Za-z0-9_-]{1,64}"
"""Regular expression of a trigger id in the configuration."""

MAX_NAME = 72
"""Characters of an execution's name."""

BATCH_PREFIX = "batch:"
"""Prefix of the id of a batch. A trigger id has no colon, so the two never collide."""

_MAX_ID_IN_RUN_ID = 12
"""Characters of a trigger id in a downstream run id, which has at most 80 characters in all."""


def trigger_ids(entries: Sequence[Any]) -> tuple[list[str], set[int]]:
    """Ids of a workflow's entries, and the indices of entries whose explicit id appears twice.

    An entry without a valid ``id`` gets a digest of its content without ``description``. Equal entries get the suffixes
    ``-2``, ``-3``, ...: they are interchangeable. Several entries with the same explicit id are all ambiguous, so they get
    digests too.
    """
    explicit = [_explicit(entry) for entry in entries]
    counts = Counter(explicit)
    repeated = {index for index, one in enumerate(explicit) if one and counts[one] > 1}
    used = {one for index, one in enumerate(explicit) if one and index not in repeated}
    ids = []
    for index, entry in enumerate(entries):
        if explicit[index] and index not in repeated:
            ids.append(explicit[index])
        else:
            ids.append(_unused(_digest(_content(entry), 8), used))
    return ids, repeated


def problem_id(problem: str) -> str:
    """Id of a rejected item that is a problem of the workflow itself, not a trigger."""
    return f"problem:{_digest(problem, 8)}"


def execution_name(event_kind: str, job_name: str, job_run_id: str) -> str:
    """Name of an event's execution: a readable part, then a digest that makes it unique."""
    return _name(job_name, job_run_id, [event_kind, job_name, job_run_id])


def name_prefix(job_name: str, job_run_id: str = "") -> str:
    """Beginning of the names of all executions of a job, or of a job's run; other jobs may share it."""
    return "-".join(filter(None, (_readable(job_name, 24), _readable(job_run_id, 20))))


def replay_name(event_kind: str, job_name: str, job_run_id: str, trigger_id: str, attempt: int) -> str:
    """Name of a trigger's replay execution. ``attempt`` counts from 1."""
    return f"{_name(job_name, job_run_id, [event_kind, job_name, job_run_id, trigger_id])}-r{attempt}"


def part_name(name: str, number: int) -> str:
    """Name of the execution ``number`` of an event that exceeds one input; the first one has the event's name."""
    return name if number == 1 else f"{name}-p{number}"


def batch_name(name: str, number: int) -> str:
    """Name of the execution of the event's batch ``number``."""
    return f"{name}-b{number}"


def downstream_run_id(name: str, trigger_id: str, generation: int = 0) -> str:
    """Id of the run that a trigger starts. A target that deduplicates by it starts once.

    Args:
        name: name of the event's execution.
        trigger_id: id of the trigger in that execution.
        generation: attempt of the last replay with ``again``, or 0. Other replays keep the id, so that a target which
            started although the call failed is not started twice.
    """
    short = trigger_id if len(trigger_id) <= _MAX_ID_IN_RUN_ID else _digest(trigger_id, _MAX_ID_IN_RUN_ID)
    return f"{name}-{short}" + (f"-r{generation}" if generation else "")


def _name(job_name: str, job_run_id: str, identity: list[str]) -> str:
    parts = (_readable(job_name, 24), _readable(job_run_id, 20), _digest(strictjson.dumps(identity), 16))
    return "-".join(part for part in parts if part)


def _readable(text: str, length: int) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "-", text)[:length].strip("-")


def _explicit(entry: Any) -> str:
    found = entry.get("id") if isinstance(entry, dict) else None
    return found if isinstance(found, str) and re.fullmatch(TRIGGER_ID, found) else ""


def _content(entry: Any) -> str:
    """Canonical text of an entry without its description; invalid values become their reason."""
    fields = {key: value for key, value in entry.items() if key != "description"} if isinstance(entry, dict) else entry
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), default=_reason)


def _reason(value: Any) -> str:
    return value.reason if isinstance(value, InvalidValue) else repr(value)


def _unused(wanted: str, used: set[str]) -> str:
    """``wanted``, or ``wanted-2``, ``wanted-3``, ..., and mark it as used."""
    name, number = wanted, 1
    while name in used:
        number += 1
        name = f"{wanted}-{number}"
    used.add(name)
    return name


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
