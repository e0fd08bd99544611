"""Reads the joins of a configuration: triggers that start when several jobs have succeeded for one key.

A join is open from the first arrival of a job under a key. It completes when all jobs have arrived, or it expires at its
deadline. ``arrivals.py`` records the arrivals, and ``join_router.py`` decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from orchestration.configuration.names import other_templates
from orchestration.errors import ConfigError, JoinError, ResolutionError
from orchestration.event.job_event import MAX_JOB_RUN_ID
from orchestration.event.kinds import JOIN_KINDS
from orchestration.settings import Settings
from orchestration.values import strictjson, templating
from orchestration.values.placeholders import fill
from orchestration.values.strictjson import object_at
from orchestration.values.validation import ValidationProblem, describe, new_problems, read

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject
    from orchestration.values.validation import JsonSchema, SchemaOf

MAX_JOBS = 50
"""Jobs of one join. Their events travel in one execution input."""

MAX_HOURS = 24 * 30


class JobNames:
    """Constrains a field to a list of at least two different job names."""

    def problems(self, value: list[str], path: str) -> Iterator[ValidationProblem]:
        """The problem of a list that is too short, too long, or has a name twice."""
        if not 2 <= len(value) <= MAX_JOBS:
            message = f"found a list of {len(value)}, expected 2 to {MAX_JOBS} jobs"
            yield ValidationProblem(path, message, code="join-jobs")
        for index, name in enumerate(value):
            if value.index(name) < index:
                yield ValidationProblem(f"{path}[{index}]", f"found {name!r:.80} twice. Remove one", code="join-jobs")
            elif not name.strip():
                message = "found an empty text, expected a job name"
                yield ValidationProblem(f"{path}[{index}]", message, code="join-jobs")
            yield from other_templates(name, f"{path}[{index}]")

    def __get_pydantic_json_schema__(self, core_schema: JsonSchema, handler: SchemaOf) -> JsonSchema:
        """Return the schema with the bounds. Pydantic calls this at build time."""
        return {**handler(core_schema), "minItems": 2, "maxItems": MAX_JOBS, "uniqueItems": True}


class Hours:
    """Constrains a field to a number of hours; 0 for none."""

    def problems(self, value: int, path: str) -> Iterator[ValidationProblem]:
        """The problem of a number outside the range."""
        if not 0 <= value <= MAX_HOURS:
            yield ValidationProblem(path, f"found {value}, expected 0 (no deadline) to {MAX_HOURS} hours")

    def __get_pydantic_json_schema__(self, core_schema: JsonSchema, handler: SchemaOf) -> JsonSchema:
        """Return the schema with the range. Pydantic calls this at build time."""
        return {**handler(core_schema), "minimum": 0, "maximum": MAX_HOURS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Triggers that start when all of several jobs have succeeded under one key."""

    all_of: Annotated[list[str], JobNames()]
    """Upstream jobs. Each must succeed once under a key."""
    key: Annotated[str, templating.KeyText()]
    """Key of an event, such as `${start_date}`. Events with equal keys belong together. Its fields are texts or integers."""
    deadline_hours: Annotated[int, Hours()] = 0
    """Hours from the first arrival after which `on_deadline` starts instead. 0: the join waits for 90 days."""
    on_complete: list[object] = field(default_factory=list)
    """Triggers to start when all jobs have succeeded."""
    on_deadline: list[object] = field(default_factory=list)
    """Triggers to start if a job is missing at the deadline."""
    description: str = ""
    """Purpose of the join, for people."""
    accept: list[str] = field(default_factory=list)
    """Codes of warnings about the join itself that are intended. The router does not read them."""


def joins_of(document: JsonObject, job_name: str) -> list[str]:
    """Names of the joins that a job belongs to, as far as they are readable."""
    return [name for name, entry in object_at(document, "joins").items() if job_name in _jobs(entry)]


def job_names(document: JsonObject) -> list[str]:
    """Names of all jobs whose events a configuration uses: of workflows, and of members of joins."""
    members = [job for entry in object_at(document, "joins").values() for job in _jobs(entry) if isinstance(job, str)]
    return list(dict.fromkeys([*object_at(document, "workflows"), *members]))


def _jobs(entry: Json) -> list[Json]:
    jobs = entry.get("all_of") if isinstance(entry, dict) else None
    return jobs if isinstance(jobs, list) else []


def read_join(entry: Json, path: str, settings: Settings) -> tuple[Join | None, list[ValidationProblem]]:
    """Read one join; returns it, or None and every problem outside its triggers, whose reader fills their placeholders."""
    problems = list[ValidationProblem]()
    if isinstance(entry, dict):
        own, problems = fill({key: value for key, value in entry.items() if key not in JOIN_KINDS}, path, settings)
        lists: JsonObject = {key: entry[key] for key in JOIN_KINDS if key in entry}
        entry = {**own, **lists} if isinstance(own, dict) else entry
    join, wrong = read(Join, entry, path)
    problems += new_problems(wrong, problems)
    return (None if problems else join), problems


def check_joins(document: JsonObject) -> Iterator[ValidationProblem]:
    """Problems that only the joins together show."""
    joins = document.get("joins", {})
    if not isinstance(joins, dict):
        message = f"found {describe(joins)}, expected an object of join name to join"
        yield ValidationProblem("joins", message, code="wrong-type")
        return
    for name, entry in joins.items():
        for index, job in enumerate(_jobs(entry)):
            if isinstance(job, str) and job in joins:
                yield ValidationProblem(
                    f"joins.{name}.all_of[{index}]",
                    f"found the join {job!r:.80}, expected a job: a join publishes no event. Let one of its triggers publish one",
                    code="join-jobs",
                )
        if name in object_at(document, "workflows"):
            message = "found a workflow of the same name. Rename the join"
            yield ValidationProblem(f"joins.{name}", message, at="key", code="repeated-name")


def valid_join(document: JsonObject, name: str, settings: Settings) -> Join:
    """The join of a name.

    Raises:
        ConfigError: it is invalid.
    """
    joins = object_at(document, "joins")
    if name not in joins:
        raise ConfigError(f"joins.{name}: found nothing, expected a join. Restore it, or let its deadline fail")
    strictjson.bounded(joins[name])
    join, problems = read_join(joins[name], f"joins.{name}", settings)
    if join is None:
        raise ConfigError("; ".join(map(str, problems)))
    return join


def key_of(join: Join, name: str, fields: JsonObject) -> str:
    """The key under which an event arrives.

    Raises:
        JoinError: the event has no such field, or a value that cannot be a key, such as null; or the key is too long.
    """
    try:
        key = templating.render_key(join.key, fields, f"joins.{name}.key")
    except ResolutionError as error:
        raise JoinError(f"{error}. The event cannot arrive at the join") from error
    if not key.strip() or len(key) > MAX_JOB_RUN_ID:
        raise JoinError(
            f"joins.{name}.key: found {key!r:.80} with {len(key)} characters, expected 1 to {MAX_JOB_RUN_ID}. Publish the field"
        )
    return key


def join_event(name: str, key: str, arrived: Mapping[str, JsonObject], missing: list[str]) -> JsonObject:
    """The event that the join's triggers see.

    Args:
        name: of the join.
        key: of the arrivals.
        arrived: job name to its event.
        missing: jobs that have not arrived; empty if the join is complete.
    """
    event: JsonObject = {"job_name": name, "job_run_id": key, "status": "SUCCESS"}
    event["artifacts"] = {job: arrival.get("artifacts") or {} for job, arrival in arrived.items()}
    event["upstream"] = dict(arrived)
    if missing:
        event["missing"] = [*missing]
    return event
