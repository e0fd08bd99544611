"""``routing`` says how the router came to an execution, in the keys that executions have on AWS."""

from __future__ import annotations

import pytest

from orchestration.input.routing import ReplayRecord, Routing, Skipped, text_of
from orchestration.values.strictjson import Json, JsonObject

SKIPPED = Skipped(id="s", type="glue_job", name="n", reason="why")
RECORD = ReplayRecord(of="e", id="a", attempt=2, generation=1, now="b", as_was=True)
WHOLE = Routing(
    event_kind="on_success",
    config_source="s3://b/k",
    config_version="v",
    config_version_id="id",
    delivery_id="d",
    part="1/2",
    notify="arn:t",
    skipped=(SKIPPED,),
    skipped_more=3,
    replay=RECORD,
)


def test_routing_survives_writing_and_reading() -> None:
    assert Routing.read(WHOLE.to_json()) == WHOLE
    assert Routing.read(Routing().to_json()) == Routing()


def test_written_keys_are_those_on_aws() -> None:
    assert WHOLE.to_json() == {
        "notify": "arn:t",
        "event_kind": "on_success",
        "config_source": "s3://b/k",
        "config_version": "v",
        "config_version_id": "id",
        "delivery_id": "d",
        "skipped": [{"id": "s", "type": "glue_job", "name": "n", "reason": "why"}],
        "skipped_more": 3,
        "batch": "1/2",
        "replay": {"of": "e", "id": "a", "attempt": 2, "generation": 1, "now": "b", "as_was": True},
    }


def test_fields_that_say_nothing_are_left_out() -> None:
    assert Routing().to_json() == {
        "event_kind": "",
        "config_source": "",
        "config_version": "",
        "config_version_id": "",
        "delivery_id": "",
    }
    record = ReplayRecord(of="e", id="a", attempt=1, generation=0, now="a")
    assert record.to_json() == {"of": "e", "id": "a", "attempt": 1, "generation": 0}


def test_batch_has_what_its_execution_needs() -> None:
    batch = WHOLE.of_batch("2/9", "name")
    assert batch.to_json() == {
        "event_kind": "on_success",
        "config_source": "s3://b/k",
        "config_version": "v",
        "config_version_id": "id",
        "notify": "arn:t",
        "batch": "2/9",
        "of": "name",
    }
    assert Routing.read(batch.to_json()) == batch


def test_restarted_batch_has_its_delivery() -> None:
    batch = Routing(part="1/1", of="name", delivery_id="d")
    assert batch.to_json()["delivery_id"] == "d"
    assert Routing.read(batch.to_json()) == batch


@pytest.mark.parametrize("value", [None, [], "x", 1])
def test_other_values_are_empty(value: Json) -> None:
    assert Routing.read(value) == Routing()
    assert ReplayRecord.read(value) is None


def test_fields_of_other_types_are_empty() -> None:
    value: Json = {"event_kind": 1, "of": ["x"], "batch": None, "notify": {}, "skipped": {}, "skipped_more": "2"}
    assert Routing.read(value) == Routing()


def test_unreadable_skipped_entries_are_left_out() -> None:
    routing = Routing.read({"skipped": [None, {"id": "s"}, "x"]})
    assert routing.skipped == (Skipped(id="s", type="", name="", reason=""),)


def test_incomplete_replay_record_has_defaults() -> None:
    expected = ReplayRecord(of="", id="a", attempt=0, generation=0, now="a", as_was=False)
    assert ReplayRecord.read({"id": "a", "attempt": "1", "generation": None, "as_was": 1}) == expected
    assert ReplayRecord.read({}) == ReplayRecord(of="", id="", attempt=0, generation=0, now="")


@pytest.mark.parametrize(
    ("part", "parts"),
    [("1/1", 1), ("2/13", 13), ("1/9999", 9999), ("1/10000", 1), ("", 1), ("1/", 1), ("x/2", 1), ("1/2/3", 1)],
)
def test_number_of_parts(part: str, parts: int) -> None:
    assert Routing(part=part).parts == parts


def test_text_of_a_field() -> None:
    fields: JsonObject = {"a": "x", "b": 1, "c": None, "d": ["x"]}
    assert [text_of(fields, key) for key in ("a", "b", "c", "d", "e")] == ["x", "", "", "", ""]
