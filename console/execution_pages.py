"""Pages of executions: the list with filters, one execution, and its replay."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, request

from console.rendering import execution_values, render
from console.stack import ConsoleStack
from operations.executions import listing
from operations.executions.ages import age
from operations.executions.inspection import find_names, inspect
from operations.executions.router_log import why_nothing
from operations.repair.replay import decisions, prepare
from orchestration.errors import ExecutionLookupError, OrchestrationError, ReplayError

AGES = ("1h", "24h", "7d", "30d", "90d")
LIMIT = 50
_FIELDS = ("job", "run", "trigger", "status", "since")


def blueprint(stack: ConsoleStack) -> Blueprint:
    """The pages below ``/executions``."""
    pages = Blueprint("executions", __name__)

    @pages.get("/executions")
    def executions() -> str:
        values = _listed(stack, _query())
        return render("executions.html", stack=stack, page="executions", **values)

    @pages.get("/executions/rows")
    def rows() -> str:
        return render("executions_rows.html", **_listed(stack, _query()))

    @pages.get("/executions/<name>")
    def execution(name: str) -> str:
        return render("execution.html", stack=stack, page="executions", **_inspected(stack, name))

    @pages.get("/executions/<name>/part")
    def part(name: str) -> str:
        return render("execution_part.html", stack=stack, **_inspected(stack, name))

    @pages.post("/executions/<name>/replay")
    def replay(name: str) -> str:
        if not stack.allow_replay:
            abort(403, "This console is read-only. Start it with --allow-replay.")
        preview = request.form.get("mode") != "start"
        return render("replay.html", stack=stack, page="executions", **_replayed(stack, name, preview=preview))

    return pages


def _query() -> dict[str, str]:
    query = {field: request.args.get(field, "").strip() for field in _FIELDS}
    return query | {"since": query["since"] or AGES[1]}


def _listed(stack: ConsoleStack, query: dict[str, str]) -> dict[str, Any]:
    """Values of the list; a bad filter is a message on the page."""
    values: dict[str, Any] = {"query": query, "parameters": urlencode(query), "statuses": listing.STATUSES}
    values |= {"ages": dict.fromkeys((*AGES, query["since"])), "limit": LIMIT, "rows": [], "reason": "", "error": ""}
    if query["status"] not in ("", *listing.STATUSES):
        return values | {"error": f"status {query['status']!r:.40}: expected one of {', '.join(listing.STATUSES)}."}
    if query["run"] and not query["job"]:
        return values | {"error": "A filter by run needs a job."}
    try:
        begin = datetime.now(UTC) - age(query["since"], "since")
        wanted = listing.Filter(begin=begin, **{field: query[field] for field in ("job", "run", "trigger", "status")})
        rows = listing.listed(stack.executions, wanted, LIMIT)
        reason = "" if rows or not query["run"] else _reason(stack, query["job"], query["run"])
    except OrchestrationError as error:
        return values | {"error": str(error)}
    return values | {"rows": rows, "reason": reason}


def _reason(stack: ConsoleStack, job: str, run: str) -> str:
    """Why a run has no execution, unless a filter hides it."""
    if find_names(stack.executions, job, run):
        return "The run has executions that the other filters leave out."
    return why_nothing(stack.router, job, run)


def _inspected(stack: ConsoleStack, name: str) -> dict[str, Any]:
    try:
        found = inspect(stack.executions, name)
    except ExecutionLookupError as error:
        if error.missing:
            abort(404, f"Execution {name!r:.100} does not exist. It may have ended more than 90 days ago.")
        raise
    running = any(one["status"] == "RUNNING" for one in found.executions)
    running = running or any(one.status == "RUNNING" for one in found.triggers)
    return {**execution_values(found, links=not stack.local), "running": running}


def _replayed(stack: ConsoleStack, name: str, *, preview: bool) -> dict[str, Any]:
    values: dict[str, Any] = {"name": name, "preview": preview, "record": None, "decisions": [], "error": ""}
    try:
        prepared = prepare(name, function=stack.router.name)
        record = prepared.ask() if preview else prepared.send()
    except (ReplayError, ExecutionLookupError) as error:
        return values | {"error": str(error)}
    reasons = [{"reason": "", **decision} for decision in decisions(record)]
    return values | {"record": {"reason": "", **record}, "decisions": reasons}
