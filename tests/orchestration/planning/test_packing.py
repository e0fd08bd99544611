"""Triggers that wait: each is a batch by itself, and a deployment without waiting rejects it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.input.item import Item
from orchestration.planning.items import MAX_TRIGGERS
from orchestration.planning.packing import Room, parts
from orchestration.values.strictjson import JsonObject
from tests.orchestration.fake_aws import SETTINGS, FakeAws

EVENT = {"job_name": "j", "job_run_id": "1", "status": "SUCCESS"}


def item(number: int, size: int, *, wait: bool) -> Item:
    request: JsonObject = {"x": "y" * size}
    request |= {"wait": True} if wait else {}
    return Item(id=f"t{number}", type="glue_job", name="n", request=request)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2_000), st.booleans()), max_size=150), st.integers(4_000, 60_000))
def test_every_item_has_one_place_within_the_limits(given_items: list[tuple[int, bool]], whole: int) -> None:
    items = [item(number, size, wait=wait) for number, (size, wait) in enumerate(given_items)]
    room = Room(whole=whole, batch=min(whole, 5_000) - 300, overhead=300)
    found = parts(items, room)
    placed = [one for part in found for one in (*part.direct, *(one for batch in part.batches for one in batch))]
    assert sorted(one.id for one in placed) == sorted(one.id for one in items)
    for part in found:
        assert len(part.direct) + len(part.batches) <= MAX_TRIGGERS
        assert all(not one.waits for one in part.direct)
        for batch in part.batches:
            assert len(batch) <= MAX_TRIGGERS
            assert len(batch) == 1 or all(not one.waits for one in batch)
        size = sum(one.size + 1 for one in part.direct)
        size += sum(room.overhead + sum(one.size + 1 for one in batch) for batch in part.batches)
        assert size <= room.whole or len(part.direct) + len(part.batches) == 1


def test_event_without_waiting_triggers_is_packed_as_before() -> None:
    items = [item(number, 10, wait=False) for number in range(100)]
    (part,) = parts(items, Room(whole=200_000, batch=200_000, overhead=300))
    assert (part.direct, [len(batch) for batch in part.batches]) == ([], [40, 40, 20])
    (part,) = parts(items[:40], Room(whole=200_000, batch=200_000, overhead=300))
    assert (len(part.direct), part.batches) == (40, [])


def exactly(number: int, cost: int, *, wait: bool = False) -> Item:
    """An item that takes ``cost`` bytes of a list."""
    return item(number, cost - 1 - item(number, 0, wait=wait).size, wait=wait)


def sizes(items: list[Item], room: Room) -> list[tuple[int, list[int]]]:
    """Direct items, and items of each batch, of each part."""
    return [(len(part.direct), [len(batch) for batch in part.batches]) for part in parts(items, room)]


@pytest.mark.parametrize(("spare", "expected"), [(-1, [1, 1]), (0, [2]), (1, [2])])
def test_execution_is_filled_to_its_last_byte(spare: int, expected: list[int]) -> None:
    room = Room(whole=1_000 + spare, batch=1_000, overhead=300)
    assert sizes([exactly(1, 500), exactly(2, 500)], room) == [(count, []) for count in expected]


@pytest.mark.parametrize(("spare", "expected"), [(-1, [39, 2]), (0, [40, 1]), (1, [40, 1])])
def test_batch_is_filled_to_its_last_byte(spare: int, expected: list[int]) -> None:
    room = Room(whole=100_000, batch=40 * 100 + spare, overhead=300)
    assert sizes([exactly(number, 100) for number in range(41)], room) == [(0, expected)]


@pytest.mark.parametrize(("spare", "expected"), [(-1, [(40, []), (1, [])]), (0, [(0, [40, 1])])])
def test_overhead_of_each_batch_counts(spare: int, expected: list[tuple[int, list[int]]]) -> None:
    room = Room(whole=41 * 100 + 2 * 300 + spare, batch=50_000, overhead=300)
    assert sizes([exactly(number, 100) for number in range(41)], room) == expected


@pytest.mark.parametrize(("spare", "expected"), [(-1, [(1, []), (0, [1])]), (0, [(1, [1])])])
def test_overhead_of_a_waiting_item_counts(spare: int, expected: list[tuple[int, list[int]]]) -> None:
    """The other item is direct, so it has no overhead."""
    room = Room(whole=2 * 100 + 300 + spare, batch=50_000, overhead=300)
    assert sizes([exactly(1, 100), exactly(2, 100, wait=True)], room) == expected


@pytest.mark.parametrize(("cost", "expected"), [(1_000, [(0, [1, 1])]), (1_001, [(1, []), (1, [])])])
def test_item_above_the_room_of_a_batch_has_an_execution(cost: int, expected: list[tuple[int, list[int]]]) -> None:
    """A batch with the item would exceed the input of a state."""
    room = Room(whole=10_000, batch=1_000, overhead=300)
    assert sizes([exactly(1, cost), exactly(2, 100)], room) == expected
    assert sizes([exactly(1, 100), exactly(2, cost)], room) == expected


@pytest.mark.parametrize(("spare", "expected"), [(-1, [(0, [40, 1]), (1, [])]), (0, [(0, [40, 1, 1])])])
def test_overhead_of_groups_and_waiting_items_counts(spare: int, expected: list[tuple[int, list[int]]]) -> None:
    room = Room(whole=42 * 100 + 3 * 300 + spare, batch=50_000, overhead=300)
    items = [exactly(number, 100, wait=number == 0) for number in range(42)]
    assert sizes(items, room) == expected


def test_waiting_items_fit_next_to_a_large_direct_one() -> None:
    room = Room(whole=10_000, batch=1_000, overhead=300)
    assert sizes([exactly(1, 1_001), *(exactly(number, 100, wait=True) for number in range(3))], room) == [(1, [1] * 3)]


def test_large_waiting_item_does_not_move_the_others() -> None:
    """Its size is limited when it is built, so it fits into a batch by itself."""
    room = Room(whole=50_000, batch=1_000, overhead=300)
    items = [exactly(0, 1_001, wait=True), exactly(1, 600), exactly(2, 600)]
    assert sizes(items, room) == [(0, [1, 1, 1])]


@pytest.mark.parametrize("waiting", [0, 1, 39, 40])
def test_40_items_with_waiting_ones_are_one_execution(waiting: int) -> None:
    room = Room(whole=200_000, batch=100_000, overhead=300)
    items = [item(number, 10, wait=number < waiting) for number in range(40)]
    assert sizes(items, room) == [(40 - waiting, [1] * waiting)]


def test_waiting_item_beyond_40_moves_the_rest_into_a_batch() -> None:
    room = Room(whole=200_000, batch=100_000, overhead=300)
    items = [item(number, 10, wait=number < 10) for number in range(41)]
    assert sizes(items, room) == [(0, [31, *[1] * 10])]


def test_41_waiting_items_are_two_executions() -> None:
    room = Room(whole=200_000, batch=100_000, overhead=300)
    assert sizes([item(number, 10, wait=True) for number in range(41)], room) == [(0, [1] * 40), (0, [1])]


def test_40_batches_fill_an_execution() -> None:
    room = Room(whole=2_000_000, batch=100_000, overhead=300)
    items = [item(number, 10, wait=False) for number in range(40 * 40 + 1)]
    assert sizes(items, room) == [(0, [40] * 40), (1, [])]


def test_order_is_kept_within_and_across_executions() -> None:
    items = [exactly(number, 100) for number in range(7)]
    found = parts(items, Room(whole=300, batch=300, overhead=50))
    assert [one.id for part in found for one in part.direct] == [f"t{number}" for number in range(7)]


def deployed(**fields: Any) -> FakeAws:
    aws = FakeAws()
    plain = {"type": "glue_job", "id": "plain", "job_name": "plain"}
    waits = {"type": "glue_job", "id": "waits", "job_name": "waits", "wait": True, **fields}
    aws.upload({"workflows": {"j": {"on_success": [waits, plain]}}})
    return aws


def test_waiting_trigger_is_a_batch_of_one() -> None:
    aws = deployed(publish=True)
    aws.router().route(EVENT, "r", SETTINGS)
    first, batch = aws.executions.values()
    plain, waits = first["input"]["triggers"]
    assert plain["id"] == "plain"
    assert (waits["type"], waits["name"]) == ("batch", "glue_job waits, waits for its end")
    (only,) = batch["input"]["triggers"]
    assert only["request"]["publish"] == {
        "job_name": "waits",
        "hops": 1,
        "triggered_by_job": "j",
        "triggered_by_run_id": "1",
    }


def test_deployment_that_does_not_wait_rejects_only_that_trigger() -> None:
    aws = deployed()
    (record,) = aws.router().route(EVENT, "r", dataclasses.replace(SETTINGS, wait_for_runs=False))["records"]
    assert [one["id"] for one in record["rejected"]] == ["waits"]
    assert "Set the Terraform variable wait_for_runs = true" in record["rejected"][0]["Cause"]
    assert aws.starts == {"plain": 1}


def test_failed_waiting_trigger_is_replayed_by_itself() -> None:
    aws = deployed()
    aws.fails = lambda one: one["request"].get("JobName") == "waits"
    aws.router().route(EVENT, "r", SETTINGS)
    name = next(iter(aws.executions))
    aws.fails = lambda one: False
    (record,) = aws.router().route({**EVENT, "$replay": {"of": name}}, "r2", SETTINGS)["records"]
    (decision,) = record["replay"]["triggers"]
    assert (decision["id"], decision["action"]) == ("waits", "STARTED")
    assert aws.starts == {"plain": 1, "waits": 1}
