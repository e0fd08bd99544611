"""Reads the reserved field ``$replay`` of a direct invocation."""

from __future__ import annotations

from typing import NamedTuple

from orchestration.errors import EventError
from orchestration.event.kinds import REPLAY
from orchestration.values.strictjson import Json

_FLAGS = ("again", "as_was", "dry_run")
_EXPECTED = (
    'expected {"of": "<execution name>", "only": ["<trigger id>"] or {"<trigger id>": "<its id now>"}, "again": false, '
    '"as_was": false, "dry_run": false}'
)


class Replay(NamedTuple):
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


def read_replay(value: Json) -> Replay:
    """Read the field's value.

    Raises:
        EventError: it is invalid.
    """
    if not isinstance(value, dict) or not value.keys() <= {"of", "only", *_FLAGS}:
        raise EventError(f"event field '{REPLAY}': found {value!r:.120}, {_EXPECTED}")
    of, flags = value.get("of"), {flag: value.get(flag, False) for flag in _FLAGS}
    if not isinstance(of, str) or not of:
        raise EventError(f"event field '{REPLAY}.of': found {of!r:.80}, {_EXPECTED}")
    for flag, setting in flags.items():
        if not isinstance(setting, bool):
            raise EventError(f"event field '{REPLAY}.{flag}': found {setting!r:.80}, expected true or false")
    only = None if value.get("only") is None else _read_only(value["only"])
    if only is None and value.get("again"):
        raise EventError(
            f"event field '{REPLAY}.again': found true without 'only'. Name the triggers that must run again in 'only'"
        )
    return Replay(
        of=of,
        only=only,
        again=flags["again"] is True,
        as_was=flags["as_was"] is True,
        dry_run=flags["dry_run"] is True,
    )


def _read_only(value: Json) -> tuple[tuple[str, str], ...]:
    if isinstance(value, list):
        names = [trigger for trigger in value if isinstance(trigger, str)]
        pairs = tuple((trigger, trigger) for trigger in dict.fromkeys(names))
        texts = len(names) == len(value)
    else:
        named = value.items() if isinstance(value, dict) else ()
        pairs = tuple((trigger, now) for trigger, now in named if isinstance(now, str))
        texts = len(pairs) == len(named)
    if not pairs or not texts:
        raise EventError(f"event field '{REPLAY}.only': found {value!r:.120}, expected trigger ids. {_EXPECTED}")
    return pairs
