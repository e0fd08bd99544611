"""Reads from the router's log why an event started nothing by itself."""

from __future__ import annotations

import re
import time

import boto3

from operations.stack.deployed_router import DeployedRouter
from orchestration.log_lines import single_line

_EVENT = ": job {job} run {run}: "
_LINES = {"Ignored": "The router ignored it", "Joined": "It only arrived at joins"}
"""Beginning of the router's log lines for events that start nothing (orchestration/reports.py), and their meaning."""

_DAYS = 14


def why_nothing(router: DeployedRouter, job: str, run: str) -> str:
    """The router's reasons, oldest first, or the causes that leave no line in its log.

    Raises:
        ClientError: the caller may not read the log.
    """
    reasons = _reasons(router, job, run)
    if reasons:
        return "; ".join(reasons)
    return (
        f"The router's log of the last {_DAYS} days has no such event: it was not published, the subscription filter dropped "
        "it, or it waits in a dead-letter store. Run: orchestrator plan --event FILE, and: orchestrator redrive-dlq ROUTER "
        "--dry-run"
    )


def _reasons(router: DeployedRouter, job: str, run: str) -> list[str]:
    """The router's reasons in the last 14 days, oldest first.

    Source: docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html (a phrase in quotes).

    Raises:
        ClientError: the caller may not read the log.
    """
    client = boto3.client("logs", region_name=router.settings.region)
    phrase = single_line(_EVENT.format(job=job, run=run))
    # A quote would end the phrase, so the search is for a part without one, and without a backslash of an escape.
    pattern = max(re.split(r'["\\]', phrase), key=len)
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=f"/aws/lambda/{router.name.rpartition(':')[2]}",
        filterPattern=f'"{pattern}"',
        startTime=int((time.time() - _DAYS * 86_400) * 1000),
    )
    found: dict[str, None] = {}
    try:
        for page in pages:
            for event in page["events"]:
                before, _, reason = event["message"].partition(phrase)
                for line, meaning in _LINES.items():
                    if before.endswith(line):
                        found[f"{meaning}: {reason.strip()}"] = None
    except client.exceptions.ResourceNotFoundException:
        return []  # the router has not run yet
    return list(found)
