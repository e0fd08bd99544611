"""Checks one configuration file: every problem with its line and column, in the order of the file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from analysis.codes.code import Severity
from analysis.graph.lineage import Edge, cycles, edges, endless, join_edges
from analysis.problem import Problem, nearest
from analysis.problems import syntax_errors
from analysis.problems.accepted import accepted
from analysis.problems.places import Places
from analysis.shapes.unknown_paths import EVENT_PATHS, Shapes, unknown_paths
from analysis.warnings.every_warning import warnings
from orchestration.configuration.names import as_written
from orchestration.configuration.workflows import TOP_LEVEL, CheckedEntry, checked_entries, read_document
from orchestration.errors import ConfigError
from orchestration.event.kinds import EVENT_KINDS, JOIN_KINDS, EventKind
from orchestration.settings import Settings
from orchestration.values import strictjson
from orchestration.values.validation import ValidationProblem, unknown_field

_VAGUE = ("unknown-root", "looks-like-template")
"""Codes of warnings that say less than an error at the same place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """Result of one file.

    Attributes:
        workflows: number of workflows; 0 if the file cannot be read.
        triggers: number of entries.
        compared: number of recorded events of its jobs.
    """

    file: str
    problems: list[Problem]
    workflows: int = 0
    triggers: int = 0
    compared: int = 0

    @property
    def errors(self) -> list[Problem]:
        """The problems that are errors."""
        return [problem for problem in self.problems if problem.severity == "error"]

    def without(self, ignored: frozenset[str]) -> CheckedFile:
        """The result without the warnings of some codes."""
        kept = [one for one in self.problems if one.severity == "error" or one.code not in ignored]
        return dataclasses.replace(self, problems=kept)

    def strict(self) -> CheckedFile:
        """The result with its warnings as errors."""
        return dataclasses.replace(self, problems=[dataclasses.replace(one, severity="error") for one in self.problems])


def check_file(file: str, data: bytes, settings: Settings, recorded: Shapes | None = None) -> CheckedFile:
    """Check the bytes of a configuration file as the router does, and look for warnings.

    Args:
        file: name of the file for people.
        data: its content.
        settings: the router's environment; rules about an empty setting do not apply.
        recorded: events against which the paths are checked, by job and kind.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = data.count(b"\n", 0, error.start) + 1, error.start - data.rfind(b"\n", 0, error.start)
        return _unreadable(file, (line, column), f"is not UTF-8 (byte {error.start}). Save the file as UTF-8")
    try:
        parsed = strictjson.loads(text)
    except strictjson.StrictJSONError as error:
        wrong = syntax_errors.explain(text)
        if wrong is None:
            return _unreadable(file, (1, 1), str(error))
        return _unreadable(file, syntax_errors.line_and_column(text, wrong.offset), wrong.message)
    places = Places(text)
    try:
        document, found, written = read_document(parsed, settings)
    except ConfigError as error:
        path, _, message = str(error).partition(": ")
        where = path if path == "workflows" else ""
        keys = parsed if where and isinstance(parsed, dict) else ()
        misspelt = [unknown_field(key, key, TOP_LEVEL) for key in keys if key not in TOP_LEVEL]
        unusable = _unreadable(file, places.find(where), message, path=where, code="document")
        unusable.problems.extend(_placed(file, places, "error", one) for one in misspelt)
        return unusable
    entries = list(checked_entries(document, settings))
    lineage = edges(entries) + join_edges(document)
    refused = [problem for entry in entries for problem in entry.problems] + list(_cycles(document, lineage))
    shown = list(warnings(document, lineage))
    for severity, problem in unknown_paths(document, entries, recorded or {}):
        (refused if severity == "error" else shown).append(problem)
    # An error, or a known event, says more than a name that no event usually has.
    known = {(one.path, one.at) for one in (*refused, *(one for one in shown if one.code in EVENT_PATHS))}
    suspicious, unknown = accepted(document, shown, [*found, *refused], () if recorded else ("event-path-missing",))
    suspicious = [one for one in suspicious if one.code not in _VAGUE or (one.path, one.at) not in known]
    found += [as_written(problem, written) for problem in (*refused, *unknown)]
    problems = [_placed(file, places, "error", problem) for problem in found]
    problems += [_placed(file, places, "warning", as_written(problem, written)) for problem in suspicious]
    workflows = strictjson.object_at(document, "workflows").values()
    followed = _followed(document, entries) if recorded else set()
    return CheckedFile(
        file=file,
        problems=sorted(problems, key=lambda one: (one.line, one.column)),
        workflows=len(workflows),
        triggers=sum(len(_list(workflow, kind)) for workflow in workflows for kind in EVENT_KINDS)
        + sum(entry.event_kind in JOIN_KINDS and bool(entry.id) for entry in entries),
        compared=sum(len(events) for key, events in (recorded or {}).items() if key in followed),
    )


def _followed(document: dict[str, Any], entries: list[CheckedEntry]) -> set[tuple[str, EventKind]]:
    """Job and kind of each event that starts a trigger, or arrives at a join."""
    followed: set[tuple[str, EventKind]] = {(entry.job_name, entry.event_kind) for entry in entries}
    for join in strictjson.object_at(document, "joins").values():
        followed |= {(job, "on_success") for job in _list(join, "all_of") if isinstance(job, str)}
    return followed


def _cycles(document: dict[str, Any], lineage: list[Edge]) -> Iterator[ValidationProblem]:
    allowed = document.get("allow_cycles") is True
    for ring in cycles(lineage):
        names = " -> ".join([*(edge.job for edge in ring), ring[0].job])
        if endless(ring):
            yield ValidationProblem(
                ring[-1].path,
                f"the workflows form a cycle that never ends, because 'publish' closes it: {names:.400}. Remove 'publish' from "
                "one of its triggers, or give one a condition 'when'",
                code="endless-cycle",
            )
            continue
        if allowed:
            continue
        yield ValidationProblem(
            ring[-1].path,
            f'the workflows form a cycle: {names:.400}. If each round ends by itself, write "allow_cycles": true at the top of '
            "the file",
            code="cycle",
        )


def _placed(file: str, places: Places, severity: Severity, problem: ValidationProblem) -> Problem:
    line, column = places.find(problem.path, problem.at)
    suggestion = nearest(problem.found, problem.options) if problem.found and problem.options else ""
    if problem.code in EVENT_PATHS:
        suggestion = next(iter(problem.options), "")
    return Problem(
        file=file,
        line=line,
        column=column,
        path=problem.path,
        message=problem.message,
        severity=severity,
        code=problem.code,
        suggestion=suggestion,
    )


def _unreadable(
    file: str, place: tuple[int, int], message: str, *, path: str = "", code: str = "syntax"
) -> CheckedFile:
    line, column = place
    problem = Problem(file=file, line=line, column=column, path=path, message=message, severity="error", code=code)
    return CheckedFile(file=file, problems=[problem])


def _list(workflow: Any, kind: str) -> list[Any]:
    found = workflow.get(kind) if isinstance(workflow, dict) else None
    return found if isinstance(found, list) else []
