"""Makes the cause of a failed run readable: a ``.sync`` Task gives the whole run as JSON text."""

from __future__ import annotations

import json


def readable(cause: str) -> str:
    """Id, status and error of the run in a cause; any other cause stays unchanged.

    Source: docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html (Run a Job).
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
    return cause
