"""Ids of triggers. Lists are edited, so a place in a list is never an identity."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from orchestration.event.identity import TRIGGER_ID, digest

if TYPE_CHECKING:
    from orchestration.values.strictjson import InvalidValue, Json

NO_IDENTITY = ("accept", "description")
"""Fields that do not change a trigger's request, so that a change of them does not change its id."""


def trigger_ids(entries: Sequence[Json]) -> tuple[list[str], set[int]]:
    """Ids of a workflow's entries, and the indices of entries whose explicit id appears twice.

    An entry without a valid ``id`` gets a digest of its content without ``NO_IDENTITY``. Equal entries get the suffixes
    ``-2``, ``-3``, ...: they are interchangeable. Several entries with the same explicit id are all ambiguous, so they get
    digests too.
    """
    explicit = [_explicit(entry) for entry in entries]
    counts = Counter(explicit)
    repeated = {index for index, written in enumerate(explicit) if written and counts[written] > 1}
    used = {written for index, written in enumerate(explicit) if written and index not in repeated}
    ids = []
    for index, entry in enumerate(entries):
        if explicit[index] and index not in repeated:
            ids.append(explicit[index])
        else:
            ids.append(_unused(digest(_content(entry), 8), used))
    return ids, repeated


def problem_id(problem: str) -> str:
    """Id of a rejected item that is a problem of the workflow itself, not a trigger."""
    return f"problem:{digest(problem, 8)}"


def _explicit(entry: Json) -> str:
    written = entry.get("id") if isinstance(entry, dict) else None
    return written if isinstance(written, str) and re.fullmatch(TRIGGER_ID, written) else ""


def _content(entry: Json) -> str:
    """Canonical text of an entry without ``NO_IDENTITY``; invalid values become their reason."""
    fields = (
        {key: value for key, value in entry.items() if key not in NO_IDENTITY} if isinstance(entry, dict) else entry
    )
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), default=_reason)


def _reason(value: InvalidValue) -> str:
    return value.reason


def _unused(wanted: str, used: set[str]) -> str:
    """``wanted``, or ``wanted-2``, ``wanted-3``, ..., and mark it as used."""
    name, number = wanted, 1
    while name in used:
        number += 1
        name = f"{wanted}-{number}"
    used.add(name)
    return name
