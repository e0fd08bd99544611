"""Determines whether a replay starts a new run, or keeps the run of the attempt that failed.

A nested execution has a name, so the state machine finds the execution of that name if one exists. A new run needs a new
name. The run's own state decides, not the recorded error: a person may have redriven the run since then, and a call without
an answer may have started it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from orchestration.errors import ExecutionLookupError
from orchestration.input.item import Item
from orchestration.replaying.ledger import Attempt, Ledger
from orchestration.triggers import BY_TYPE
from orchestration.values.shell import option

_ENDED_BADLY = ("FAILED", "TIMED_OUT", "ABORTED")

_PUBLISH_FAILED = "PublishFailed:"
"""Beginning of the detail of an attempt whose run succeeded (builder/machine/waiting_states.py)."""

_NEVER_STARTED = re.compile(
    r"StepFunctions\.(StateMachineDoesNotExist|AccessDenied|\w+: .*not authorized to perform: states:StartExecution)",
    re.DOTALL,
)
"""Beginning of the detail of an attempt that Step Functions refused. The router may not read the runs of such a target either.
A run that failed has its own error in the detail, such as a permission that it lacked."""


class EarlierRun(NamedTuple):
    """The run of the newest attempt.

    Attributes:
        arn: ARN of the nested execution; empty if none exists, or if the target has no names.
        status: its status now.
        waited: True for an attempt that waited for a run without a name. Its run has failed, or may have, and a look for the
            attempt's run id would find it.
        left_out: reason why a replay without ``again`` starts nothing.
        refused: reason why the router cannot decide.
    """

    arn: str = ""
    status: str = ""
    waited: bool = False
    left_out: str = ""
    refused: str = ""

    @property
    def needs_new_name(self) -> bool:
        """True if the run ended in failure: its name starts nothing, and a look for its id would find it."""
        return self.waited or self.status in _ENDED_BADLY

    @property
    def kept(self) -> bool:
        """True if the run is running or has succeeded, so that nothing may start it a second time."""
        return bool(self.arn) and not self.needs_new_name

    def kept_reason(self, *, waits: bool) -> str:
        """Why no run starts, and what the attempt does instead; empty if a run may start."""
        attempt = "follows it to its end" if waits else "only records it"
        return (
            f"its run {self.arn} is {self.status}, so no second one starts. The attempt {attempt}" if self.kept else ""
        )

    def other_target(self, item: Item) -> str:
        """Reason to leave a trigger out whose new request would start another execution in addition to a kept one."""
        if not self.kept or self.arn == _named_run(item):
            return ""
        return (
            f"its run {self.arn} is {self.status}, and the configuration now names another target. To start that one, too: "
            "--again"
        )


def earlier_run(ledger: Ledger, trigger_id: str, newest: Attempt) -> EarlierRun:
    """The run of an attempt that failed."""
    sent = _item_of(ledger, trigger_id, newest)
    arn = _named_run(sent)
    try:
        status = ledger.executions.status_of(arn) if arn else ""
    except ExecutionLookupError as error:
        if error.denied and _NEVER_STARTED.match(newest.detail):
            return EarlierRun()
        advice = (
            "Allow the router states:DescribeExecution on it (the Terraform variable state_machines names its state machine). If "
            f"the run has ended without success, start a new one: {option('--only', trigger_id)} --again"
            if error.denied
            else "Replay again later"
        )
        return EarlierRun(refused=f"the router cannot determine whether its run has ended: {error}. {advice}")
    if status:
        return EarlierRun(arn=arn, status=status)
    if newest.detail.startswith(_PUBLISH_FAILED):
        reason = f"its run succeeded, and a replay would start it once more: {newest.detail} To start it again: --again"
        return EarlierRun(left_out=reason)
    return EarlierRun(waited=not arn and sent.waits)


def _named_run(item: Item) -> str:
    return BY_TYPE[item.type].named_run(item.request) if item.type in BY_TYPE else ""


def _item_of(ledger: Ledger, trigger_id: str, newest: Attempt) -> Item:
    """The item that the attempt sent."""
    execution = ledger.find(newest.execution)
    sent = execution.input.triggers if newest.number and execution is not None else ()
    return next((item for item in sent if item.id == trigger_id), ledger.originals[trigger_id].item)
