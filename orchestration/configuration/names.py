"""Fills the placeholders of the deployment in the names of workflows and joins, and in the jobs of joins.

Every reader looks a job up by the name that its events have, so the names are filled before anything is read. A problem
still names the place as the file has it (``as_written``).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from orchestration.settings import Settings
from orchestration.values.placeholders import NAMES, fill_key, fill_text
from orchestration.values.strictjson import InvalidValue
from orchestration.values.validation import ValidationProblem

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject

SECTIONS = ("workflows", "joins")


class FilledNames(NamedTuple):
    """A document whose names are those of this deployment.

    Attributes:
        document: a copy of the document with the filled names.
        problems: placeholders that do not exist, or have no value.
        written: place with a filled name to the place in the file, ``workflows.load_prod`` to
            ``workflows.load_${deploy.env}``; only places that differ.
    """

    document: JsonObject
    problems: list[ValidationProblem]
    written: Mapping[str, str]


def fill_names(document: JsonObject, settings: Settings) -> FilledNames:
    """The document with the names of this deployment.

    Two names that become equal are both unusable: an invalid value stands in their place, so that an event of that job is a
    visible failure, never a choice between them.

    Args:
        document: as parsed; other sections and malformed entries stay as they are.
        settings: the router's environment; without a state machine, stand-in values.
    """
    filled = dict(document)
    problems, written = list[ValidationProblem](), dict[str, str]()
    for section in SECTIONS:
        entries = document.get(section)
        if isinstance(entries, dict):
            filled[section] = _filled(section, entries, settings, problems, written)
    return FilledNames(filled, problems, written)


def as_written(problem: ValidationProblem, written: Mapping[str, str]) -> ValidationProblem:
    """The problem with its place as the file has it."""
    place = written_place(problem.path, written)
    if place == problem.path:
        return problem
    return dataclasses.replace(problem, path=place, message=problem.message.replace(*_names(problem.path, written)))


def written_place(path: str, written: Mapping[str, str]) -> str:
    """A place in the filled document, as the file has it."""
    filled, original = _names(path, written)
    return original + path.removeprefix(filled) if filled else path


def _names(path: str, written: Mapping[str, str]) -> tuple[str, str]:
    """The beginning of ``path`` that is filled, and the same place in the file; both empty if nothing is."""
    if not written:
        return "", ""
    ends = [len(path), *(match.start() for match in re.finditer(r"[.\[]", path))]
    filled = max((path[:end] for end in ends if path[:end] in written), key=len, default="")
    return filled, written.get(filled, "")


def _filled(
    section: str, entries: JsonObject, settings: Settings, problems: list[ValidationProblem], written: dict[str, str]
) -> JsonObject:
    filled: JsonObject = {}
    same: dict[str, list[str]] = {}
    for name, entry in entries.items():
        new, wrong = fill_key(name, f"{section}.{name}", settings) if "${" in name else (name, [])
        problems += wrong or list(other_templates(new, f"{section}.{name}", "key"))
        new = name if wrong else new
        if new != name:
            written[f"{section}.{new}"] = f"{section}.{name}"
        same.setdefault(new, []).append(name)
        filled[new] = _with_jobs(entry, settings) if section == "joins" else entry
    for new, names in same.items():
        if len(names) > 1:
            filled[new] = _ambiguous(section, [_with_jobs(entries[name], settings) for name in names], names)
    return filled


def other_templates(name: str, path: str, at: Literal["key", "value"] = "value") -> Iterator[ValidationProblem]:
    """The problem of a name that still has a template after it was filled: no event is known yet."""
    if "${" in name:
        accepted = tuple(f"${{{known}}}" for known in NAMES)
        message = f"found {name!r:.80}. A name has no template of the event, only {', '.join(accepted)}"
        yield ValidationProblem(path, message, code="unknown-placeholder", at=at)


def _ambiguous(section: str, entries: list[Json], names: list[str]) -> Json:
    listed = " or ".join(f"{name!r:.80}" for name in names)
    wrong = InvalidValue(f"{len(names)} {section} with one name in this deployment: rename {listed}")
    if section != "joins":
        return wrong
    # Events of the jobs must still find the join, to fail.
    jobs = [job for entry in entries if isinstance(entry, dict) for job in _jobs(entry) if isinstance(job, str)]
    return {"all_of": [*dict.fromkeys(jobs)], "key": wrong}


def _with_jobs(entry: Json, settings: Settings) -> Json:
    """A join with its jobs filled. A job with a wrong placeholder stays as it is: the join's reader refuses it."""
    if not isinstance(entry, dict) or not any(isinstance(job, str) and "${" in job for job in _jobs(entry)):
        return entry
    return {**entry, "all_of": [_job(job, settings) for job in _jobs(entry)]}


def _job(job: Json, settings: Settings) -> Json:
    if not isinstance(job, str):
        return job
    filled, problems = fill_text(job, "", settings)
    return job if problems else filled


def _jobs(entry: JsonObject) -> list[Json]:
    jobs = entry.get("all_of")
    return jobs if isinstance(jobs, list) else []
