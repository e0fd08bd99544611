"""Outcomes are read from the output of an execution, or from its history if it did not succeed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from orchestration.starting.outcomes import Outcome, outcomes_of_history, outcomes_of_output, to_json
from orchestration.values.strictjson import Json, JsonObject


def triggered(index: int) -> JsonObject:
    result: JsonObject = {"status": "TRIGGERED", "id": f"run-{index}"}
    return {"index": index, "id": f"t{index}", "type": "glue_job", "name": f"job-{index}", "result": result}


def failed(index: int) -> JsonObject:
    return triggered(index) | {"result": {"status": "FAILED"}, "error": {"Error": "Refused", "Cause": "no quota"}}


def entered(value: Json) -> JsonObject:
    return {"stateEnteredEventDetails": {"name": "Every trigger started?", "input": json.dumps(value)}}


def left(value: Json) -> JsonObject:
    return {"stateExitedEventDetails": {"name": "Outcome", "output": json.dumps(value)}}


def test_fields_of_an_item_that_started() -> None:
    outcome = Outcome(triggered(3))
    assert (outcome.id, outcome.type, outcome.name) == ("t3", "glue_job", "job-3")
    assert (outcome.status, outcome.run_id) == ("TRIGGERED", "run-3")
    assert (outcome.error, outcome.cause, outcome.reason) == ("", "", "")


def test_fields_of_an_item_that_failed() -> None:
    outcome = Outcome(failed(3))
    assert (outcome.status, outcome.run_id) == ("FAILED", "")
    assert (outcome.error, outcome.cause, outcome.reason) == ("Refused", "no quota", "Refused: no quota")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ({"Error": "Refused"}, "Refused"),
        ({"Cause": "no quota"}, "no quota"),
        ({"Error": "E", "Cause": {"n": 1}}, 'E: {"n":1}'),
        ({}, ""),
        ("x", ""),
    ],
)
def test_reason_has_the_parts_that_exist(error: Json, reason: str) -> None:
    assert Outcome(triggered(1) | {"error": error}).reason == reason


def test_fields_of_other_types_are_empty() -> None:
    outcome = Outcome({"id": 1, "type": None, "name": [], "result": "TRIGGERED", "error": 7})
    assert (outcome.id, outcome.type, outcome.name, outcome.status, outcome.run_id) == ("", "", "", "", "")
    assert outcome.reason == ""


def test_output_has_the_outcomes_in_order() -> None:
    fields: list[Json] = [triggered(0), failed(1)]
    assert to_json(outcomes_of_output(json.dumps({"outcomes": fields, "job_name": "j"}))) == fields


@pytest.mark.parametrize("output", ["", "null", "[]", '"x"', "{}", '{"outcomes": {}}', '{"outcomes": [1, null]}'])
def test_other_outputs_have_no_outcomes(output: str) -> None:
    assert outcomes_of_output(output) == []


def test_history_is_read_up_to_the_last_choice() -> None:
    def events() -> Iterator[JsonObject]:
        yield {"type": "ExecutionFailed"}
        yield entered({"error": "x"})
        yield entered({"outcomes": [failed(0)]})
        raise AssertionError("an older event was read")

    assert outcomes_of_history(events()) == [Outcome(failed(0))]


def test_choice_without_outcomes_ends_the_search() -> None:
    """An execution without an item has an empty list, which is its result."""
    assert outcomes_of_history([entered({"outcomes": []}), left(triggered(0))]) == []


def test_stopped_execution_has_the_items_that_ended() -> None:
    events: list[JsonObject] = [
        left(triggered(2)),
        {"type": "TaskSucceeded"},
        left(failed(0)),
        entered({"event": {}, "triggers": []}),
    ]
    assert outcomes_of_history(events) == [Outcome(failed(0)), Outcome(triggered(2))]


@pytest.mark.parametrize("value", [None, [], {"index": 1}, {"result": {}}, {"index": "1", "result": {}}])
def test_output_of_another_state_is_not_an_outcome(value: Json) -> None:
    assert outcomes_of_history([left(value)]) == []


def test_events_without_details_are_passed_over() -> None:
    events: list[JsonObject] = [{"stateEnteredEventDetails": {}}, {"stateExitedEventDetails": {"name": "x"}}, {}]
    assert outcomes_of_history(events) == []
