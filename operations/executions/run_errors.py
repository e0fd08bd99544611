"""Makes the cause of a failed Task readable: the run of a ``.sync`` Task, or the entries that EventBridge refused."""

from __future__ import annotations

import json

from orchestration.values.strictjson import Json


def readable(cause: str) -> str:
    """Id, status and error of the run, or errors of the entries, in a cause; any other cause stays unchanged.

    Sources: docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html (Run a Job) and connect-eventbridge.html
    (``EventBridge.FailedEntry``).
    """
    try:
        run = json.loads(cause)
    except ValueError:
        return cause
    if not isinstance(run, dict):
        return cause
    if isinstance(run.get("JobRunState"), str):
        return f"run {run.get('Id')} {run['JobRunState']}: {run.get('ErrorMessage', 'no message')}"
    if isinstance(run.get("ExecutionArn"), str):
        error = ": ".join(str(run[key]) for key in ("Error", "Cause") if run.get(key))
        return f"execution {run['ExecutionArn']} {run.get('Status')}: {error or 'no error'}"
    return _of_entries(run.get("Entries")) or cause


def _of_entries(entries: Json) -> str:
    """Errors of the entries that EventBridge refused; empty if no entry has one."""
    refused = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return "; ".join(
        f"{entry['ErrorCode']}: {entry.get('ErrorMessage', 'no message')}"
        for entry in refused
        if entry.get("ErrorCode")
    )
