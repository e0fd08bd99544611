"""The topics of a stack, and the filter of the router's subscription to each (terraform/locals.tf)."""

from __future__ import annotations

EVENTS, APPROVALS = "job_events", "job_approvals"

FILTERS: dict[str, dict[str, list[str]]] = {
    EVENTS: {"status": ["SUCCESS"]},
    APPROVALS: {"decision": ["APPROVED"]},
}
"""Filter policy of each topic's subscription, for the message body."""
