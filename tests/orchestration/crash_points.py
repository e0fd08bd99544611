"""Deliveries that are killed at an AWS call, and edits of the configuration before the retry.

The tests check each case, and the drill counts over all of them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from tests.orchestration.fake_aws import SETTINGS, FakeAws, Killed

EVENT = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS"}
Document = dict[str, Any]


def document(count: int, size: int = 0, first: int = 0) -> Document:
    """A workflow with ``count`` triggers, each with ``size`` bytes of arguments."""
    arguments = {"arguments": {"--x": "x" * size}} if size else {}
    triggers = [
        {"type": "glue_job", "job_name": f"job-{number}", **arguments} for number in range(first, first + count)
    ]
    return {"workflows": {"j": {"on_success": triggers}}}


def _workflow(before: Document) -> list[Any]:
    return list(before["workflows"]["j"]["on_success"])


EDITS: dict[str, Callable[[Document], Document]] = {
    "unchanged": lambda before: before,
    "whitespace": lambda before: {"workflows": {"j": {"description": "a newline", "on_success": _workflow(before)}}},
    "other workflow": lambda before: {"workflows": before["workflows"] | {"k": {"on_success": []}}},
    "grown": lambda before: {
        "workflows": {"j": {"on_success": [*_workflow(document(50, first=9000)), *_workflow(before)]}}
    },
    "cut": lambda before: {"workflows": {"j": {"on_success": _workflow(before)[::2]}}},
    "emptied": lambda before: {"workflows": {"j": {"on_success": []}}},
    "removed": lambda before: {"workflows": {}},
}
SIZES = {"1": (1, 0), "41": (41, 0), "100": (100, 0), "400": (400, 0), "parts": (100, 7_000)}


def names(of: Document) -> set[str]:
    return {one["job_name"] for one in of["workflows"].get("j", {}).get("on_success", [])}


def deliver(aws: FakeAws, *, kill_at: int | None = None, after: bool = False) -> None:
    """One attempt of a delivery in a new execution environment; all attempts have one request id, as on Lambda."""
    aws.calls.clear()
    aws.kill_at, aws.after = kill_at, after
    aws.router().route(EVENT, "delivery", SETTINGS)


def killed(before: Document, after: Document, kill_at: int, *, effective: bool) -> FakeAws:
    """AWS after a first delivery that was killed, and an upload; nothing is retried yet."""
    aws = FakeAws()
    aws.upload(before)
    with contextlib.suppress(Killed):
        deliver(aws, kill_at=kill_at, after=effective)
        raise AssertionError(f"the delivery ended before its call {kill_at}")
    aws.upload(after)
    return aws


def points(count: int, size: int) -> int:
    """Number of AWS calls of an undisturbed delivery."""
    aws = FakeAws()
    aws.upload(document(count, size))
    deliver(aws)
    return len(aws.calls)
