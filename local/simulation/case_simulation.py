"""Compares what an event starts on the engine with its plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.simulation.simulator import Simulator
from orchestration.planning.items import REJECTED
from orchestration.starting.executions import ExecutionClient, triggers_of


def simulate_plan(simulator: Simulator, text: str, planned: Mapping[str, dict[str, Any]]) -> list[str]:
    """Publish an event and return how the engine's executions differ from the planned ones; empty if they agree.

    Args:
        simulator: a deployed stack.
        text: the event as JSON.
        planned: input of each planned StartExecution call by execution name; empty if the event starts nothing.
    """
    simulation = simulator.publish(text)
    executions = ExecutionClient(simulator.engine.client("stepfunctions"), simulator.settings)
    if not planned:
        return [] if not simulation.executions else [f"the engine started {len(simulation.executions)} executions"]
    if simulation.status == "DUPLICATE":
        return ["another case has the same job_name and job_run_id. Give each case a separate job_run_id"]
    if simulation.status != "STARTED":
        return [f"the engine reports {simulation.status}: {simulation.reason}"]
    found = []
    for name, given in planned.items():
        described = executions.find(name)
        if described is None:
            found.append(f"the engine has no execution {name}")
        elif _triggers(described["input"]) != json.loads(json.dumps(_triggers(given))):
            found.append(f"execution {name}: its triggers differ from the plan")
    expected = {item["id"] for given in planned.values() for item in _triggers(given) if item["type"] != REJECTED}
    found += [
        f"{one.trigger_id} {one.type} {one.name}: {one.status} {one.error}: {one.cause}"
        for one in simulation.triggers
        if (one.status == "TRIGGERED") != (one.trigger_id in expected)
    ]
    missing = expected - {one.trigger_id for one in simulation.triggers}
    return [*found, *(f"{trigger_id}: has no outcome on the engine" for trigger_id in sorted(missing))]


def _triggers(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Triggers of an execution's input, also those in batches."""
    return [trigger for item in given["triggers"] for trigger in triggers_of(item)]
