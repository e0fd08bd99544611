"""The parts of an event are found by their names, and the newest one records their count."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from orchestration.input.execution_input import ExecutionInput
from orchestration.input.routing import Routing
from orchestration.starting.parts import existing_parts


class Recorded(NamedTuple):
    input: ExecutionInput


def part(recorded: str) -> Recorded:
    return Recorded(ExecutionInput(event={}, items=(), routing=Routing(part=recorded)))


@pytest.mark.parametrize(
    ("recorded", "found", "count"),
    [
        (["1/1"], 1, 1),
        (["1/3"], 1, 3),
        (["1/3", "2/3"], 2, 3),
        (["1/3", "2/3", "3/3"], 3, 3),
        (["1/2", "2/3"], 2, 3),
        (["1/2", "2/3", "3/4"], 3, 4),
        (["1/2", "2/3", "3/4", "4/4"], 4, 4),
        (["1/4", "2/2"], 2, 2),
        (["1/4", "2/2", "3/4"], 3, 4),
        (["1/3", "2/2", "3/3"], 3, 3),
        (["1/1", "2/2"], 1, 1),
        ([""], 1, 1),
    ],
)
def test_count_of_the_newest_part_decides(recorded: list[str], found: int, count: int) -> None:
    parts = [part(one) for one in recorded]
    asked: list[int] = []

    def find(number: int) -> Recorded | None:
        asked.append(number)
        return parts[number - 1] if number <= len(parts) else None

    assert existing_parts(parts[0], find) == (parts[:found], count)
    largest = max(part.input.routing.parts for part in parts[:found])
    assert asked == list(range(2, min(found + 1, largest) + 1))
