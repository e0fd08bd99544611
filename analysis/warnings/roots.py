"""Warnings about paths whose first part is almost a field of the event."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from analysis.entries.paths import PathUse
from analysis.warnings.typos import one_edit_apart
from orchestration.values.validation import ValidationProblem

EVENT_ROOTS = (
    "job_name",
    "job_run_id",
    "status",
    "decision",
    "artifacts",
    "metrics",
    "start_date",
    "end_date",
    "created_by",
)
"""Fields of a job event that have a meaning. A publisher may add any other."""

JOIN_ROOTS = ("job_name", "job_run_id", "status", "artifacts", "upstream", "missing")
"""All fields of the event of a join (``orchestration.configuration.joins.join_event``)."""

_ENVELOPES = ("body", "detail", "event", "job_event", "message", "payload", "source_event")
"""Names by which other systems call the event; a path begins within it."""

_MISSPELT = {"artefact": "artifacts", "artefacts": "artifacts"}


def warnings(uses: Iterable[PathUse], *, of_join: bool) -> Iterator[ValidationProblem]:
    """Warnings about the paths of one trigger.

    Args:
        uses: the paths.
        of_join: the event is that of a join, whose fields are all known.
    """
    known = JOIN_ROOTS if of_join else EVENT_ROOTS
    for use in uses:
        root = use.root
        if root in known:
            continue
        path = meant(use.path, known)
        if path:
            default = use.text.startswith("$") and path.startswith(f"{root.partition('-')[0]}:-")
            reason = "a default begins with ':-'" if default else "the event of a job usually has no such field"
            message = f"found {use.text!r:.80}: {reason}. Write {use.with_path(path)!r:.80}"
            yield ValidationProblem(use.place, message, at=use.at, code="unknown-root")


@functools.lru_cache(maxsize=4096)
def meant(path: str, known: tuple[str, ...]) -> str:
    """The path that was probably meant, or empty."""
    root, dot, rest = path.partition(".")
    if root in _ENVELOPES and rest:
        inner, _, below = rest.partition(".")
        within = inner in known or (inner in _ENVELOPES and below) or _near(inner, below, known)
        return rest if within else ""
    return _near(root, rest, known, dot)


def _near(root: str, rest: str, known: tuple[str, ...], dot: str = ".") -> str:
    """The path with the known root that differs little, or empty."""
    for name in known:
        if root.startswith(f"{name}-") and not dot:
            return f"{name}:-{root[len(name) + 1 :]}"
        if _folded(root) == _folded(name) or one_edit_apart(root, name) or _MISSPELT.get(root.lower()) == name:
            return f"{name}{dot}{rest}"
    return ""


def _folded(name: str) -> str:
    return re.sub(r"[-_\s]", "", name).lower()
