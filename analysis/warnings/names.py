"""Warnings about names of jobs: blanks, wildcards, addresses, and names that almost meet."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Literal

from analysis.graph.lineage import JOIN, Edge
from analysis.warnings.targets import address_problem
from analysis.warnings.typos import NearNames
from orchestration.values.strictjson import JsonObject, object_at
from orchestration.values.validation import ValidationProblem

_SEPARATORS = dict.fromkeys(map(ord, "-_ \t"))


def warnings(document: JsonObject, edges: list[Edge]) -> Iterator[ValidationProblem]:
    """Warnings about the names of upstream jobs, and about targets that are almost one of them."""
    jobs = object_at(document, "workflows")
    for job in jobs:
        yield from _name(job, f"workflows.{job}", at="key")
    folded = {_folded(job): job for job in jobs}
    members = {edge.job for edge in edges if edge.type == JOIN}
    unmatched = []
    for edge in edges:
        if edge.type == JOIN:
            if edge.job not in jobs:
                yield from _name(edge.job, edge.path, at="value")
                unmatched.append((edge, edge.job))
            continue
        if edge.target in jobs:
            continue
        similar = folded.get(_folded(edge.target))
        if similar is not None:
            yield _almost(edge.path, f"target {edge.target!r:.80}", similar, "only in case, '-' or '_'")
        elif edge.publishes and edge.target not in members:
            unmatched.append((edge, edge.target))
    if unmatched:
        yield from _unmatched(unmatched, jobs, edges)


def _unmatched(unmatched: list[tuple[Edge, str]], jobs: JsonObject, edges: list[Edge]) -> Iterator[ValidationProblem]:
    """Jobs of joins without a workflow, and published jobs that nothing in the configuration follows."""
    started = {edge.target for edge in edges if edge.type != JOIN}
    workflows, targets = NearNames(jobs), NearNames([*jobs, *started])
    members = NearNames(edge.job for edge in edges if edge.type == JOIN)
    for edge, name in unmatched:
        if edge.type == JOIN:
            # A job of a join needs no workflow: it publishes its own events.
            near = "" if name in started else targets.nearest(name)
            if near:
                yield _almost(edge.path, f"job {name!r:.80}", near, "by one letter")
            continue
        near = workflows.nearest(name) or members.nearest(name)
        if near:
            yield _almost(edge.path, f"published job {name!r:.80}", near, "by one letter")
            continue
        message = (
            f"publishes the job {name!r:.80}, which has no workflow and is in no join, so the event starts nothing. Add a "
            "workflow, or remove 'publish'"
        )
        yield ValidationProblem(f"{edge.path}.publish", message, code="publish-without-workflow")


def _almost(path: str, found: str, near: str, how: str) -> ValidationProblem:
    message = (
        f"found {found}, and a job {near!r:.80}. Their names differ {how}. Write the same name if one job is meant"
    )
    return ValidationProblem(path, message, code="similar-names")


def _name(job: str, path: str, *, at: Literal["key", "value"]) -> Iterator[ValidationProblem]:
    if job != job.strip():
        message = (
            f"the job name {job!r:.80} has a blank at its start or end. Events of {job.strip()!r:.80} do not match"
        )
        yield ValidationProblem(path, f"{message}. Remove the blank", at=at, code="blank-in-name")
    if "*" in job:
        message = f"found the job name {job!r:.80}. A name has no wildcards, so only a job of exactly this name matches"
        yield ValidationProblem(path, f"{message}. Write each job", at=at, code="wildcard-in-name")
    yield from address_problem(job, "a job name", path, at=at)


def _folded(name: str) -> str:
    text = name if name.isascii() else unicodedata.normalize("NFKC", name)
    return text.translate(_SEPARATORS).lower()
