"""Graphs of small configurations, and of the example with 60 workflows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analysis.graph.graph import Graph, build
from analysis.graph.lineage import edges
from orchestration.configuration.workflows import checked_entries
from orchestration.settings import Settings

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
WAREHOUSE: dict[str, Any] = json.loads((EXAMPLES / "warehouse.json").read_text())


def graph_of(document: dict[str, Any]) -> Graph:
    """The graph of a valid configuration."""
    return build(document, edges(checked_entries(document, Settings())))


def jobs(**targets: list[str]) -> Graph:
    """Jobs that start Glue jobs of these names."""
    workflows = {
        job: {"on_success": [{"type": "glue_job", "job_name": name} for name in names]}
        for job, names in targets.items()
    }
    return graph_of({"workflows": workflows})
