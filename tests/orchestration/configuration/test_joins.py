"""Joins of a configuration: their problems, the key of an event, and the event that their triggers see."""

from __future__ import annotations

import re

import pytest

from orchestration.configuration.joins import (
    MAX_HOURS,
    MAX_JOBS,
    Hours,
    JobNames,
    Join,
    check_joins,
    join_event,
    joins_of,
    key_of,
    read_join,
    valid_join,
)
from orchestration.errors import ConfigError, JoinError
from orchestration.event.job_event import MAX_JOB_RUN_ID
from orchestration.settings import Settings
from orchestration.values.strictjson import Json, JsonObject

VALID: JsonObject = {"all_of": ["a", "b"], "key": "${day}"}
JOIN = Join(all_of=["a", "b"], key="${day}")


def problems(changed: JsonObject) -> list[str]:
    join, found = read_join({**VALID, **changed}, "joins.j", Settings())
    assert (join is None) == bool(found)
    return [str(problem) for problem in found]


def test_valid_join_is_read_with_its_defaults() -> None:
    join, found = read_join(VALID, "joins.j", Settings())
    assert found == []
    assert join == JOIN
    assert (join.deadline_hours, join.on_complete, join.on_deadline) == (0, [], [])


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"all_of": ["a"]}, "joins.j.all_of: found a list of 1, expected 2 to 50 jobs"),
        ({"all_of": ["a", "b", "a"]}, "joins.j.all_of[2]: found 'a' twice. Remove one"),
        ({"all_of": ["a", " "]}, "joins.j.all_of[1]: found an empty text, expected a job name"),
        ({"all_of": ["a", 7]}, "joins.j.all_of[1]: found 7, expected a string"),
        ({"key": "day"}, "joins.j.key: found 'day', expected a text with a template, such as ${start_date}"),
        ({"key": 7}, "joins.j.key: found 7, expected a string"),
        ({"deadline_hours": -1}, "joins.j.deadline_hours: found -1, expected 0 (no deadline) to 720 hours"),
        ({"deadline_hours": 721}, "joins.j.deadline_hours: found 721, expected 0 (no deadline) to 720 hours"),
    ],
)
def test_wrong_field_is_one_problem(changed: JsonObject, expected: str) -> None:
    assert problems(changed) == [expected]


def test_template_of_the_key_is_checked() -> None:
    (problem,) = problems({"key": "${day}-${x..y}"})
    assert problem == "joins.j.key: found '${x..y}': the path has an empty segment. Write ${x.y}"


def test_entry_that_is_no_object_is_one_problem() -> None:
    join, (problem,) = read_join("x", "joins.j", Settings())
    assert join is None
    assert str(problem) == "joins.j: found 'x', expected an object"


@pytest.mark.parametrize("hours", [0, 1, MAX_HOURS])
def test_hours_at_the_limits_are_valid(hours: int) -> None:
    assert problems({"deadline_hours": hours}) == []


@pytest.mark.parametrize(("count", "valid"), [(1, False), (2, True), (MAX_JOBS, True), (MAX_JOBS + 1, False)])
def test_number_of_jobs_has_limits(count: int, valid: bool) -> None:
    assert (problems({"all_of": [f"job_{number}" for number in range(count)]}) == []) is valid


def test_schema_has_the_same_limits() -> None:
    names = JobNames().__get_pydantic_json_schema__({}, lambda core: {**core, "x": 1})
    assert names == {"x": 1, "minItems": 2, "maxItems": MAX_JOBS, "uniqueItems": True}
    hours = Hours().__get_pydantic_json_schema__({}, lambda core: {**core, "x": 1})
    assert hours == {"x": 1, "minimum": 0, "maximum": MAX_HOURS}


def document(joins: Json) -> JsonObject:
    return {"workflows": {"a": {}}, "joins": joins}


@pytest.mark.parametrize("unreadable", [None, "x", [], 7])
def test_unreadable_joins_have_no_job(unreadable: Json) -> None:
    assert joins_of(document(unreadable), "a") == []
    assert joins_of(document({"j": unreadable, "k": {"all_of": unreadable}, "l": VALID}), "a") == ["l"]
    (problem,) = check_joins(document(unreadable))
    assert problem.message.endswith(", expected an object of join name to join")


def test_joins_of_a_job_are_those_that_name_it() -> None:
    two = document({"j": VALID, "k": {**VALID, "all_of": ["b", "c"]}, "l": {"all_of": {"a": 1}}})
    assert (joins_of(two, "a"), joins_of(two, "b"), joins_of(two, "x")) == (["j"], ["j", "k"], [])
    assert joins_of({"workflows": {}}, "a") == []


