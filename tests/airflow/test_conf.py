"""The table of conf values on each Airflow: event_dispatcher's verdicts, and what the REST API takes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.values import strictjson
from orchestration.values.dag_conf import RESERVED_RUN_IDS
from tests.airflow.installed import VERSIONS, Airflow
from tests.airflow.test_messages import in_airflow
from tests.trigger_types.conf_table import CONF_CASES


@pytest.mark.parametrize("version", VERSIONS)
def test_dispatcher_agrees_with_the_router(version: str, tmp_path: Path) -> None:
    airflow = Airflow(version, tmp_path)
    answers = in_airflow(airflow, "read_messages", [case.message for case in CONF_CASES])
    for case, answer in zip(CONF_CASES, answers, strict=True):
        if case.dispatcher:
            assert case.dispatcher in answer.get("refused", ""), (case.name, answer)
        else:
            conf = json.loads(case.text)
            assert answer == {"run": {"trigger_dag_id": case.dag_id, "trigger_run_id": "event__m", "conf": conf}}, (
                case.name
            )
            assert strictjson.first_invalid(conf) is None


@pytest.mark.parametrize("version", VERSIONS)
def test_reserved_run_ids_are_those_of_airflow(version: str, tmp_path: Path) -> None:
    airflow = Airflow(version, tmp_path)
    program = "from airflow.utils.types import DagRunType; print('\\nTYPES', *(one.value for one in DagRunType))"
    line = next(one for one in airflow.python(program).splitlines() if one.startswith("TYPES "))
    assert {f"{one}__" for one in line.split()[1:] if one != "manual"} <= set(RESERVED_RUN_IDS)
