"""Keys of joins under which jobs cannot meet, and deadlines that never come."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.warnings.configurations import GLUE, QUEUE, codes


def of(**fields: Any) -> list[str]:
    join = {"all_of": ["a", "b"], "key": "${start_date}", "on_complete": [GLUE], **fields}
    return codes(QUEUE, joins={"daily": join})


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("${start_date}", []),
        ("${business_date}-${region:-eu}", []),
        ("${artifacts.day}", []),
        ("${job_name}", ["join-key"]),
        ("${start_date}/${job_run_id}", ["join-key"]),
        ("${status}", ["join-key"]),
        ("${status}-${start_date}", []),
        ("${stat_date}", ["unknown-root"]),
        ("${day}-{start_date}", ["looks-like-template"]),
    ],
)
def test_key_is_a_field_that_the_jobs_share(key: str, code: list[str]) -> None:
    assert of(key=key) == code


def test_triggers_for_a_deadline_need_one() -> None:
    assert of(on_deadline=[QUEUE]) == ["join-deadline"]
    assert of(on_deadline=[QUEUE], deadline_hours=6) == []
    assert of(on_deadline=[QUEUE], deadline_hours=0) == ["join-deadline"]
    assert of(on_deadline=[]) == []
