"""Warnings about lists of triggers: the same trigger twice, and little room for the event."""

from __future__ import annotations

import json
from collections.abc import Iterator

from analysis.entries.holders import TriggerList
from orchestration.configuration.trigger_ids import NO_IDENTITY
from orchestration.planning.items import MAX_INPUT, MAX_ITEM
from orchestration.triggers import BY_TYPE
from orchestration.values import strictjson
from orchestration.values.validation import ValidationProblem

EVENT_ROOM = 65_536
"""Bytes that a configuration should leave for the event: artifacts and metrics of a large job."""

_IGNORED = ("id", *NO_IDENTITY)
_TARGETS = ("type", *dict.fromkeys(trigger.TARGET_FIELD for trigger in BY_TYPE.values()))
_JSON = json.JSONEncoder(ensure_ascii=False, default=str)


def warnings(listed: TriggerList) -> Iterator[ValidationProblem]:
    """Warnings about one list."""
    if len(listed.triggers) > 1:
        yield from _repeated(listed)
    yield from _headroom(listed)


def _repeated(listed: TriggerList) -> Iterator[ValidationProblem]:
    targets: dict[tuple[str, ...], list[int]] = {}
    for index, entry in enumerate(listed.triggers):
        if isinstance(entry, dict):
            targets.setdefault(tuple(str(entry.get(name)) for name in _TARGETS), []).append(index)
    for indices in targets.values():
        if len(indices) > 1:
            yield from _equal(listed, indices)


def _equal(listed: TriggerList, indices: list[int]) -> Iterator[ValidationProblem]:
    """The warnings of triggers with one target that have the same content."""
    seen: dict[str, int] = {}
    for index in indices:
        entry = listed.triggers[index]
        if isinstance(entry, dict) and strictjson.first_invalid(entry) is None:
            fields = {key: value for key, value in entry.items() if key not in _IGNORED}
            first = seen.setdefault(json.dumps(fields, sort_keys=True), index)
            if first != index:
                message = f"the same trigger as {listed.path}[{first}]. The event starts its target twice. Remove one"
                yield ValidationProblem(f"{listed.path}[{index}]", message, code="repeated-trigger")


def _headroom(listed: TriggerList) -> Iterator[ValidationProblem]:
    # A character has at most four bytes. Most lists are small, and one look at the whole list shows that.
    if 4 * len(_JSON.encode(listed.triggers)) < MAX_ITEM - EVENT_ROOM:
        return
    sizes = [len(_JSON.encode(entry).encode()) for entry in listed.triggers]
    for index, size in enumerate(sizes):
        if size > MAX_ITEM - EVENT_ROOM:
            message = (
                f"found {size:,} bytes, which leaves {max(0, MAX_ITEM - size):,} bytes of an execution's input for the event. "
                "Pass the address of large values instead"
            )
            yield ValidationProblem(f"{listed.path}[{index}]", message, code="quota-headroom")
    total = sum(sizes)
    if total > MAX_INPUT - EVENT_ROOM and len(sizes) > 1:
        message = (
            f"found {total:,} bytes in {len(sizes)} triggers. With an event of {EVENT_ROOM:,} bytes they exceed one execution's "
            f"input ({MAX_INPUT:,}), so the event is started in several parts. Pass the address of large values instead"
        )
        yield ValidationProblem(listed.path, message, code="quota-headroom")
