"""Reads the reserved field ``$replay`` of a direct invocation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orchestration.errors import EventError

REPLAY = "$replay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A request to start triggers of an earlier execution again (direct invocation only).

    Attributes:
        of: name of the execution to replay.
        only: trigger id in that execution to the trigger's id now, or None for all triggers that failed.
        again: also start triggers that have started, or are running.
        as_was: send the original request instead of one from the current configuration.
        dry_run: report the decisions and requests, and start nothing.
    """

    of: str
    only: tuple[tuple[str, str], ...] | None = None
    again: bool = False
    as_was: bool = False
    dry_run: bool = False


def read_replay(value: Any) -> Replay:
    """Read the field's value.

    Raises:
        EventError: it is invalid.
    """
    expected = (
        'expected {"of": "<execution name>", "only": ["<trigger id>"] or {"<trigger id>": "<its id now>"}, "again": false, '
        '"as_was": false, "dry_run": false}'
    )
    flags = ("again", "as_was", "dry_run")
    if not isinstance(value, dict) or not value.keys() <= {"of", "only", *flags}:
        raise EventError(f"event field '{REPLAY}': found {value!r:.120}, {expected}")
    of, only = value.get("of"), value.get("only")
    if not isinstance(of, str) or not of:
        raise EventError(f"event field '{REPLAY}.of': found {of!r:.80}, {expected}")
    for flag in flags:
        if type(value.get(flag, False)) is not bool:
            raise EventError(f"event field '{REPLAY}.{flag}': found {value[flag]!r:.80}, expected true or false")
    if isinstance(only, list) and only and all(isinstance(one, str) for one in only):
        only = {one: one for one in only}
    if only is not None and not (
        isinstance(only, dict) and only and all(isinstance(one, str) for one in only.values())
    ):
        raise EventError(f"event field '{REPLAY}.only': found {only!r:.120}, expected trigger ids. {expected}")
    if only is None and value.get("again"):
        raise EventError(
            f"event field '{REPLAY}.again': found true without 'only'. Name the triggers that must run again in 'only'"
        )
    return Replay(
        of=of,
        only=None if only is None else tuple(only.items()),
        again=value.get("again", False),
        as_was=value.get("as_was", False),
        dry_run=value.get("dry_run", False),
    )
