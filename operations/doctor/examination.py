"""Runs the checks one after the other. A check that AWS refuses is a finding with status ``unknown``."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from botocore.exceptions import BotoCoreError, ClientError

from operations.doctor import configuration, deployment, joins, leftovers, permissions, subscriptions, targets, watchers
from operations.doctor.finding import Finding
from operations.doctor.stack import ExaminedStack

Check = Callable[[ExaminedStack], Iterator[Finding]]

CHECKS: dict[str, Check] = {
    "configuration": configuration.check,
    "targets": targets.check,
    "router": deployment.check_router,
    "state machine": deployment.check_state_machine,
    "joins": joins.check,
    "subscriptions": subscriptions.check,
    "permissions": permissions.check,
    "dead letters": leftovers.check,
    "alarms": watchers.check_alarms,
    "dispatcher": watchers.check_dispatcher,
}
"""Checks by name, in order: the configuration first, because others read its triggers."""


def examine(stack: ExaminedStack, progress: Callable[[str], None] = lambda _: None) -> Iterator[Finding]:
    """Examine a stack; changes nothing.

    Args:
        stack: the stack.
        progress: called with the name of each check before it begins.
    """
    for name, check in CHECKS.items():
        progress(name)
        try:
            yield from check(stack)
        except (BotoCoreError, ClientError) as error:
            yield refused(name, stack.name, error)


def refused(check: str, subject: str, error: BotoCoreError | ClientError) -> Finding:
    """Finding about a question that AWS did not answer."""
    operation = error.operation_name if isinstance(error, ClientError) else "the call"
    return Finding(
        check=check,
        subject=subject,
        status="unknown",
        message=" ".join(str(error).split()),
        advice=f"Allow {operation} to the caller's role, then run this command again",
    )
