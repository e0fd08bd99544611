"""Triggers of one job and kind: an invalid entry is rejected in its place, and the others stay."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.configuration.workflows import (
    InvalidTrigger,
    checked_entries,
    problems_of,
    read_document,
    triggers_for,
)
from orchestration.errors import ConfigError
from orchestration.settings import Settings
from orchestration.triggers import Trigger
from orchestration.values.strictjson import Json, JsonObject

SETTINGS = Settings(region="us-west-1")
GOOD: JsonObject = {"type": "glue_job", "job_name": "good"}


def routed(workflow: Any) -> list[Trigger | InvalidTrigger]:
    found = triggers_for({"workflows": {"j": workflow}}, "j", "on_success", SETTINGS)
    assert found is not None
    return [one.trigger for one in found]


def test_missing_workflow_differs_from_an_empty_one() -> None:
    assert triggers_for({"workflows": {}}, "j", "on_success", SETTINGS) is None
    assert routed({}) == []


def test_invalid_trigger_is_rejected_in_its_place() -> None:
    first, second, third = routed({"on_success": [GOOD, {"type": "glue_job", "job_name": "bad", "x": 1}, GOOD]})
    assert isinstance(first, Trigger)
    assert isinstance(third, Trigger)
    assert isinstance(second, InvalidTrigger)
    assert second.name == "workflows.j.on_success[1] (bad)"
    assert "workflows.j.on_success[1].x: unknown field" in second.cause


def test_workflow_problem_comes_after_its_triggers() -> None:
    good, bad = routed({"on_success": [GOOD], "on_sucess": [GOOD]})
    assert isinstance(good, Trigger)
    assert isinstance(bad, InvalidTrigger)
    assert bad.name == "workflows.j.on_sucess"


def test_unreadable_workflow_is_one_rejected_item() -> None:
    broken: list[Any] = ["x", [], None, {"on_success": {}}]
    for workflow in broken:
        (rejected,) = routed(workflow)
        assert isinstance(rejected, InvalidTrigger)
        assert rejected.error == "ConfigError"


def test_invalid_workflow_does_not_affect_others() -> None:
    document: JsonObject = {"workflows": {"j": {"on_success": [GOOD]}, "broken": 7}}
    found = triggers_for(document, "j", "on_success", SETTINGS)
    assert found is not None
    assert [isinstance(one.trigger, Trigger) for one in found] == [True]


def test_sqs_mwaa_without_any_queue_is_invalid() -> None:
    queue = {"type": "sqs_mwaa", "dag_id": "d"}
    (rejected,) = routed({"on_success": [queue]})
    assert isinstance(rejected, InvalidTrigger)
    assert "MWAA_TRIGGER_QUEUE_URL" in rejected.cause


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], "the configuration: found a list, expected a JSON object with 'workflows'"),
        ({}, "workflows: found nothing, expected an object of job name to workflow"),
        ({"workflows": []}, "workflows: found a list, expected an object of job name to workflow"),
        ({"workflows": None}, "workflows: found null, expected an object of job name to workflow"),
    ],
)
def test_document_without_workflows_is_an_error(document: Json, expected: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_document(document, SETTINGS)
    assert str(raised.value) == expected


def test_document_reports_its_other_fields() -> None:
    document: JsonObject = {"workflows": {}, "$schema": 7, "allow_cycles": 1, "x": {}, "joins": []}
    read, problems, written = read_document(document, SETTINGS)
    assert (read, written) == (document, {})
    assert [str(problem) for problem in problems] == [
        "x: unknown field, expected one of: $schema, allow_cycles, joins, workflows",
        "$schema: found 7, expected a string",
        "allow_cycles: found 1, expected true or false",
        "joins: found a list, expected an object of join name to join",
    ]
    assert read_document({"workflows": {}, "$schema": "s", "allow_cycles": True, "joins": {}}, SETTINGS).problems == []


JOIN: JsonObject = {"all_of": ["j", "k"], "key": "${day}", "on_complete": [GOOD], "on_deadline": [GOOD, 7]}
WHOLE: JsonObject = {
    "workflows": {"j": {"on_success": [GOOD, {"type": "glue_job"}], "on_approval": [GOOD], "x": 1}, "bad": 7},
    "joins": {"wait": JOIN, "wrong": {**JOIN, "all_of": ["j"], "on_deadline": []}},
}


def test_checked_entries_are_triggers_and_workflow_problems() -> None:
    entries = [(entry.job_name, entry.path, bool(entry.id)) for entry in checked_entries(WHOLE, SETTINGS)]
    assert entries == [
        ("j", "workflows.j", False),
        ("j", "workflows.j.on_success[0]", True),
        ("j", "workflows.j.on_success[1]", True),
        ("j", "workflows.j.on_approval[0]", True),
        ("bad", "workflows.bad", False),
        ("wait", "joins.wait.on_complete[0]", True),
        ("wait", "joins.wait.on_deadline[0]", True),
        ("wait", "joins.wait.on_deadline[1]", True),
        ("wrong", "joins.wrong", False),
        ("wrong", "joins.wrong.on_complete[0]", True),
    ]


def test_checked_entry_has_a_trigger_or_problems() -> None:
    for entry in checked_entries(WHOLE, SETTINGS):
        assert (entry.trigger is None) == bool(entry.problems)
    kinds = {entry.path: entry.event_kind for entry in checked_entries(WHOLE, SETTINGS)}
    assert kinds["joins.wait.on_deadline[0]"] == "on_deadline"
    assert kinds["workflows.j.on_approval[0]"] == "on_approval"


def test_problems_of_a_document_begin_with_its_own() -> None:
    problems = [str(problem) for problem in problems_of({**WHOLE, "y": 1}, SETTINGS)]
    assert [problem.partition(":")[0] for problem in problems] == [
        "y",
        "workflows.j.x",
        "workflows.j.on_success[1].job_name",
        "workflows.bad",
        "joins.wait.on_deadline[1]",
        "joins.wrong.all_of",
    ]


def test_join_has_the_triggers_of_its_own_lists() -> None:
    complete = triggers_for(WHOLE, "wait", "on_complete", SETTINGS)
    expired = triggers_for(WHOLE, "wait", "on_deadline", SETTINGS)
    assert complete is not None
    assert expired is not None
    assert (len(complete), len(expired)) == (1, 2)
    assert triggers_for(WHOLE, "j", "on_complete", SETTINGS) is None
    assert triggers_for(WHOLE, "wait", "on_success", SETTINGS) is None
    assert triggers_for({"workflows": {}, "joins": 7}, "wait", "on_complete", SETTINGS) is None


def test_equal_explicit_ids_reject_both_triggers() -> None:
    same: JsonObject = {**GOOD, "id": "x"}
    rejected = triggers_for({"workflows": {"j": {"on_success": [same, same, GOOD]}}}, "j", "on_success", SETTINGS)
    assert rejected is not None
    first, second, third = rejected
    assert isinstance(third.trigger, Trigger)
    for index, entry in enumerate((first, second)):
        assert isinstance(entry.trigger, InvalidTrigger)
        place = "workflows.j.on_success"
        assert entry.trigger.cause == (
            f"{place}[{index}].id: found 'x' twice, expected an id that is unique within {place}"
        )
    assert first.id != second.id


@pytest.mark.parametrize(
    ("entry", "name", "declared"),
    [
        ({"type": "glue_job", "job_name": "g", "x": 1}, " (g)", ("glue_job", "g")),
        ({"type": "glue", "job_name": "g"}, " (g)", ("", "g")),
        ({"type": ["glue_job"], "job_name": 7, "dag_id": "d"}, " (d)", ("", "d")),
        ({"type": "glue_job", "job_name": "g" * 200, "x": 1}, f" ({'g' * 100})", ("glue_job", "g" * 200)),
        ({}, "", ("", "")),
        (7, "", ("", "")),
    ],
)
def test_rejected_trigger_names_its_target(entry: Json, name: str, declared: tuple[str, str]) -> None:
    (rejected,) = routed({"on_success": [entry]})
    assert isinstance(rejected, InvalidTrigger)
    assert (rejected.name, rejected.declared) == (f"workflows.j.on_success[0]{name}", declared)


def test_problem_of_the_workflow_declares_no_trigger() -> None:
    (rejected,) = routed({"x": 1})
    assert isinstance(rejected, InvalidTrigger)
    assert rejected.declared is None
    assert rejected.cause.startswith("workflows.j.x: unknown field")


def test_topic_with_a_wrong_placeholder_is_one_problem() -> None:
    (rejected,) = routed({"notify": "arn:aws:sns:us-west-1:${aws.accnt}:team"})
    assert isinstance(rejected, InvalidTrigger)
    assert rejected.cause.startswith("workflows.j.notify: found '${aws.accnt}'")


def test_value_nested_too_deeply_rejects_its_trigger() -> None:
    deep: Json = "x"
    for _ in range(200):
        deep = [deep]
    first, second = routed(
        {"on_success": [{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {"x": deep}}, GOOD]}
    )
    assert isinstance(first, InvalidTrigger)
    assert "nested deeper than 100 levels" in first.cause
    assert isinstance(second, Trigger)


def test_checked_entry_with_a_repeated_id_has_no_trigger() -> None:
    same: JsonObject = {**GOOD, "id": "x"}
    entries = list(checked_entries({"workflows": {"j": {"on_success": [same, same, GOOD]}}}, SETTINGS))
    assert [entry.trigger is None for entry in entries] == [True, True, False]
