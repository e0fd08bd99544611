"""Lineage of a configuration: upstream jobs, their targets, and the cycles among them.

A target is an upstream job if a workflow has its name: a Glue job, a DAG or a state machine publishes its own event under
that name when it completes.
"""

from __future__ import annotations

import dataclasses
import graphlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.configuration.joins import read_join
from orchestration.configuration.names import written_place
from orchestration.configuration.workflows import CheckedEntry
from orchestration.event.kinds import EventKind
from orchestration.settings import Settings
from orchestration.triggers import Trigger, WaitingTrigger

JOIN = "join"
"""Type of an edge from a job to its join."""

MAX_CYCLES = 20
"""Cycles that are reported. A configuration with more has one cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One valid trigger of a workflow.

    Attributes:
        job: upstream job.
        target: name of the target; the name of a workflow if the target is an upstream job too.
        type: type of the trigger.
        path: place of the trigger in the configuration.
        when: the trigger's condition, or empty.
        publishes: the state machine publishes the success of the target's run, as ``target``.
    """

    job: str
    target: str
    type: str
    event_kind: EventKind
    path: str
    id: str
    description: str
    when: dict[str, Any]
    publishes: bool


def join_edges(document: dict[str, Any]) -> list[Edge]:
    """One edge from each job of a join to the join.

    Args:
        document: a configuration with the names of a deployment.
    """
    joins = document.get("joins")
    found = []
    for name, entry in joins.items() if isinstance(joins, dict) else ():
        join, _ = read_join(entry, f"joins.{name}", Settings())
        for index, job in enumerate(join.all_of if join is not None else ()):
            found.append(
                Edge(
                    job=job,
                    target=name,
                    type=JOIN,
                    event_kind="on_success",
                    path=f"joins.{name}.all_of[{index}]",
                    id=name,
                    description=join.description if join is not None else "",
                    when={},
                    publishes=False,
                )
            )
    return found


def in_file(edge: Edge, written: Mapping[str, str]) -> Edge:
    """The edge with its place as the file has it.

    Args:
        edge: of the document with filled names.
        written: of the document that ``read_document`` returned.
    """
    place = written_place(edge.path, written)
    return edge if place == edge.path else dataclasses.replace(edge, path=place)


def edges(entries: Iterable[CheckedEntry]) -> list[Edge]:
    """One edge for each valid trigger, in the order of the configuration."""
    return [
        Edge(
            job=entry.job_name,
            target=_published(entry.trigger) or entry.trigger.target_name(),
            type=entry.trigger.TYPE,
            event_kind=entry.event_kind,
            path=entry.path,
            id=entry.id,
            description=entry.trigger.description,
            when=entry.trigger.when,
            publishes=bool(_published(entry.trigger)),
        )
        for entry in entries
        if entry.trigger is not None
    ]


def _published(trigger: Trigger) -> str:
    """``job_name`` of the event that the state machine publishes, or empty."""
    return trigger.published_job() if isinstance(trigger, WaitingTrigger) and trigger.publish else ""


def endless(ring: list[Edge]) -> bool:
    """True if a cycle ends only by the limit of hops: it has ``publish``, and no condition."""
    return any(edge.publishes for edge in ring) and not any(edge.when for edge in ring)


def cycles(found: Iterable[Edge]) -> list[list[Edge]]:
    """Cycles of upstream jobs, each as its edges; at most ``MAX_CYCLES``. Each has an edge that the others do not have."""
    by_jobs: dict[str, dict[str, Edge]] = defaultdict(dict)
    for edge in found:
        by_jobs[edge.job].setdefault(edge.target, edge)
    after = {job: {target for target in targets if target in by_jobs} for job, targets in by_jobs.items()}
    rings: list[list[Edge]] = []
    while len(rings) < MAX_CYCLES:
        before: dict[str, set[str]] = {job: set() for job in after}
        for job, targets in after.items():
            for target in targets:
                before[target].add(job)
        try:
            graphlib.TopologicalSorter({job: sorted(jobs) for job, jobs in before.items()}).prepare()
        except graphlib.CycleError as error:
            ring = _from_smallest(error.args[1][:-1])
            rings.append([by_jobs[job][target] for job, target in zip(ring, [*ring[1:], ring[0]], strict=True)])
            after[ring[-1]].discard(ring[0])
            continue
        break
    return rings


def _from_smallest(ring: list[str]) -> list[str]:
    """The same cycle from its first name, so that the report does not depend on the order of the file."""
    start = ring.index(min(ring))
    return ring[start:] + ring[:start]
