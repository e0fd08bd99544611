"""Finds paths that no known event of a job has: of templates, mappings, conditions and keys of joins.

Without recorded events, only the events that the configuration itself defines are known: those that ``publish`` sends to the
next workflow, and those of joins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from analysis.codes.code import Severity
from analysis.problem import nearest
from analysis.shapes.reads import Need, Read, reads_of, templates
from analysis.shapes.shape import EventShape, has_field, has_path, joined, known_paths, published
from orchestration.configuration.joins import Join, read_join
from orchestration.configuration.workflows import CheckedEntry
from orchestration.errors import ConditionError
from orchestration.event.kinds import JOIN_KINDS, EventKind
from orchestration.settings import Settings
from orchestration.triggers import Trigger, WaitingTrigger
from orchestration.values import paths
from orchestration.values.conditions import matches
from orchestration.values.strictjson import Json, object_at
from orchestration.values.validation import ValidationProblem

Shapes: TypeAlias = dict[tuple[str, EventKind], list[EventShape]]
"""Known events by job and kind. A job without known events is not checked."""

Found: TypeAlias = tuple[Severity, ValidationProblem]

EVENT_PATHS = ("event-path", "event-path-missing")
"""Codes of the problems; the second one is a warning."""

_COMPARED = 20
"""Events among whose paths the nearest is looked for."""


def unknown_paths(document: dict[str, Any], entries: Sequence[CheckedEntry], recorded: Shapes) -> Iterator[Found]:
    """Problems of paths that known events do not have.

    Args:
        document: a configuration with the names of a deployment.
        entries: its entries.
        recorded: recorded events; may be empty.
    """
    shapes: Shapes = defaultdict(list)
    for key, events in recorded.items():
        shapes[key] += events
    for entry in entries:
        if isinstance(entry.trigger, WaitingTrigger) and entry.trigger.publish:
            shapes[entry.trigger.published_job(), "on_success"].append(published(entry.trigger, entry.path))
    joins = {
        name: read_join(join, f"joins.{name}", Settings())[0] for name, join in object_at(document, "joins").items()
    }
    for name, join in joins.items():
        if join is not None:
            yield from _key_problems(name, join, shapes)
            _add_events_of(name, join, shapes)
    cyclic = _cyclic(_following(entries))
    for entry in entries:
        events = shapes.get((entry.job_name, entry.event_kind), [])
        if entry.trigger is not None and events:
            problems = list(_trigger_problems(entry, entry.trigger, events))
            if problems and entry.job_name in cyclic:
                # The first event of a cycle comes from elsewhere, and has other fields.
                real = [event for event in events if event.recorded]
                problems = list(_trigger_problems(entry, entry.trigger, real)) if real else []
            yield from problems


def _add_events_of(name: str, join: Join, shapes: Shapes) -> None:
    """Add the events of a join, unless some are recorded, which say more than the arrivals."""
    arrivals = {job: shapes.get((job, "on_success"), []) for job in join.all_of}
    for kind in JOIN_KINDS:
        if not shapes.get((name, kind)):
            shapes[name, kind] = joined(name, join.all_of, arrivals, expired=kind == "on_deadline")


def _following(entries: Sequence[CheckedEntry]) -> dict[str, set[str]]:
    """Each job to the jobs whose events its triggers publish."""
    following: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if isinstance(entry.trigger, WaitingTrigger) and entry.trigger.publish:
            following[entry.job_name].add(entry.trigger.published_job())
    return following


def _cyclic(following: Mapping[str, set[str]]) -> set[str]:
    """The jobs of cycles, and those between two cycles: what remains without beginnings and ends."""
    after = {job: set(jobs) for job, jobs in following.items()}
    before = defaultdict[str, set[str]](set)
    for job, jobs in after.items():
        for other in jobs:
            before[other].add(job)
    ended = [job for job in {*after, *before} if not after.get(job) or not before[job]]
    gone = set[str]()
    while ended:
        job = ended.pop()
        if job in gone:
            continue
        gone.add(job)
        for other in after.pop(job, set()):
            before[other].discard(job)
            ended += [] if before[other] else [other]
        for other in before.pop(job, set()):
            if other in after:
                after[other].discard(job)
                ended += [] if after[other] else [other]
    return set(after)


def _key_problems(name: str, join: Join, shapes: Shapes) -> Iterator[Found]:
    for job in join.all_of:
        for read in templates(join.key, f"joins.{name}.key", as_text=True):
            yield from _problem(read, shapes.get((job, "on_success"), []), job, "The event cannot arrive")


def _trigger_problems(entry: CheckedEntry, trigger: Trigger, events: list[EventShape]) -> Iterator[Found]:
    started = [event for event in events if _meets(trigger, event)]
    for read in reads_of(trigger, entry.path):
        about = events if read.need in ("condition", "alternative") else started
        yield from _problem(read, about, f"{entry.job_name} ({entry.event_kind})", _CONSEQUENCES[read.need])


_CONSEQUENCES: Mapping[Need, str] = {
    "required": "The trigger fails",
    "default": "The default always replaces it",
    "mapped": "The parameter is left out",
    "condition": "The trigger never starts",
    "alternative": "This alternative never matches",
}


def _meets(trigger: Trigger, event: EventShape) -> bool:
    """True if the event starts the trigger, or may do so."""
    if not trigger.when:
        return True
    if not event.recorded:
        return not any(_only_absent(value) and has_field(event.fields, name) for name, value in trigger.when.items())
    try:
        return matches(trigger.when, dict(event.fields))  # type: ignore[arg-type] # a recorded event is JSON
    except ConditionError:
        return True


def _only_absent(matchers: Json) -> bool:
    """True for the matchers of a field that the event must not have."""
    return matchers == [{"exists": False}]


def _problem(read: Read, events: Sequence[EventShape], about: str, consequence: str) -> Iterator[Found]:
    """The problem of a path that every event lacks, or that is required and some events lack."""
    without = [event for event in events if not _has(event, read)]
    everywhere = len(without) == len(events)
    if not without or (not everywhere and read.need != "required"):
        return
    near = _near(read.path, events)
    if read.need == "default" and not near:
        return  # a default is for fields that events may lack
    severity: Severity = "error" if everywhere and read.need in ("required", "condition") else "warning"
    lacking = _lacking(without, len(events), about, f"{read.path!r:.80}")
    message = f"found {read.shown!r:.80}, but {lacking}. {consequence}. {_advice(without, read.path)}"
    problem = ValidationProblem(read.place, message, found=read.path, options=near, at=read.at, code="event-path")
    yield severity, problem if severity == "error" else replace(problem, code="event-path-missing")


def _has(event: EventShape, read: Read) -> bool:
    if read.need in ("condition", "alternative"):
        return has_field(event.fields, read.path)
    return has_path(event.fields, read.path, as_text=read.as_text)


def _near(path: str, events: Sequence[EventShape]) -> tuple[str, ...]:
    """The known path with similar segments, or one with the same last segment; else empty."""
    known = dict.fromkeys(each for event in events[:_COMPARED] for each in known_paths(event.fields))
    known.pop(path, None)  # an empty list has the path, and no value
    near = nearest(path, [each for each in known if _alike(_segments(path), _segments(each))])
    ending = f".{path.rpartition('.')[2]}"
    return (near,) if near else tuple(each for each in known if each.endswith(ending))[:1]


def _segments(path: str) -> list[str]:
    """The keys of a path, or of the flat name of a condition."""
    return path.split(".") if paths.reason(path) else [step.key for step in paths.parse(path)]


def _alike(path: list[str], known: list[str]) -> bool:
    """True if each segment is equal or similar. Whole paths with a common beginning are similar too soon."""
    return len(path) == len(known) and all(
        one == other or nearest(one, (other,)) for one, other in zip(path, known, strict=True)
    )


def _lacking(without: Sequence[EventShape], count: int, about: str, path: str) -> str:
    first = without[0]
    if not first.recorded:
        joins = first.source.startswith("joins.")
        what = f"the event of {first.source}" if joins else f"the event that {first.source} publishes for {about}"
        return f"{what} has no {path}"
    if count == 1:
        return f"the event of {about} in {first.source} has no {path}"
    which = "none" if len(without) == count else f"not all ({count - len(without)})"
    return f"{which} of the {count} events of {about} has {path}; look at {first.source}"


def _advice(without: Sequence[EventShape], path: str) -> str:
    if all(event.source.startswith("joins.") for event in without):
        inside = path.partition(".")[0] in ("upstream", "artifacts")
        return (
            "Correct the path, or let the job publish the field"
            if inside
            else f"Read the event of a job: upstream.JOB.{path:.80}"
        )
    if any(not event.recorded and not event.source.startswith("joins.") for event in without):
        return "Correct the path, or let the job publish its own event in place of 'publish'"
    return "Correct the path, or publish the field"
