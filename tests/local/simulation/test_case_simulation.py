"""A planned event agrees with the engine, or each difference is one line."""

from __future__ import annotations

import json

from local.simulation.case_simulation import simulate_plan
from local.simulation.simulator import Simulator
from orchestration.input.execution_input import ExecutionInput
from orchestration.starting.executions import ExecutionClient


def event(job: str, run: str) -> str:
    return json.dumps({"job_name": job, "job_run_id": run, "status": "SUCCESS"})


def started(simulator: Simulator, job: str, run: str) -> dict[str, ExecutionInput]:
    """Inputs of the executions that an event started, by name: what a right plan has."""
    client = ExecutionClient(simulator.engine.client("stepfunctions"), simulator.settings)
    inputs = {}
    for result in simulator.publish(event(job, run)).executions:
        execution = client.find(result.name)
        assert execution is not None
        if not result.batch_of:
            inputs[result.name] = execution.input
    return inputs


def test_right_plan_has_no_difference_and_a_second_case_is_named(simulator: Simulator) -> None:
    planned = started(simulator, "job", "case-1")
    assert simulate_plan(simulator, event("job", "case-1"), planned) == [
        "another case has the same job_name and job_run_id. Give each case a separate job_run_id"
    ]


def test_event_that_starts_nothing_agrees_with_an_empty_plan(simulator: Simulator) -> None:
    assert simulate_plan(simulator, event("other", "case-2"), {}) == []
    assert simulate_plan(simulator, event("job", "case-3"), {}) == ["the engine started 1 executions"]


def test_ignored_event_is_reported_if_the_plan_has_triggers(simulator: Simulator) -> None:
    (line,) = simulate_plan(simulator, event("other", "case-4"), started(simulator, "job", "case-0"))
    assert line.startswith("the engine reports IGNORED: ")


def test_missing_execution_and_failed_trigger_are_named(simulator: Simulator) -> None:
    (planned,) = started(simulator, "gone", "case-5").values()
    lines = simulate_plan(simulator, event("gone", "case-6"), {"unknown": planned})
    assert lines[0] == "the engine has no execution unknown"
    assert any("glue_job missing: FAILED Glue.EntityNotFoundException" in line for line in lines)
