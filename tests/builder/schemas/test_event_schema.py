"""The schema of an event for publishers; ``tests/contract/test_editors.py`` compares it with the reader on any event."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from builder.schemas import event_schema
from orchestration.errors import EventError
from orchestration.event.job_event import Delivery, read_event

SCHEMA = json.loads(json.dumps(event_schema.build()))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
EVENT: dict[str, Any] = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS"}

RIGHT: dict[str, Any] = {
    "others are free-form": {"team": ["a"], "start_date": None, "hops": "x"},
    "failure": {"status": "FAILED"},
    "longest name": {"job_name": "j" * 255},
    "longest run": {"job_run_id": "r" * 512},
    "spaces around": {"job_name": " j "},
    "no artifacts": {"artifacts": None, "metrics": None},
    "some artifacts": {"artifacts": {"a": [1]}, "metrics": {"n": 1}},
    "wait": {"$wait_seconds": 0},
    "no wait": {"$wait_seconds": None},
}
WRONG: dict[str, Any] = {
    "empty name": {"job_name": ""},
    "blank name": {"job_name": " \t"},
    "number as name": {"job_name": 1},
    "no run": {"job_run_id": None},
    "blank run": {"job_run_id": " "},
    "artifacts as a list": {"artifacts": []},
    "artifacts as text": {"artifacts": "s3://b"},
    "metrics as a number": {"metrics": 1},
    "wait as text": {"$wait_seconds": "1"},
    "negative wait": {"$wait_seconds": -1},
    "long wait": {"$wait_seconds": 1_000},
}


def is_read(event: dict[str, Any]) -> bool:
    try:
        read_event(Delivery(source="test", body=event))
    except EventError:
        return False
    return True


@pytest.mark.parametrize("case", RIGHT)
def test_event_that_the_router_reads_is_accepted(case: str) -> None:
    assert is_read(EVENT | RIGHT[case])
    assert VALIDATOR.is_valid(EVENT | RIGHT[case])


@pytest.mark.parametrize("case", WRONG)
def test_event_that_the_router_refuses_is_refused(case: str) -> None:
    assert not is_read(EVENT | WRONG[case])
    assert not VALIDATOR.is_valid(EVENT | WRONG[case])


@pytest.mark.parametrize("field", ["job_name", "job_run_id"])
def test_limit_of_a_text_is_that_of_the_reader(field: str) -> None:
    longest = SCHEMA["properties"][field]["maxLength"]
    for length in (longest, longest + 1):
        event = EVENT | {field: "x" * length}
        assert VALIDATOR.is_valid(event) == is_read(event) == (length == longest)
    missing = {name: value for name, value in EVENT.items() if name != field}
    assert not VALIDATOR.is_valid(missing)


def test_wait_is_at_most_that_of_the_reader() -> None:
    longest = SCHEMA["properties"]["$wait_seconds"]["anyOf"][0]["maximum"]
    for seconds in (longest, longest + 1):
        event = EVENT | {"$wait_seconds": seconds}
        assert VALIDATOR.is_valid(event) == is_read(event) == (seconds == longest)


def test_event_needs_a_status_or_a_decision() -> None:
    bare = {"job_name": "j", "job_run_id": "r"}
    assert not VALIDATOR.is_valid(bare)
    assert VALIDATOR.is_valid(bare | {"decision": "APPROVED"})
    assert VALIDATOR.is_valid(bare | {"status": "SUCCESS", "decision": "APPROVED"})


def test_examples_and_the_event_of_the_tests_are_accepted() -> None:
    event = json.loads((Path(__file__).parents[2] / "events" / "job_completed.json").read_text())
    for example in (*SCHEMA["examples"], event):
        assert [error.message for error in VALIDATOR.iter_errors(example)] == []


def test_error_of_an_empty_text_is_a_sentence() -> None:
    for field in ("job_name", "job_run_id"):
        assert SCHEMA["properties"][field]["patternErrorMessage"] == "Expected a text that is not empty."
    assert all(one["description"].endswith(".") for name, one in SCHEMA["properties"].items() if "description" in one)
