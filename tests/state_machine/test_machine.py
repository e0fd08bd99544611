"""The committed state machine on the engine, started directly with inputs that the router would give it."""

from __future__ import annotations

import json
import uuid

import pytest

from local.engine.engine import Engine
from tests.state_machine.harness import EVENT, NESTED, REQUESTS, Machine, trigger


@pytest.fixture(scope="module")
def machine(engine: Engine) -> Machine:
    return Machine(engine)


@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_success_takes_two_transitions_per_trigger(machine: Machine, count: int) -> None:
    kinds = list(REQUESTS)
    described, outcomes = machine.run([trigger(kinds[number % 5], f"t{number}") for number in range(count)])
    assert described["status"] == "SUCCEEDED"
    assert machine.entered(described) == 3 + 2 * count
    assert [(one["index"], one["name"], one["result"]["status"]) for one in outcomes] == [
        (number, f"t{number}", "TRIGGERED") for number in range(count)
    ]


def test_outcomes_have_neither_event_nor_request(machine: Machine) -> None:
    _, outcomes = machine.run([trigger(kind) for kind in REQUESTS])
    assert all(one.keys() == {"index", "id", "type", "name", "result"} for one in outcomes)
    assert all(one["result"].keys() == {"status", "id"} and isinstance(one["result"]["id"], str) for one in outcomes)


def test_one_failure_stops_no_other(machine: Machine) -> None:
    described, outcomes = machine.run(
        [trigger("sqs_mwaa"), trigger("glue_job", "gone", JobName="gone"), trigger("eventbridge")]
    )
    assert (described["status"], described["error"]) == ("FAILED", "TriggersFailed")
    assert [one["result"]["status"] for one in outcomes] == ["TRIGGERED", "FAILED", "TRIGGERED"]
    assert outcomes[1]["error"]["Error"] == "Glue.EntityNotFoundException"
    assert '1 of 3 triggers failed: ["gone"], ids ["id-gone"]' in described["cause"]
    assert described["cause"].endswith(
        f"orchestrator replay {machine.simulator.settings.execution_arn(described['name'])}"
    )


@pytest.mark.parametrize("count", [1, 3])
def test_all_failed(machine: Machine, count: int) -> None:
    described, outcomes = machine.run(
        [trigger("glue_job", f"gone-{number}", JobName="gone") for number in range(count)]
    )
    assert described["status"] == "FAILED"
    assert described["cause"].startswith(f"{count} of {count} triggers failed")
    assert [one["result"]["status"] for one in outcomes] == ["FAILED"] * count


def test_a_rejected_trigger_is_a_failed_item(machine: Machine) -> None:
    rejected = {
        "id": "a1b2c3d4",
        "type": "rejected",
        "name": "workflows.j.on_success[0]",
        "request": {"Error": "ResolutionError", "Cause": "no x"},
    }
    described, outcomes = machine.run([rejected, trigger("sqs_mwaa")])
    assert described["status"] == "FAILED"
    assert outcomes[0]["error"] == rejected["request"]
    assert outcomes[0]["result"] == {"status": "FAILED"}
    assert outcomes[1]["result"]["status"] == "TRIGGERED"


def test_unknown_type_is_a_failed_item(machine: Machine) -> None:
    described, outcomes = machine.run([trigger("sqs_mwaa"), trigger("not_a_type")])
    assert described["status"] == "FAILED"
    assert outcomes[1]["error"]["Error"] == "UnknownTriggerType"
    assert outcomes[0]["result"]["status"] == "TRIGGERED"


def test_existing_nested_execution_is_triggered(machine: Machine) -> None:
    name = f"test-{uuid.uuid4()}"
    client = machine.executions.client
    client.start_execution(stateMachineArn=NESTED, name=f"{name}-0", input="{}")
    described, outcomes = machine.run([trigger("step_function", Name=f"{name}-0"), trigger("sqs_mwaa")])
    assert described["status"] == "SUCCEEDED"
    assert outcomes[0] == {
        "index": 0,
        "id": "id-n",
        "type": "step_function",
        "name": "n",
        "result": {"status": "TRIGGERED", "id": f"{name}-0"},
    }


def test_a_nested_execution_gets_its_name_and_input(machine: Machine) -> None:
    _, outcomes = machine.run([trigger("sqs_mwaa"), trigger("step_function", Name="named-by-the-router")])
    nested = machine.engine.client("stepfunctions").describe_execution(executionArn=outcomes[1]["result"]["id"])
    assert nested["name"] == "named-by-the-router"
    assert json.loads(nested["input"]) == {"triggered_by_job": "j", "triggered_by_run_id": "r", "source_event": EVENT}


def test_missing_event_bus_is_triggered_as_on_aws(machine: Machine) -> None:
    described, outcomes = machine.run([trigger("eventbridge", EventBusName="nowhere")])
    assert described["status"] == "SUCCEEDED"
    assert outcomes[0]["result"]["status"] == "TRIGGERED"


def test_an_error_of_the_mwaa_function_keeps_its_name(machine: Machine) -> None:
    _, outcomes = machine.run([trigger("mwaa_dag", dag_id="nowhere"), trigger("mwaa_dag", environment_name="nowhere")])
    assert [one["error"]["Error"] for one in outcomes] == ["DagRunRejectedError"] * 2
    assert "answered 404 for DAG nowhere" in outcomes[0]["error"]["Cause"]
    assert "Check environment_name and region" in outcomes[1]["error"]["Cause"]
