"""The lineage page: jobs and targets of the deployed configuration, with the newest execution of each job."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint
from markupsafe import Markup

from analysis.graph.graph import build
from analysis.graph.lineage import edges, join_edges
from analysis.graph.svg import svg
from console import pictures
from console.rendering import render
from console.stack import ConsoleStack
from operations.executions import listing
from operations.stack.deployed_configuration import read_configuration
from orchestration.configuration.workflows import checked_entries, read_document
from orchestration.errors import ConfigError, ConfigUnavailableError
from orchestration.values import strictjson

_DAYS, _EXECUTIONS = 7, 200


def blueprint(stack: ConsoleStack) -> Blueprint:
    """The page ``/lineage``."""
    pages = Blueprint("lineage", __name__)

    @pages.get("/lineage")
    def lineage() -> str:
        return render("lineage.html", stack=stack, page="lineage", **_values(stack))

    return pages


def _values(stack: ConsoleStack) -> dict[str, Any]:
    values: dict[str, Any] = {"picture": "", "jobs": [], "error": "", "source": stack.router.settings.config_s3_uri}
    try:
        deployed = read_configuration(stack.router.settings)
        document = read_document(strictjson.loads(deployed.data), stack.router.settings).document
    except (ConfigError, ConfigUnavailableError, strictjson.StrictJSONError) as error:
        return values | {"error": str(error)}
    entries = list(checked_entries(document, stack.router.settings))
    graph, newest = build(document, edges(entries) + join_edges(document)), _newest(stack)
    outcomes = {f"job:{job}": one.status for job, one in newest.items()}
    try:
        values["picture"] = Markup(pictures.with_outcomes(svg(graph.grouped()), outcomes))  # noqa: S704 - our picture, escaped texts
    except ConfigError as error:
        values["error"] = str(error)
    counts = Counter(link.trigger.job for link in graph.links)
    jobs = [
        {
            "name": node.name,
            "description": node.description,
            "triggers": counts[node.name],
            "last": newest.get(node.name),
        }
        for node in graph.nodes.values()
        if node.kind == "job"
    ]
    return values | {"jobs": jobs, "source": f"{deployed.source} (version {deployed.version})"}


def _newest(stack: ConsoleStack) -> dict[str, listing.Listed]:
    """The newest execution of each job, batches left out."""
    wanted = listing.Filter(begin=datetime.now(UTC) - timedelta(days=_DAYS))
    newest: dict[str, listing.Listed] = {}
    for one in listing.listed(stack.executions, wanted, _EXECUTIONS):
        if one.kind in ("event", "replay"):
            newest.setdefault(one.job_name, one)
    return newest
