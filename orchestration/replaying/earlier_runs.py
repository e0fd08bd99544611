"""Determines whether a replay starts a new run, or keeps the run of the attempt that failed.

A nested execution with ``wait`` has a name, so the state machine follows the execution of that name if one exists. A new run
needs a new name. The run's own state decides, not the recorded error: a person may have redriven the run since then.
"""

from __future__ import annotations

from typing import NamedTuple

from orchestration.errors import ExecutionLookupError
from orchestration.input.item import Item
from orchestration.replaying.ledger import Attempt, Ledger
from orchestration.values.strictjson import JsonObject

_ENDED_BADLY = ("FAILED", "TIMED_OUT", "ABORTED")

_PUBLISH_FAILED = "PublishFailed:"
"""Beginning of the detail of an attempt whose run succeeded (builder/machine/waiting_states.py)."""


class EarlierRun(NamedTuple):
    """The run of the newest attempt.

    Attributes:
        arn: ARN of the nested execution; empty if none exists, or if the target has no names.
        status: its status now.
        left_out: reason why a replay without ``again`` starts nothing.
        refused: reason why the router cannot decide.
    """

    arn: str = ""
    status: str = ""
    left_out: str = ""
    refused: str = ""

    @property
    def needs_new_name(self) -> bool:
        """True if the run ended in failure, so that its name starts nothing."""
        return self.status in _ENDED_BADLY

    @property
    def kept(self) -> bool:
        """True if the run is running or has succeeded, so that nothing may start it a second time."""
        return bool(self.arn) and not self.needs_new_name

    def other_target(self, request: JsonObject) -> str:
        """Reason to leave a trigger out whose new request would start another execution in addition to a kept one."""
        if not self.kept or request.get("ExecutionArn") == self.arn:
            return ""
        return (
            f"its run {self.arn} is {self.status}, and the configuration now names another target. To start that one, too: "
            "--again"
        )


def earlier_run(ledger: Ledger, trigger_id: str, newest: Attempt) -> EarlierRun:
    """The run of an attempt that failed."""
    item = _item_of(ledger, trigger_id, newest)
    arn = item.request.get("ExecutionArn")
    if not isinstance(arn, str):
        if newest.detail.startswith(_PUBLISH_FAILED):
            reason = (
                f"its run succeeded, and a replay would start it once more: {newest.detail} To start it again: --again"
            )
            return EarlierRun(left_out=reason)
        return EarlierRun()
    try:
        status = ledger.executions.status_of(arn)
    except ExecutionLookupError as error:
        return EarlierRun(
            refused=f"the router cannot determine whether its run has ended: {error}. To start a new run: --again"
        )
    return EarlierRun(arn=arn, status=status) if status else EarlierRun()


def _item_of(ledger: Ledger, trigger_id: str, newest: Attempt) -> Item:
    """The item that the attempt sent."""
    execution = ledger.find(newest.execution)
    sent = execution.input.triggers if newest.number and execution is not None else ()
    return next((item for item in sent if item.id == trigger_id), ledger.originals[trigger_id].item)
