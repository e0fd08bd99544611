"""One DAG by both Airflow types, and mappings without the intended effect."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.warnings.configurations import QUEUE, codes

REST = {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d"}


def test_dag_of_both_types_in_one_list_is_a_warning() -> None:
    assert codes(REST, QUEUE) == ["repeated-dag"]
    assert codes(REST, {**QUEUE, "dag_id": "other"}) == []
    assert codes(REST, {**REST, "conf": {"table": "orders"}}) == []
    assert codes(REST, k={"on_success": [QUEUE]}) == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"parameter_mapping": {"artifacts.output_path": "input"}}, ["swapped-mapping"]),
        ({"parameter_mapping": {"input": "artifacts.output_path"}}, []),
        ({"parameter_mapping": {"input.path": "artifacts.output_path"}}, []),
        ({"parameter_mapping": {"start_date": "start_date"}}, []),
        ({"parameter_mapping": {"start_date": "business_date"}}, []),
        ({"parameter_mapping": {"artifacts.path": "artifacts.path"}}, []),
        ({"parameter_mapping": {"day": "start_date"}, "conf": {"day": "x"}}, ["unused-mapping"]),
        ({"parameter_mapping": {"day": "start_date"}, "conf": {"days": "x"}}, []),
    ],
)
def test_mapping_is_conf_key_to_path(fields: dict[str, Any], code: list[str]) -> None:
    assert codes({**REST, **fields}) == code
