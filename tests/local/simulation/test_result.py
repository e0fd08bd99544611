"""The exit code of a simulation says if every trigger of every execution started."""

from __future__ import annotations

import pytest

from local.simulation.result import ExecutionResult, Simulation, TriggerResult


def execution(status: str, *triggers: str) -> ExecutionResult:
    return ExecutionResult(
        name="e",
        arn="arn",
        status="STARTED",
        execution_status=status,
        triggers=[
            TriggerResult(index=number, trigger_id=str(number), type="t", name="n", status=one)
            for number, one in enumerate(triggers)
        ],
    )


@pytest.mark.parametrize(
    ("status", "executions", "code"),
    [
        ("STARTED", [execution("SUCCEEDED", "TRIGGERED"), execution("SUCCEEDED", "TRIGGERED")], 0),
        ("STARTED", [execution("SUCCEEDED", "TRIGGERED"), execution("FAILED", "TRIGGERED", "FAILED")], 1),
        ("STARTED", [execution("SUCCEEDED", "LOST")], 1),
        ("STARTED", [execution("RUNNING", "TRIGGERED")], 1),
        ("JOINED", [], 0),
        ("DUPLICATE", [execution("SUCCEEDED", "TRIGGERED")], 0),
        ("FAILED", [], 2),
        ("IGNORED", [], 3),
        ("FILTERED", [], 3),
    ],
)
def test_exit_code(status: str, executions: list[ExecutionResult], code: int) -> None:
    simulation = Simulation(topic="job_events", message_id="m", status=status, executions=executions)
    assert simulation.exit_code == code
    assert len(simulation.triggers) == sum(len(one.triggers) for one in executions)
