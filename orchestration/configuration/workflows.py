"""Reads the triggers of one job and event kind from a configuration document.

A typo stops one trigger only. An invalid entry becomes an ``InvalidTrigger`` in its place, and the state machine reports
it as a failed item; the other triggers start. Only a document without a ``workflows`` object is a load failure.

Every trigger has an id (``trigger_ids.py``), because its place in the list changes with every edit.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, NamedTuple

from orchestration.configuration.joins import check_joins, read_join
from orchestration.configuration.names import as_written, fill_names
from orchestration.configuration.notify import TOPIC, with_topic
from orchestration.configuration.trigger_ids import problem_id, trigger_ids
from orchestration.configuration.trigger_reader import read_trigger
from orchestration.errors import ConfigError
from orchestration.event.kinds import EVENT_KINDS, JOIN_KINDS, EventKind
from orchestration.settings import Settings
from orchestration.triggers import BY_TYPE, Trigger
from orchestration.values import strictjson
from orchestration.values.strictjson import object_at
from orchestration.values.validation import (
    StringPattern,
    ValidationProblem,
    describe,
    new_problems,
    read,
    unknown_field,
)

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject

TOP_LEVEL = ("$schema", "allow_cycles", "joins", "workflows")
"""Fields of a configuration. Only ``orchestrator validate`` reads ``allow_cycles``."""
_TARGET_FIELDS = tuple(dict.fromkeys(trigger.TARGET_FIELD for trigger in BY_TYPE.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """Downstream triggers of one upstream job."""

    description: str = ""
    """Purpose of the upstream job, for people."""
    accept: list[str] = field(default_factory=list)
    """Codes of warnings about the workflow itself that are intended. The router does not read them."""
    on_success: list[object] = field(default_factory=list)
    """Triggers to start when the job succeeds."""
    on_approval: list[object] = field(default_factory=list)
    """Triggers to start when the job is approved after a quality failure."""
    notify: Annotated[str, StringPattern(rf"^{TOPIC}$", "the ARN of a standard SNS topic, or nothing")] = ""
    """SNS topic that is told of failed executions. Terraform's `notify_topics` must list it."""


class InvalidTrigger(NamedTuple):
    """A trigger that cannot start; the execution reports it as failed.

    Attributes:
        name: its place in the configuration, and its target's name if that is readable.
        error: name of a class of ``orchestration.errors``.
        cause: the value found, the values accepted, and what to do.
        declared: type and target name, as far as they are readable; a replay starts nothing else in its place. None if
            the workflow itself is invalid, so that no trigger can be replayed.
    """

    name: str
    error: str
    cause: str
    declared: tuple[str, str] | None = None


class ConfiguredTrigger(NamedTuple):
    """One trigger of a workflow.

    Attributes:
        id: unique within the workflow and event kind; it does not depend on the place in the list.
        trigger: the trigger, or the reason why it cannot start.
    """

    id: str
    trigger: Trigger | InvalidTrigger


class ReadDocument(NamedTuple):
    """A configuration document that the router can use.

    Attributes:
        document: its names are those of the deployment.
        problems: those outside of its workflows.
        written: as ``FilledNames.written``.
    """

    document: JsonObject
    problems: list[ValidationProblem]
    written: Mapping[str, str]


def usable_document(document: Json) -> tuple[JsonObject, list[ValidationProblem]]:
    """The document as an object with workflows, and the problems of its top level; no name is filled yet.

    Raises:
        ConfigError: it has no ``workflows`` object, so the router cannot use it.
    """
    if not isinstance(document, dict):
        raise ConfigError(f"the configuration: found {describe(document)}, expected a JSON object with 'workflows'")
    if not isinstance(document.get("workflows"), dict):
        what = describe(document["workflows"]) if "workflows" in document else "nothing"
        raise ConfigError(f"workflows: found {what}, expected an object of job name to workflow")
    problems = [unknown_field(key, key, TOP_LEVEL) for key in document if key not in TOP_LEVEL]
    for key, kind, expected in (("$schema", str, "a string"), ("allow_cycles", bool, "true or false")):
        if key in document and type(document[key]) is not kind:
            message = f"found {describe(document[key])}, expected {expected}"
            problems.append(ValidationProblem(key, message, code="wrong-type"))
    return document, problems


def read_document(document: Json, settings: Settings) -> ReadDocument:
    """The document with the names of this deployment, and its problems outside of its workflows.

    Raises:
        ConfigError: it has no ``workflows`` object, so the router cannot use it.
    """
    usable, problems = usable_document(document)
    names = fill_names(usable, settings)
    joins = [as_written(problem, names.written) for problem in check_joins(names.document)]
    return ReadDocument(names.document, problems + names.problems + joins, names.written)


