"""Every kind of warning is collected; test_check.py has the exact line of each."""

from __future__ import annotations

from tests.analysis.warnings.configurations import GLUE, QUEUE, codes, found


def test_usual_configuration_has_no_warnings() -> None:
    assert found(QUEUE, {**QUEUE, "dag_id": "e"}) == []


def test_workflow_without_triggers_starts_nothing() -> None:
    assert found() == [("empty-workflow", "workflows.j")]
    assert found(QUEUE, k={"on_success": [], "on_approval": [QUEUE]}) == []
    assert found(QUEUE, k={"on_succes": []}) == []  # a misspelt list has its own error


def test_triggers_that_are_no_objects_do_not_stop_the_others() -> None:
    wrong = {**GLUE, "arguments": {"x": "{{ ds }}"}}
    assert codes(wrong, k={"on_success": [7, None, "x", [QUEUE]]}) == ["looks-like-template", "glue-argument"]


def test_wrong_values_do_not_end_in_an_error() -> None:
    for value in (None, 7, "x", [1], {"a": {"b": None}}):
        for field in (
            "arguments",
            "conf",
            "parameter_mapping",
            "when",
            "accept",
            "job_name",
            "dag_id",
            "type",
            "region",
        ):
            codes({**GLUE, field: value}, {**QUEUE, field: value})
        codes(QUEUE, joins={"x": {"all_of": value, "key": value, "on_deadline": value, "on_complete": value}})
