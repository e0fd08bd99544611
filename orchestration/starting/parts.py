"""Finds the executions of an event that exceeds one input, by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from orchestration.input.execution_input import ExecutionInput


class Part(Protocol):
    """An execution of the event."""

    @property
    def input(self) -> ExecutionInput:
        """Input of the execution."""


_Part = TypeVar("_Part", bound=Part)


def existing_parts(first: _Part, find: Callable[[int], _Part | None]) -> tuple[list[_Part], int]:
    """The parts that exist, in order, and the count that the newest of them records.

    Parts start in order, and each records the count that its delivery planned. Another release may pack the triggers that
    an interrupted delivery left into more or fewer parts. The newest part's count is exact: its delivery knew the parts before
    it. Parts are looked for up to the largest count, so that none stays unseen.

    Args:
        first: the event's first execution.
        find: returns the part with a number, or None if it does not exist.
    """
    parts, largest = [first], first.input.routing.parts
    while len(parts) < largest:
        part = find(len(parts) + 1)
        if part is None:
            break
        parts.append(part)
        largest = max(largest, part.input.routing.parts)
    return parts, max(len(parts), parts[-1].input.routing.parts)
