"""Differences between two plans of one event: added, removed and changed triggers, and nothing else."""

from __future__ import annotations

from analysis.plans.differences import MISSING, changes
from tests.analysis.plans.test_event_plan import GLUE, QUEUE, planned


def test_changed_field_is_one_change_of_one_trigger() -> None:
    (change,) = changes(planned(GLUE, QUEUE), planned(QUEUE, {**GLUE, "arguments": {"--x": "2"}}))
    assert (change.change, change.name, change.fields) == ("changed", "g", {"Arguments.--x": ("1", "2")})


def test_added_and_removed_triggers_list_their_requests() -> None:
    added, removed = changes(planned(GLUE), planned(QUEUE))
    assert (added.change, added.type, removed.change, removed.type) == ("added", "sqs_mwaa", "removed", "glue_job")
    assert added.fields["MessageBody.dag_id"] == (MISSING, "d")
    assert removed.fields["JobName"] == ("g", MISSING)


def test_moved_and_described_triggers_are_no_change() -> None:
    assert changes(planned(GLUE, QUEUE), planned(QUEUE, {**GLUE, "description": "new"})) == []


def test_equal_plans_have_no_changes() -> None:
    assert changes(planned(GLUE, QUEUE), planned(GLUE, QUEUE)) == []
    assert changes(planned(), planned()) == []


def test_trigger_with_an_id_may_change_its_target() -> None:
    before, after = {**GLUE, "id": "a"}, {**GLUE, "id": "a", "job_name": "h"}
    (change,) = changes(planned(before), planned(after))
    assert (change.id, change.change, change.name, change.fields["JobName"]) == ("a", "changed", "h", ("g", "h"))


def test_added_triggers_come_in_the_order_of_the_plan() -> None:
    other = {"type": "sqs_mwaa", "dag_id": "e"}
    found = changes(planned(GLUE), planned(QUEUE, GLUE, other))
    assert [(change.change, change.name) for change in found] == [("added", "d"), ("added", "e")]
    found = changes(planned(QUEUE, GLUE, other), planned(GLUE))
    assert [(change.change, change.name) for change in found] == [("removed", "d"), ("removed", "e")]


def test_new_and_lost_fields_are_missing_on_one_side() -> None:
    more = {**GLUE, "arguments": {"--y": "2"}}
    (change,) = changes(planned(GLUE), planned(more))
    assert change.fields == {"Arguments.--x": ("1", MISSING), "Arguments.--y": (MISSING, "2")}
