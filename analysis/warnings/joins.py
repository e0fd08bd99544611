"""Warnings about joins: keys under which jobs cannot meet, and deadlines that never come."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.entries.holders import Holder
from analysis.entries.paths import templates
from analysis.warnings import roots, texts
from orchestration.values.validation import ValidationProblem

_OF_ONE_JOB = {
    "job_name": "differs for each job, so the jobs never meet",
    "job_run_id": "differs for each run, so the jobs meet only if they publish one run id",
}
_CONSTANT = {"status": "SUCCESS"}


def warnings(join: Holder) -> Iterator[ValidationProblem]:
    """Warnings about one join, without its triggers."""
    yield from _deadline(join)
    key = join.content.get("key")
    if not isinstance(key, str):
        return
    place = f"{join.path}.key"
    uses = list(templates(key, place))
    yield from roots.warnings(uses, of_join=False)
    yield from texts.templates(key, place)
    for use in uses:
        if use.path in _OF_ONE_JOB:
            reason = _OF_ONE_JOB[use.path]
            message = f"found {use.text!r:.80}, which {reason}. Use a field that they share, such as ${{start_date}}"
            yield ValidationProblem(place, message, code="join-key")
    if uses and all(use.path in _CONSTANT for use in uses) and "job_" not in key:
        text = re.sub(r"\s+", " ", key)
        message = (
            f"found {text!r:.80}, which is the same for every run. Use a field that differs, such as ${{start_date}}"
        )
        yield ValidationProblem(place, message, code="join-key")


def _deadline(join: Holder) -> Iterator[ValidationProblem]:
    if join.content.get("on_deadline") and not join.content.get("deadline_hours") and "deadline" not in join.content:
        message = "found triggers, but the join has no deadline, so they never start. Add deadline_hours"
        yield ValidationProblem(f"{join.path}.on_deadline", message, at="key", code="join-deadline")
