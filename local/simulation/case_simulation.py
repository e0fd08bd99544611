"""Compares what an event starts on the engine with its plan."""

from __future__ import annotations

from collections.abc import Mapping

from local.simulation.simulator import Simulator
from orchestration.input.execution_input import ExecutionInput
from orchestration.starting.executions import ExecutionClient


def simulate_plan(simulator: Simulator, text: str, planned: Mapping[str, ExecutionInput]) -> list[str]:
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
    for name, expected_input in planned.items():
        execution = executions.find(name)
        if execution is None:
            found.append(f"the engine has no execution {name}")
        elif execution.input.triggers != expected_input.triggers:
            found.append(f"execution {name}: its triggers differ from the plan")
    expected = {item.id for execution in planned.values() for item in execution.triggers if not item.rejected}
    found += [
        f"{one.trigger_id} {one.type} {one.name}: {one.status} {one.error}: {one.cause}"
        for one in simulation.triggers
        if (one.status == "TRIGGERED") != (one.trigger_id in expected)
    ]
    missing = expected - {one.trigger_id for one in simulation.triggers}
    return [*found, *(f"{trigger_id}: has no outcome on the engine" for trigger_id in sorted(missing))]
