"""Shapes of events: recorded events, events that the state machine publishes, and events of joins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from orchestration.triggers import WaitingTrigger
from orchestration.values import paths
from orchestration.values.strictjson import Json


class Unknown:
    """Marks a value that may have any path below it, such as the output of a nested execution."""


UNKNOWN = Unknown()

Field: TypeAlias = "Mapping[str, Field] | list[Field] | Json | Unknown"
"""A value of an event, or of the part that is known of it."""

_MAX_PATHS = 2_000
"""Paths of one event among which the nearest is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventShape:
    """One event, as far as it is known.

    Attributes:
        source: what has this shape, for people: a file, or the place of a trigger.
        fields: its fields.
        recorded: a real event; the shape of a published event or of a join's event is derived from the configuration.
    """

    source: str
    fields: Mapping[str, Field]
    recorded: bool


def has_path(fields: Mapping[str, Field], path: str, *, as_text: bool = False) -> bool:
    """True if the event has a value at a path of a template, or may have one. As text, null is missing."""
    node: Field = fields
    for key, position in paths.parse(path):
        if isinstance(node, Unknown):
            return True
        if isinstance(node, Mapping) and key in node:
            node = node[key]
        elif isinstance(node, list) and position is not None and position < len(node):
            node = node[position]
        else:
            return False
    return node is not None or not as_text


def has_field(node: Field, name: str) -> bool:
    """True if the event has, or may have, a value under a flat name of a condition, also within lists."""
    if isinstance(node, Unknown):
        return True
    if isinstance(node, list):
        return any(has_field(item, name) for item in node)
    if not isinstance(node, Mapping):
        return not name
    return any(
        has_field(value, name.removeprefix(key).removeprefix("."))
        for key, value in node.items()
        if name == key or name.startswith(f"{key}.")
    )


def known_paths(fields: Mapping[str, Field]) -> list[str]:
    """Paths of an event as a template has them, up to a limit."""
    found = []
    for path in _paths(fields, ""):
        found.append(path)
        if len(found) == _MAX_PATHS:
            break
    return found


def _paths(node: Field, before: str) -> Iterator[str]:
    items: Iterator[tuple[str, Field]] = iter(())
    if isinstance(node, Mapping):
        items = ((paths.segment_of(key), node[key]) for key in node)
    elif isinstance(node, list):
        items = ((str(index), item) for index, item in enumerate(node))
    for segment, value in items:
        path = f"{before}.{segment}" if before else segment
        yield path
        yield from _paths(value, path)


def published(trigger: WaitingTrigger, source: str) -> EventShape:
    """The event that the state machine publishes when the trigger's run succeeds (builder/machine/waiting_states.py)."""
    text: dict[str, Field] = dict.fromkeys(
        ("start_date", "end_date", "created_by", "triggered_by_job", "triggered_by_run_id", "hops"), UNKNOWN
    )
    # The output of a nested execution is the event's artifacts. A Glue job has no output.
    artifacts: Field = UNKNOWN if "output.$" in trigger.RUN_RESULT else {}
    fields: dict[str, Field] = {
        "event_type": "job_completed",
        "job_name": trigger.published_job(),
        "job_run_id": UNKNOWN,
        "status": "SUCCESS",
        **text,
        "artifacts": artifacts,
        "metrics": {},
    }
    return EventShape(source=source, fields=fields, recorded=False)


def joined(name: str, jobs: list[str], arrivals: Mapping[str, list[EventShape]], *, expired: bool) -> list[EventShape]:
    """Events of a join: one for each set of known arrivals (orchestration/configuration/joins.py).

    Args:
        name: of the join.
        jobs: of the join.
        arrivals: job to its known events; none for a job of which nothing is known.
        expired: the event of the deadline, which also has ``missing``.
    """
    found = []
    for number in range(max([1, *(len(arrivals.get(job, ())) for job in jobs)])):
        upstream: dict[str, Field] = {}
        for job in jobs:
            known = arrivals.get(job)
            upstream[job] = known[number % len(known)].fields if known else UNKNOWN
        artifacts = {
            job: event.get("artifacts", {}) if isinstance(event, Mapping) else UNKNOWN
            for job, event in upstream.items()
        }
        fields: dict[str, Field] = {"job_name": name, "job_run_id": UNKNOWN, "status": "SUCCESS"}
        fields |= {"artifacts": artifacts, "upstream": upstream} | ({"missing": UNKNOWN} if expired else {})
        found.append(EventShape(source=f"joins.{name}", fields=fields, recorded=False))
    return found