def test_join_of_a_join_is_a_problem() -> None:
    found = list(check_joins(document({"j": VALID, "k": {"all_of": ["a", ["j"], "j"]}})))
    assert [problem.path for problem in found] == ["joins.k.all_of[2]"]
    assert found[0].message.startswith("found the join 'j', expected a job: a join publishes no event.")


def test_join_with_the_name_of_a_workflow_is_a_problem() -> None:
    (problem,) = check_joins(document({"a": {**VALID, "all_of": ["b", "c"]}}))
    assert (str(problem), problem.at) == ("joins.a: found a workflow of the same name. Rename the join", "key")


def test_joins_without_a_problem_have_none() -> None:
    assert list(check_joins(document({"j": VALID}))) == []
    assert list(check_joins({"workflows": {}})) == []


def test_valid_join_is_found_by_name() -> None:
    assert valid_join(document({"j": VALID}), "j", Settings()) == JOIN


@pytest.mark.parametrize("joins", [{}, {"other": VALID}, None, ["j"]])
def test_missing_join_is_an_error(joins: Json) -> None:
    with pytest.raises(ConfigError, match=r"joins\.j: found nothing, expected a join\. Restore it"):
        valid_join(document(joins), "j", Settings())


def test_invalid_join_is_an_error_with_every_problem() -> None:
    with pytest.raises(
        ConfigError, match=r"^joins\.j\.key: missing field; joins\.j\.all_of: found 7, expected a list$"
    ):
        valid_join(document({"j": {"all_of": 7}}), "j", Settings())


def test_key_is_the_filled_template() -> None:
    assert key_of(JOIN, "j", {"day": "2026-01-01"}) == "2026-01-01"
    assert key_of(Join(all_of=["a", "b"], key="${a.b}/${c}"), "j", {"a": {"b": 7}, "c": "x"}) == "7/x"
    assert key_of(Join(all_of=["a", "b"], key="${a:-none}"), "j", {"a": None}) == "none"


@pytest.mark.parametrize(
    ("value", "described"),
    [
        (None, "null"),
        ("", "empty text"),
        (" ", "empty text"),
        ("\t\n", "empty text"),
        ("\u00a0", "empty text"),
        ([], "a list"),
        (["2026-01-01"], "a list"),
        ({}, "an object"),
        (True, "true"),
        (1.5, "1.5"),
    ],
)
def test_value_that_is_no_key_names_the_field(value: Json, described: str) -> None:
    expected = f"the event's field 'day' is {described}, expected a text or an integer. Publish such a value. The event"
    for text in ("${day}", "x/${day}"):
        with pytest.raises(JoinError, match="^" + re.escape(f"joins.j.key: {expected}")):
            key_of(Join(all_of=["a", "b"], key=text), "j", {"day": value})


def test_key_has_the_length_limit_of_a_run_id() -> None:
    assert key_of(JOIN, "j", {"day": "x" * MAX_JOB_RUN_ID}) == "x" * MAX_JOB_RUN_ID
    with pytest.raises(JoinError, match=f"with {MAX_JOB_RUN_ID + 1} characters, expected 1 to {MAX_JOB_RUN_ID}"):
        key_of(JOIN, "j", {"day": "x" * (MAX_JOB_RUN_ID + 1)})


def test_event_without_the_field_cannot_arrive() -> None:
    with pytest.raises(
        JoinError, match=r"joins\.j\.key: the event has no field 'day'.*\. The event cannot arrive at the join$"
    ):
        key_of(JOIN, "j", {"other": 1})


def test_event_of_a_complete_join_has_its_arrivals() -> None:
    first: JsonObject = {"job_name": "a", "artifacts": {"path": "p"}}
    second: JsonObject = {"job_name": "b", "artifacts": None}
    event = join_event("j", "k", {"a": first, "b": second}, [])
    assert event == {
        "job_name": "j",
        "job_run_id": "k",
        "status": "SUCCESS",
        "artifacts": {"a": {"path": "p"}, "b": {}},
        "upstream": {"a": first, "b": second},
    }
    assert list(event) == ["job_name", "job_run_id", "status", "artifacts", "upstream"]


def test_event_of_an_expired_join_names_the_missing() -> None:
    event = join_event("j", "k", {"a": {}}, ["b", "c"])
    assert (event["missing"], event["artifacts"]) == (["b", "c"], {"a": {}})
    assert list(event)[-1] == "missing"
