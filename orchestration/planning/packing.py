"""Packs the items of an event into executions: items of the execution itself, and batches.

A trigger that waits for its run is a batch by itself. So a run that fails, never ends or returns too much data affects no
other trigger, and the event's execution ends at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from orchestration.input.item import Item
from orchestration.planning.items import MAX_TRIGGERS


class Room(NamedTuple):
    """Bytes for items, next to the event.

    Attributes:
        whole: of all items of one execution.
        batch: of the items of one batch.
        overhead: of a batch without its items.
    """

    whole: int
    batch: int
    overhead: int


@dataclass(slots=True)
class Part:
    """One execution.

    Attributes:
        groups: the items that do not wait, in groups of up to 40.
        waiting: the items that wait.
    """

    groups: list[list[Item]] = field(default_factory=list)
    waiting: list[Item] = field(default_factory=list)

    @property
    def direct(self) -> list[Item]:
        """The items that are items of the execution itself."""
        group = self.groups[0] if len(self.groups) == 1 else []
        return group if len(group) + len(self.waiting) <= MAX_TRIGGERS else []

    @property
    def batches(self) -> list[list[Item]]:
        """The items of each batch."""
        return ([] if self.direct else self.groups) + [[item] for item in self.waiting]


def parts(items: Sequence[Item], room: Room) -> list[Part]:
    """The executions for ``items``; each has as many items, in order, as fit."""
    packed: list[Part] = []
    rest = list(items)
    while rest:
        packed.append(_part(rest, room))
        del rest[: sum(map(len, packed[-1].groups)) + len(packed[-1].waiting)]
    return packed


def _part(items: list[Item], room: Room) -> Part:
    """The longest beginning of ``items`` that fits into one input."""
    part = Part()
    used, used_by_group, count, largest = 0, 0, 0, 0
    for number, item in enumerate(items):
        cost, own = item.size + 1, item.waits
        group_is_full = not part.groups or len(part.groups[-1]) == MAX_TRIGGERS or used_by_group + cost > room.batch
        new = not own and group_is_full
        groups, waiting, plain = len(part.groups) + new, len(part.waiting) + own, count + (not own)
        direct = groups <= 1 and plain + waiting <= MAX_TRIGGERS
        largest = largest if own else max(largest, cost)
        full = (
            used + cost + room.overhead * (waiting + (0 if direct else groups)) > room.whole
            or waiting + (plain if direct else groups) > MAX_TRIGGERS
            # An item that exceeds a batch's room has an execution without batches.
            or (not direct and largest > room.batch)
        )
        if number and full:
            break
        used, count = used + cost, plain
        if own:
            part.waiting.append(item)
            continue
        if new:
            part.groups.append([])
            used_by_group = 0
        part.groups[-1].append(item)
        used_by_group += cost
    return part
