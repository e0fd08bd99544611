"""Warnings about triggers of Airflow: one DAG twice, and mappings that cannot work as intended."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.entries.holders import TriggerList
from analysis.warnings.roots import EVENT_ROOTS
from orchestration.values.strictjson import JsonObject
from orchestration.values.validation import ValidationProblem

_TYPES = ("mwaa_dag", "sqs_mwaa")


def same_dag(listed: TriggerList) -> Iterator[ValidationProblem]:
    """The warning of a DAG that one list starts by both types."""
    if len(listed.triggers) < len(_TYPES):
        return
    first: dict[str, tuple[str, str]] = {}
    for path, entry in listed.objects():
        kind, dag = entry.get("type"), entry.get("dag_id")
        if not isinstance(kind, str) or kind not in _TYPES or not isinstance(dag, str):
            continue
        other, place = first.setdefault(dag, (kind, path))
        if other != kind:
            message = (
                f"found the DAG {dag!r:.80}, which {place} starts by {other}. The event starts it twice. Remove one"
            )
            yield ValidationProblem(f"{path}.dag_id", message, code="repeated-dag")


def mappings(entry: JsonObject, path: str) -> Iterator[ValidationProblem]:
    """Warnings about ``parameter_mapping``: a key that conf has too, and a key and a path that are swapped."""
    mapping, conf = entry.get("parameter_mapping"), entry.get("conf")
    if not isinstance(mapping, dict):
        return
    for key, value in mapping.items():
        place = f"{path}.parameter_mapping.{key}"
        if isinstance(conf, dict) and key in conf:
            message = (
                f"conf has the key {key!r:.80} too, and has priority, so the mapping has no effect. Remove one of them"
            )
            yield ValidationProblem(place, message, at="key", code="unused-mapping")
        root, dot, _ = key.partition(".")
        if dot and root in EVENT_ROOTS and isinstance(value, str) and value.partition(".")[0] not in EVENT_ROOTS:
            message = (
                f"found the conf key {key!r:.80}, which looks like a path, and the path {value!r:.80}. A mapping is conf key to "
                f'path: write "{value:.80}": "{key:.80}"'
            )
            yield ValidationProblem(place, message, at="key", code="swapped-mapping")
