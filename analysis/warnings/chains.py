"""Warnings about paths that an event published by the state machine never has (docs/chains.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analysis.entries.paths import PathUse
from analysis.graph.lineage import Edge
from orchestration.values.validation import ValidationProblem

PUBLISHED = frozenset(
    (
        "created_by",
        "end_date",
        "event_type",
        "hops",
        "job_name",
        "job_run_id",
        "start_date",
        "status",
        "triggered_by_job",
        "triggered_by_run_id",
    )
)
"""Fields of a published event with values (builder/machine/waiting_states.py). ``artifacts`` and ``metrics`` may be empty."""


def published_fields(edges: Iterable[Edge]) -> dict[str, frozenset[str]]:
    """Job name of each published event to the fields that it has. Only nested executions have artifacts."""
    fields: dict[str, frozenset[str]] = {}
    for edge in edges:
        if edge.publishes:
            artifacts = frozenset(("artifacts",)) if edge.type == "step_function" else frozenset[str]()
            fields[edge.target] = fields.get(edge.target, PUBLISHED) | artifacts
    return fields


def warnings(uses: Iterable[PathUse], published: frozenset[str]) -> Iterator[ValidationProblem]:
    """Warnings about the paths of one trigger whose event a trigger publishes.

    Args:
        uses: the paths.
        published: fields of the event.
    """
    for use in uses:
        if use.root in published or use.optional:
            continue
        whole = use.path == use.root and use.root in ("artifacts", "metrics")
        if not whole:
            fix = "remove the condition" if use.at == "key" else "give a default"
            message = (
                f"found {use.text!r:.80}, but a trigger with 'publish' publishes this job's event, which has no "
                f"{use.path!r:.80}. Let the job publish its own event, or {fix}"
            )
            yield ValidationProblem(use.place, message, at=use.at, code="chain-path")