def triggers_for(
    document: JsonObject, job_name: str, event_kind: EventKind, settings: Settings
) -> list[ConfiguredTrigger] | None:
    """Triggers of one workflow and event kind, in the configuration's order.

    Returns:
        None if the configuration has no workflow for the job; else the list, which may be empty. Problems of the
        workflow itself come after its triggers.
    """
    name = "joins" if event_kind in JOIN_KINDS else "workflows"
    workflows, path = object_at(document, name), f"{name}.{job_name}"
    if job_name not in workflows:
        return None
    entries, problems = _entries(workflows[job_name], path, event_kind, settings)
    configured = []
    for where, trigger_id, entry, repeated in _identified(entries, f"{path}.{event_kind}"):
        trigger, wrong = read_trigger(entry, where, settings)
        wrong += repeated
        valid = _rejected(entry, where, wrong) if trigger is None or wrong else trigger
        configured.append(ConfiguredTrigger(trigger_id, valid))
    return configured + [
        ConfiguredTrigger(problem_id(str(problem)), InvalidTrigger(problem.path, "ConfigError", str(problem)))
        for problem in problems
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedEntry:
    """One entry of a whole configuration.

    Attributes:
        path: place of the entry, or of the workflow if the workflow itself has the problems.
        id: id of the trigger; empty for a workflow.
        trigger: the trigger, or None if it has problems.
    """

    job_name: str
    event_kind: EventKind
    path: str
    id: str
    trigger: Trigger | None
    problems: list[ValidationProblem]


def checked_entries(document: JsonObject, settings: Settings) -> Iterator[CheckedEntry]:
    """Every entry of a document that ``read_document`` accepts, and every workflow with problems."""
    sections: tuple[tuple[str, tuple[EventKind, ...]], ...] = (("workflows", EVENT_KINDS), ("joins", JOIN_KINDS))
    for section, event_kinds in sections:
        for job_name, workflow in object_at(document, section).items():
            for event_kind in event_kinds:
                yield from _checked(workflow, f"{section}.{job_name}", job_name, event_kind, settings)


def _checked(
    workflow: Json, path: str, job_name: str, event_kind: EventKind, settings: Settings
) -> Iterator[CheckedEntry]:
    about = functools.partial(CheckedEntry, job_name=job_name, event_kind=event_kind)
    entries, problems = _entries(workflow, path, event_kind, settings)
    if problems and event_kind in (EVENT_KINDS[0], JOIN_KINDS[0]):  # once a workflow
        yield about(path=path, id="", trigger=None, problems=problems)
    for where, trigger_id, entry, repeated in _identified(entries, f"{path}.{event_kind}"):
        trigger, wrong = read_trigger(entry, where, settings)
        wrong += repeated
        yield about(path=where, id=trigger_id, trigger=None if wrong else trigger, problems=wrong)


def problems_of(document: Json, settings: Settings) -> Iterator[ValidationProblem]:
    """Every problem of a whole configuration.

    Raises:
        ConfigError: the document has no ``workflows`` object.
    """
    readable = read_document(document, settings)
    yield from readable.problems
    for entry in checked_entries(readable.document, settings):
        yield from (as_written(problem, readable.written) for problem in entry.problems)


def _identified(entries: list[Json], path: str) -> Iterator[tuple[str, str, Json, list[ValidationProblem]]]:
    """Path, id, entry, and the problem of an explicit id that several entries have."""
    ids, repeated = trigger_ids(entries)
    for index, (entry, trigger_id) in enumerate(zip(entries, ids, strict=True)):
        where = f"{path}[{index}]"
        problems = []
        if index in repeated and isinstance(entry, dict):
            message = f"found {describe(entry['id'])} twice, expected an id that is unique within {path}"
            problems = [ValidationProblem(f"{where}.id", message, code="repeated-id")]
        yield where, trigger_id, entry, problems


def _entries(
    workflow: Json, path: str, event_kind: EventKind, settings: Settings
) -> tuple[list[Json], list[ValidationProblem]]:
    """The raw triggers, and the problems of the workflow itself."""
    strictjson.bounded(workflow)
    if event_kind in JOIN_KINDS:
        problems = list[ValidationProblem]()
        _, wrong = read_join(workflow, path, settings)
    else:
        workflow, problems = with_topic(workflow, path, settings)
        _, wrong = read(Workflow, workflow, path)
    problems += new_problems(wrong, problems)
    entries = workflow.get(event_kind) if isinstance(workflow, dict) else None
    return (entries if isinstance(entries, list) else []), problems


def _rejected(entry: Json, where: str, problems: list[ValidationProblem]) -> InvalidTrigger:
    """The invalid trigger ``entry``, with its target's name, which on-call looks for, if it is readable."""
    fields = entry if isinstance(entry, dict) else {}
    targets = (fields.get(key) for key in _TARGET_FIELDS)
    target = next((name for name in targets if isinstance(name, str)), "")
    kind = fields.get("type")
    cause = "; ".join(str(problem) for problem in problems)
    name = f"{where} ({target:.100})" if target else where
    declared_type = kind if isinstance(kind, str) and kind in BY_TYPE else ""
    return InvalidTrigger(name, "ConfigError", cause, (declared_type, target))
