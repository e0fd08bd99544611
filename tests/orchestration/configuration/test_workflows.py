from __future__ import annotations

from typing import Any

from orchestration.configuration.workflows import InvalidTrigger, triggers_for
from orchestration.settings import Settings
from orchestration.triggers import Trigger
from orchestration.values.strictjson import JsonObject

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
