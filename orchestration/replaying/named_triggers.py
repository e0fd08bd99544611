"""Checks the triggers that a replay names in ``only``."""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.errors import ReplayError
from orchestration.event.identity import BATCH_PREFIX
from orchestration.event.replay_request import Replay
from orchestration.input.item import Item
from orchestration.replaying.decisions import CONDITION, listed
from orchestration.replaying.ledger import Ledger
from orchestration.values.shell import option


def check_named(ledger: Ledger, replay: Replay, only: Sequence[tuple[str, str]]) -> None:
    """Check the triggers that a request names.

    Args:
        ledger: the event's triggers.
        replay: the request.
        only: id of each trigger in the event, and its id now.

    Raises:
        ReplayError: the event has no such trigger, or a successor is ambiguous.
    """
    known = {*ledger.originals, *(one.batch.id for one in ledger.originals.values() if one.batch)}
    unknown = [trigger_id for trigger_id, _ in only if trigger_id not in known]
    if unknown:
        reason = ledger.skipped.get(unknown[0])
        if reason:
            raise ReplayError(
                f"trigger {unknown[0]!r} of execution {replay.of!r} never started: {CONDITION} {reason}. Change the "
                "condition, then publish the event with another job_run_id"
            )
        raise ReplayError(
            f"the event of execution {replay.of!r} has no trigger {unknown[0]!r:.80}. It has: "
            f"{listed(_listed(one.item) for one in ledger.originals.values())}"
        )
    renamed = [(trigger_id, now) for trigger_id, now in only if now != trigger_id]
    for trigger_id, now in renamed:
        if trigger_id.startswith(BATCH_PREFIX):
            raise ReplayError(
                f"'only': {trigger_id!r} is a batch, which is started with its original triggers. Name it without '={now}'"
            )
        if replay.as_was:
            raise ReplayError(
                f"'only': {trigger_id!r} has the successor {now!r}, but 'as_was' sends the original request. Choose one"
            )
    successors = [now for _, now in renamed]
    for now in successors:
        if now in ledger.originals:
            raise ReplayError(
                f"'only': {now!r} is another trigger of the same event. Replay it by its own id, not as a successor"
            )
    if len(set(successors)) < len(successors):
        raise ReplayError("'only': two triggers have the same successor, which would start twice. Name it once")
    for trigger_id, now in () if replay.again else renamed:
        _check_successor(ledger, trigger_id, now)


def _check_successor(ledger: Ledger, trigger_id: str, now: str) -> None:
    """Refuse a successor that an earlier replay gave to another trigger: it would start once for each of them."""
    for other in ledger.originals:
        for execution in ledger.replays(other) if other != trigger_id else ():
            record = execution.input.routing.replay
            if record is not None and record.now == now:
                raise ReplayError(
                    f"'only': {now!r} is the successor of trigger {other!r} since execution {execution.name}, and would start "
                    f"twice. Replay that trigger: {option('--only', f'{other}={now}')}. To start {now!r} for "
                    f"{trigger_id!r}, too: --again"
                )


def _listed(item: Item) -> tuple[str, str, str]:
    return item.id, item.target.type, item.target.name
