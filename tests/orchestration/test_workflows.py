from __future__ import annotations

from typing import Any

from orchestration.settings import Settings
from orchestration.triggers import Trigger
from orchestration.workflows import InvalidTrigger, triggers_for

SETTINGS = Settings(region="us-west-1")
GOOD = {"type": "glue_job", "job_name": "good"}


def routed(workflow: Any) -> list[Trigger | InvalidTrigger]:
    found = triggers_for({"workflows": {"j": workflow}}, "j", "on_success", SETTINGS)
    assert found is not None
    return found


def test_no_workflow_is_not_an_empty_one() -> None:
    assert triggers_for({"workflows": {}}, "j", "on_success", SETTINGS) is None
    assert routed({}) == []


def test_an_invalid_trigger_is_rejected_in_its_place() -> None:
    first, second, third = routed({"on_success": [GOOD, {"type": "glue_job", "job_name": "bad", "x": 1}, GOOD]})
    assert isinstance(first, Trigger)
    assert isinstance(third, Trigger)
    assert isinstance(second, InvalidTrigger)
    assert second.name == "workflows.j.on_success[1] (bad)"
    assert "workflows.j.on_success[1].x: unknown field" in second.cause


def test_a_problem_of_the_workflow_is_rejected_after_its_triggers() -> None:
    good, bad = routed({"on_success": [GOOD], "on_sucess": [GOOD]})
    assert isinstance(good, Trigger)
    assert isinstance(bad, InvalidTrigger)
    assert bad.name == "workflows.j.on_sucess"


def test_a_workflow_that_cannot_be_read_is_one_rejected_item() -> None:
    broken: list[Any] = ["x", [], None, {"on_success": {}}]
    for workflow in broken:
        (rejected,) = routed(workflow)
        assert isinstance(rejected, InvalidTrigger)
        assert rejected.error == "ConfigError"


def test_another_workflow_does_not_matter() -> None:
    document = {"workflows": {"j": {"on_success": [GOOD]}, "broken": 7}}
    found = triggers_for(document, "j", "on_success", SETTINGS)
    assert found is not None
    assert [isinstance(one, Trigger) for one in found] == [True]


def test_a_queue_is_needed_somewhere() -> None:
    queue = {"type": "sqs_mwaa", "dag_id": "d"}
    (rejected,) = routed({"on_success": [queue]})
    assert isinstance(rejected, InvalidTrigger)
    assert "MWAA_TRIGGER_QUEUE_URL" in rejected.cause
