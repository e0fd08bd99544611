"""Collects every warning of a configuration."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.entries.holders import TriggerList, holders
from analysis.entries.paths import path_uses
from analysis.graph.lineage import Edge
from analysis.warnings import arguments, conditions, dags, joins, names, roots, sizes, targets, texts, values
from orchestration.values.strictjson import JsonObject
from orchestration.values.validation import ValidationProblem


def warnings(document: JsonObject, edges: list[Edge]) -> Iterator[ValidationProblem]:
    """Every warning of a configuration whose ``workflows`` is an object.

    Args:
        document: the configuration.
        edges: its valid triggers, and the jobs of its joins.
    """
    yield from names.warnings(document, edges)
    yield from conditions.warnings(edges)
    for holder in holders(document):
        if holder.empty:
            message = (
                f"the {holder.noun} has no triggers, so its events start nothing. Add one, or remove the {holder.noun}"
            )
            yield ValidationProblem(holder.path, message, code="empty-workflow")
        if holder.noun == "join":
            yield from joins.warnings(holder)
        for listed in holder.lists:
            yield from sizes.warnings(listed)
            yield from dags.same_dag(listed)
            yield from _triggers(listed)
            for path, entry in listed.objects() if listed.of_join else ():
                yield from values.members(holder.content.get("all_of"), entry, path)


def _triggers(listed: TriggerList) -> Iterator[ValidationProblem]:
    for path, entry in listed.objects():
        yield from texts.warnings(entry, path)
        yield from targets.warnings(entry, path)
        yield from values.warnings(entry, path)
        yield from arguments.warnings(entry, path)
        yield from dags.mappings(entry, path)
        uses = list(path_uses(entry, path))
        if uses:
            yield from roots.warnings(uses, of_join=listed.of_join)
