"""A DAG in an environment of the fake MWAA."""

from __future__ import annotations

from typing import Any

from local.engine.engine import Engine
from orchestration.triggers.mwaa_dag import MwaaDag


def create(engine: Engine, trigger: MwaaDag) -> None:
    """Add the environment and the DAG."""
    engine.mwaa.add_dag(trigger.region or engine.region, trigger.environment_name, trigger.dag_id)


def received(engine: Engine, trigger: MwaaDag, run_id: str) -> Any:
    """Return the conf of the DAG run."""
    for run in engine.mwaa.runs(trigger.region or engine.region, trigger.environment_name, trigger.dag_id):
        if run["dag_run_id"] == run_id:
            return run["conf"]
    return None


def address(trigger: MwaaDag) -> str:
    """Return region, environment and DAG id."""
    return f"{trigger.region}/{trigger.environment_name}/{trigger.dag_id}"


def remove(engine: Engine, trigger: MwaaDag) -> None:
    """Remove the DAG and keep its environment."""
    region = trigger.region or engine.region
    engine.mwaa.add_environment(region, trigger.environment_name)
    engine.mwaa.environments[region, trigger.environment_name].pop(trigger.dag_id, None)
