"""Items keep their fields through an input, and a list with one unreadable entry has none."""

from __future__ import annotations

import pytest

from orchestration.input.item import Batch, Item, Target, read_items, triggers_of
from orchestration.input.routing import Routing
from orchestration.values import strictjson
from orchestration.values.strictjson import Json, JsonObject

PLAIN = Item(id="a", type="glue_job", name="load", request={"JobName": "load"})
REJECTED = Item(
    id="b",
    type="rejected",
    name="workflows.j.on_success[0]",
    request={"Error": "ConfigError", "Cause": "c"},
    declared=Target(type="glue_job", name="load"),
)
PROBLEM = Item(id="c", type="rejected", name="workflows.j", request={"Error": "ConfigError", "Cause": "c"})
BATCH = Batch(
    id="batch:1",
    name="batch 1 of 1",
    start_arn="arn:m:7",
    execution="e-b1",
    items=(PLAIN, REJECTED),
    routing=Routing(event_kind="on_success", part="1/1", of="e"),
)


def changed(**fields: Json) -> JsonObject:
    return PLAIN.to_json() | fields


def changed_batch(**fields: Json) -> JsonObject:
    request = BATCH.to_json()["request"]
    assert isinstance(request, dict)
    return BATCH.to_json() | {"request": request | fields}


@pytest.mark.parametrize("item", [PLAIN, REJECTED, PROBLEM, BATCH], ids=lambda item: item.id)
def test_item_survives_writing_and_reading(item: Item | Batch) -> None:
    assert read_items([item.to_json()]) == (item,)


def test_written_fields_are_those_of_the_state_machine() -> None:
    assert PLAIN.to_json() == {"id": "a", "type": "glue_job", "name": "load", "request": {"JobName": "load"}}
    assert REJECTED.to_json()["declared"] == {"type": "glue_job", "name": "load"}
    assert BATCH.to_json() == {
        "id": "batch:1",
        "type": "batch",
        "name": "batch 1 of 1",
        "request": {
            "StateMachineArn": "arn:m:7",
            "Name": "e-b1",
            "triggers": [PLAIN.to_json(), REJECTED.to_json()],
            "routing": BATCH.routing.to_json(),
        },
    }


def test_order_of_items_is_kept() -> None:
    assert read_items([BATCH.to_json(), PLAIN.to_json()]) == (BATCH, PLAIN)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        "text",
        {},
        changed(id=None),
        changed(type=1),
        changed(name=["x"]),
        changed(request=None),
        changed(request="x"),
        changed_batch(Name=None),
        changed_batch(triggers=None),
        changed_batch(triggers=[PLAIN.to_json(), None]),
        changed_batch(triggers=[BATCH.to_json()]),
    ],
)
def test_one_unreadable_entry_empties_the_list(entry: Json) -> None:
    assert read_items([PLAIN.to_json(), entry]) == ()


@pytest.mark.parametrize("value", [None, {}, "x", 1, []])
def test_other_values_have_no_items(value: Json) -> None:
    assert read_items(value) == ()


def test_incomplete_target_is_empty_text() -> None:
    (item,) = read_items([changed(type="rejected", declared={})])
    assert isinstance(item, Item)
    assert item.declared == Target(type="", name="")
    (other,) = read_items([changed(declared="glue_job")])
    assert isinstance(other, Item)
    assert other.declared is None


def test_batch_without_arn_is_readable() -> None:
    (batch,) = read_items([changed_batch(StateMachineArn=None, routing=None)])
    assert isinstance(batch, Batch)
    assert (batch.start_arn, batch.routing) == ("", Routing())


def test_target_of_a_rejected_trigger_is_the_declared_one() -> None:
    assert PLAIN.target == Target(type="glue_job", name="load")
    assert REJECTED.target == Target(type="glue_job", name="load")
    assert PROBLEM.target == Target(type="", name="")


def test_problem_of_a_workflow_is_not_a_trigger() -> None:
    assert [item.is_trigger for item in (PLAIN, REJECTED, PROBLEM)] == [True, True, False]
    assert [item.rejected for item in (PLAIN, REJECTED, PROBLEM)] == [False, True, True]


@pytest.mark.parametrize(("wait", "expected"), [(True, True), (False, False), ("true", False), (1, False)])
def test_item_waits_only_if_its_request_is_true(wait: Json, expected: bool) -> None:
    assert Item(id="a", type="glue_job", name="n", request={"wait": wait}).waits is expected
    assert not PLAIN.waits


def test_size_is_the_bytes_in_the_input() -> None:
    item = Item(id="a", type="glue_job", name="ü", request={"x": "💥"})
    assert item.size == len(strictjson.dumps(item.to_json()).encode())


def test_triggers_of_a_batch_and_of_an_item() -> None:
    assert triggers_of(BATCH) == (PLAIN, REJECTED)
    assert triggers_of(PLAIN) == (PLAIN,)


def test_new_run_id_replaces_whole_values_at_every_depth() -> None:
    request: JsonObject = {"Name": "old", "x": {"list": ["old", {"run": "old"}, 1]}, "text": "older", "old": "key"}
    item = Item(id="a", type="step_function", name="n", request=request)
    assert item.with_run_id("old", "new").request == {
        "Name": "new",
        "x": {"list": ["new", {"run": "new"}, 1]},
        "text": "older",
        "old": "key",
    }
    assert item.request == request


def test_new_run_id_is_in_the_arn_of_the_nested_execution() -> None:
    request: JsonObject = {
        "ExecutionArn": "arn:aws:states:us-west-1:1:execution:m:old",
        "x": "m:old",
        "y": "arn:m:older",
    }
    item = Item(id="a", type="step_function", name="n", request=request)
    assert item.with_run_id("old", "new").request == {
        "ExecutionArn": "arn:aws:states:us-west-1:1:execution:m:new",
        "x": "m:old",
        "y": "arn:m:older",
    }
