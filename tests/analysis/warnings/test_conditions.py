"""Conditions that never change, and texts that cannot match."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.warnings.configurations import GLUE, QUEUE, codes


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ({"status": ["FAILED"]}, ["condition-constant"]),
        ({"status": ["SUCCESS"]}, ["condition-constant"]),
        ({"status": [{"exists": False}]}, ["condition-constant"]),
        ({"job_name": ["j"]}, ["condition-constant"]),
        ({"artifacts": {"status": ["x"]}}, []),
        ({"decision": ["APPROVED"]}, []),
        ({"approved": ["true"]}, ["condition-text"]),
        ({"approved": ["true", True]}, []),
        ({"approved": [True]}, []),
        ({"metrics": {"rows": ["5"]}}, ["condition-text"]),
        ({"metrics": {"rows": [5]}}, []),
        ({"metrics": {"state": ["green"]}}, []),
        ({"release": ["5"]}, []),
        ({"path": ["s3://prod-*"]}, ["condition-wildcard"]),
        ({"path": [{"wildcard": "s3://prod-*"}]}, []),
        ({"path": [{"anything-but": ["a"]}]}, []),
    ],
)
def test_condition_of_a_success(when: dict[str, Any], code: list[str]) -> None:
    assert codes({**GLUE, "when": when}) == code


def test_constants_depend_on_the_list() -> None:
    on_decision = {**GLUE, "when": {"decision": ["APPROVED"]}}
    assert codes(QUEUE, k={"on_approval": [on_decision]}) == ["condition-constant"]
    on_status = {**GLUE, "when": {"status": ["FAILED"]}}
    assert codes(QUEUE, k={"on_approval": [on_status]}) == []
    join = {
        "all_of": ["a", "b"],
        "key": "${day}",
        "deadline_hours": 1,
        "on_complete": [QUEUE],
        "on_deadline": [on_status],
    }
    assert codes(QUEUE, joins={"daily": join}) == ["condition-constant"]
