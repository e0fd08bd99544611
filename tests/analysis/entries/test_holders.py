"""Workflows, joins and their lists of triggers."""

from __future__ import annotations

from analysis.entries.holders import holders
from orchestration.values.strictjson import JsonObject

TRIGGER: JsonObject = {"type": "glue_job", "job_name": "g"}


def test_workflows_and_joins_have_their_lists() -> None:
    document: JsonObject = {
        "workflows": {"a": {"on_approval": [TRIGGER, 7], "on_success": []}, "b": 7},
        "joins": {"j": {"on_deadline": [TRIGGER]}},
    }
    workflow, join = holders(document)
    assert (workflow.name, workflow.noun, workflow.path) == ("a", "workflow", "workflows.a")
    assert [(one.kind, one.path, one.of_join) for one in workflow.lists] == [
        ("on_success", "workflows.a.on_success", False),
        ("on_approval", "workflows.a.on_approval", False),
    ]
    assert list(workflow.lists[1].objects()) == [("workflows.a.on_approval[0]", TRIGGER)]
    assert [(one.kind, one.of_join) for one in join.lists] == [("on_deadline", True)]


def test_empty_holder_has_no_triggers_and_no_misspelt_field() -> None:
    document: JsonObject = {"workflows": {"a": {}, "b": {"on_succes": []}, "c": {"on_success": {"x": 1}}}, "joins": 7}
    assert [one.empty for one in holders(document)] == [True, False, False]
