"""The input is written and read by one class, and any JSON of a person's execution can be read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.input.execution_input import ExecutionInput, input_of
from orchestration.input.item import Batch, Item
from orchestration.input.routing import ReplayRecord, Routing, Skipped
from orchestration.values.strictjson import Json, JsonObject

EVENT: JsonObject = {"job_name": "j", "job_run_id": "r", "text": "ü 💥"}
A = Item(id="a", type="glue_job", name="load", request={"JobName": "load"})
B = Item(id="b", type="glue_job", name="wait", request={"JobName": "wait", "wait": True})
BATCH = Batch(
    id="batch:1",
    name="batch 1 of 1, 1 triggers",
    start_arn="arn:m",
    execution="name-b1",
    items=(B,),
    routing=Routing(event_kind="on_success", config_source="s3://b/k", part="1/1", of="name"),
)
WHOLE = ExecutionInput(
    event=EVENT,
    items=(A, BATCH),
    routing=Routing(
        event_kind="on_success",
        config_source="s3://b/k",
        config_version="v",
        config_version_id="id",
        delivery_id="d",
        part="1/1",
        notify="arn:t",
        skipped=(Skipped(id="s", type="glue_job", name="n", reason="why"),),
        skipped_more=2,
        replay=ReplayRecord(of="e", id="a", attempt=1, generation=0, now="a"),
    ),
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["event", "triggers", "routing", "id", "type", "name", "request", "batch", "Name", "replay"]
            ),
            children,
            max_size=5,
        )
    ),
    max_leaves=20,
)


def test_input_survives_writing_and_reading() -> None:
    assert ExecutionInput.read(WHOLE.text()) == WHOLE
    assert ExecutionInput.read(WHOLE.text()).text() == WHOLE.text()


def test_state_machine_gets_event_triggers_and_routing() -> None:
    value = json.loads(WHOLE.text())
    assert list(value) == ["event", "triggers", "routing"]
    assert value["event"] == EVENT
    assert value["triggers"] == [A.to_json(), BATCH.to_json()]
    assert value["routing"] == WHOLE.routing.to_json()


def test_triggers_include_those_of_batches() -> None:
    assert WHOLE.triggers == (A, B)
    assert WHOLE.batches == (BATCH,)


def test_input_of_a_batch_is_what_the_state_machine_builds() -> None:
    request = BATCH.to_json()["request"]
    assert isinstance(request, dict)
    built: JsonObject = {"event": EVENT, "triggers": request["triggers"], "routing": request["routing"]}
    assert input_of(BATCH, EVENT).to_json() == built


def test_restarted_batch_names_its_delivery() -> None:
    restarted = input_of(BATCH, EVENT, "delivery")
    assert restarted.routing.delivery_id == "delivery"
    assert ExecutionInput.read(restarted.text()) == restarted
    assert (restarted.routing.of, restarted.items) == ("name", (B,))


def test_empty_text_is_an_empty_input() -> None:
    assert ExecutionInput.read("") == ExecutionInput(event={}, routing=Routing())


@pytest.mark.parametrize("value", [None, [], "text", 1, {"event": [], "triggers": {}, "routing": "x"}])
def test_input_of_a_person_is_read_as_empty(value: Json) -> None:
    assert ExecutionInput.from_json(value) == ExecutionInput(event={}, items=(), routing=Routing())


def test_readable_event_is_kept_without_readable_triggers() -> None:
    read = ExecutionInput.from_json({"event": EVENT, "triggers": [A.to_json(), {"id": 1}]})
    assert (read.event, read.items) == (EVENT, ())


@given(json_values)
def test_every_json_value_can_be_read(value: Json) -> None:
    read = ExecutionInput.from_json(value)
    assert ExecutionInput.read(read.text()).text() == read.text()
