"""Finds the warnings of a small configuration."""

from __future__ import annotations

from typing import Any

from analysis.graph.lineage import edges, join_edges
from analysis.warnings.every_warning import warnings
from orchestration.configuration.workflows import checked_entries
from orchestration.settings import Settings

QUEUE = {"type": "sqs_mwaa", "dag_id": "d"}
GLUE = {"type": "glue_job", "job_name": "g"}


def document_of(*triggers: dict[str, Any], joins: dict[str, Any] | None = None, **workflows: Any) -> dict[str, Any]:
    """A configuration whose workflow ``j`` has the triggers."""
    return {"workflows": {"j": {"on_success": list(triggers)}, **workflows}, "joins": joins or {}}


def found(*triggers: dict[str, Any], joins: dict[str, Any] | None = None, **workflows: Any) -> list[tuple[str, str]]:
    """Code and path of each warning."""
    document = document_of(*triggers, joins=joins, **workflows)
    lineage = edges(checked_entries(document, Settings())) + join_edges(document)
    return [(problem.code, problem.path) for problem in warnings(document, lineage)]


def codes(*triggers: dict[str, Any], joins: dict[str, Any] | None = None, **workflows: Any) -> list[str]:
    """Code of each warning."""
    return [code for code, _ in found(*triggers, joins=joins, **workflows)]
