"""The target of an MWAA trigger is a DAG in the environment of its region."""

from __future__ import annotations

import pytest

from local.engine.engine import Engine
from local.simulation.targets import mwaa_dag
from orchestration.triggers.mwaa_dag import MwaaDag


@pytest.mark.parametrize("region", ["", "eu-west-1"])
def test_conf_of_a_run_is_read_back(engine: Engine, region: str) -> None:
    trigger = MwaaDag(environment_name="e", dag_id="d", region=region)
    mwaa_dag.create(engine, trigger)
    body = {"dag_run_id": "r1", "logical_date": "2026-01-01T00:00:00Z", "conf": {"a": 1}}
    call = {"Method": "POST", "Path": "/dags/d/dagRuns", "Body": body}
    assert engine.mwaa.invoke(region or "us-west-1", "e", call)[0] == 200
    assert mwaa_dag.received(engine, trigger, "r1") == {"a": 1}
    assert mwaa_dag.received(engine, trigger, "r2") is None


def test_removed_dag_is_missing_in_its_environment(engine: Engine) -> None:
    trigger = MwaaDag(environment_name="e", dag_id="gone")
    mwaa_dag.create(engine, trigger)
    mwaa_dag.remove(engine, trigger)
    status, _, answer = engine.mwaa.invoke("us-west-1", "e", {"Method": "GET", "Path": "/dags/gone"})
    assert (status, answer["RestApiStatusCode"]) == (400, 404)


def test_dags_of_one_name_in_two_regions_are_two_targets() -> None:
    here, there = (MwaaDag(environment_name="e", dag_id="d", region=region) for region in ("", "eu-west-1"))
    assert mwaa_dag.address(here) != mwaa_dag.address(there)
