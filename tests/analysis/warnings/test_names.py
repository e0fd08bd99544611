"""Names of jobs that cannot match, or that almost match."""

from __future__ import annotations

import pytest

from tests.analysis.warnings.configurations import GLUE, QUEUE, codes, found

PUBLISH = {"wait": True, "publish": True}
AFTER = {"on_success": [QUEUE]}


def join_of(*jobs: str) -> dict[str, object]:
    return {"daily": {"all_of": [*jobs], "key": "${start_date}", "on_complete": [QUEUE]}}


@pytest.mark.parametrize(("job", "warns"), [(" k", True), ("k ", True), ("k k", False)])
def test_blank_at_the_end_of_a_name_is_a_warning(job: str, warns: bool) -> None:
    assert codes(QUEUE, **{job: AFTER}) == ["blank-in-name"] * warns


def test_similar_names_are_a_warning() -> None:
    target = {"type": "glue_job", "job_name": "Load-Orders"}
    assert found(target, load_orders=AFTER) == [("similar-names", "workflows.j.on_success[0]")]
    assert found({**target, "job_name": "load_orders"}, load_orders=AFTER) == []


def test_names_in_two_unicode_forms_are_similar() -> None:
    assert codes({**GLUE, "job_name": "cafe\u0301"}, café=AFTER) == ["similar-names"]


@pytest.mark.parametrize(
    ("published", "code"),
    [
        ("clean_orders", []),
        ("clean_order", ["similar-names"]),
        ("claen_orders", ["similar-names"]),
        ("something_else", ["publish-without-workflow"]),
    ],
)
def test_published_job_needs_a_workflow(published: str, code: list[str]) -> None:
    assert codes({**GLUE, **PUBLISH, "job_name": published}, clean_orders=AFTER) == code
    assert codes({**GLUE, **PUBLISH, "publish_as": published}, clean_orders=AFTER) == code


def test_published_job_of_a_join_needs_no_workflow() -> None:
    assert codes({**GLUE, **PUBLISH, "job_name": "clean_orders"}, joins=join_of("clean_orders", "b")) == []
    typo = found({**GLUE, **PUBLISH, "job_name": "clean_order"}, joins=join_of("clean_orders", "b"))
    assert typo == [("similar-names", "workflows.j.on_success[0]"), ("similar-names", "joins.daily.all_of[0]")]


def test_target_without_publish_may_be_similar_by_one_letter() -> None:
    assert codes({**GLUE, "job_name": "clean_order"}, clean_orders=AFTER) == []


def test_numbered_names_differ_on_purpose() -> None:
    assert codes({**GLUE, **PUBLISH, "job_name": "stage_1"}, stage_2=AFTER) == ["publish-without-workflow"]


def test_job_of_a_join_needs_no_workflow_but_may_have_a_typo() -> None:
    assert codes(QUEUE, joins=join_of("customers", "products")) == []
    assert codes(QUEUE, joins=join_of("customers", "order"), orders=AFTER) == ["similar-names"]
    assert codes({**GLUE, "job_name": "orders"}, joins=join_of("customers", "order")) == ["similar-names"]
    assert codes({**GLUE, "job_name": "order"}, joins=join_of("customers", "order"), orders=AFTER) == []


def test_many_names_are_compared_in_linear_time() -> None:
    jobs = {f"job_{chr(97 + number % 26)}{number}": AFTER for number in range(3_000)}
    triggers = [{**GLUE, **PUBLISH, "job_name": f"{name}x"} for name in list(jobs)[:300]]
    assert codes(*triggers, **jobs) == ["similar-names"] * 300
