"""Triggers that wait for their run: one that fails, never ends or returns 256 KiB affects no other trigger.

Each execution of the engine runs again on the second interpreter, with the same results of the services.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from local.engine.engine import Engine
from local.engine.faults import Fault
from local.engine.invocation import Invocation
from local.simulation.result import Simulation, TriggerResult
from local.simulation.simulator import Simulator
from orchestration.event.identity import downstream_run_id, execution_name
from orchestration.starting.executions import ExecutionClient
from orchestration.starting.outcomes import to_json
from tests.node_programs import NodeProgram, missing, running
from tests.state_machine.harness import ENDLESS, script_of, shortened

REGION, ACCOUNT = "us-west-1", "123456789012"
NESTED = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nested"
TIMEOUT = 3.0
OTHERS = [
    {"type": "glue_job", "id": "glue", "job_name": "plain"},
    {"type": "eventbridge", "id": "bus", "detail_type": "d", "source": "s"},
    {"type": "sqs_mwaa", "id": "dag", "dag_id": "d"},
    {"type": "mwaa_dag", "id": "rest", "environment_name": "e", "dag_id": "d"},
]
GLUE = {"type": "glue_job", "id": "waits", "job_name": "load", "wait": True}
EXECUTION = {"type": "step_function", "id": "waits", "arn": NESTED, "wait": True}
PUBLISHED = {"publish": True, "publish_as": "loaded"}
KIB = 1024


class Stack:
    """The local stack, the second interpreter, and what the tests need to know of an event."""

    def __init__(self, engine: Engine, second: NodeProgram | None) -> None:
        self.engine, self.second = engine, second
        self.nested(_succeed({"images": 5}))
        self.simulator = Simulator.deploy(engine, _document([GLUE, EXECUTION, *OTHERS]))
        self.client = engine.client("stepfunctions")
        self.executions = ExecutionClient(self.client, self.simulator.settings)
        self.definition = json.loads(
            self.client.describe_state_machine(stateMachineArn=self.simulator.stack.state_machine)["definition"]
        )

    def nested(self, definition: dict[str, Any]) -> None:
        """Create the target of ``EXECUTION``, or replace its definition."""
        client, text = self.engine.client("stepfunctions"), json.dumps(definition)
        if NESTED in [one["stateMachineArn"] for one in client.list_state_machines()["stateMachines"]]:
            client.update_state_machine(stateMachineArn=NESTED, definition=text)
        else:
            client.create_state_machine(name="nested", definition=text, roleArn=f"arn:aws:iam::{ACCOUNT}:role/r")

    def publish(self, *triggers: dict[str, Any], **fields: Any) -> Simulation:
        """Publish an event of the job ``up`` with these triggers."""
        self.simulator.replace_config(_document([*triggers, *OTHERS]))
        event = {"job_name": "up", "job_run_id": str(uuid.uuid4()), "status": "SUCCESS"} | fields
        simulation = self.simulator.publish(json.dumps(event))
        assert simulation.status == "STARTED", simulation
        for execution in simulation.executions:
            self.compare(execution.name)
        return simulation

    def compare(self, name: str) -> None:
        """The second interpreter ends alike, given the results that the Tasks received."""
        if self.second is None:
            return
        execution = self.executions.describe(name)
        arn = self.simulator.settings.execution_arn(name)
        history = self.client.get_execution_history(executionArn=arn)["events"]
        answer = self.second.ask(
            {
                "definition": self.definition,
                "input": execution.input.to_json(),
                "context": {
                    "Execution": {"Id": arn, "Name": name, "StartTime": execution.start},
                    "State": {"EnteredTime": execution.start},
                },
                "script": script_of(history),
            }
        )
        assert (answer["status"], answer["error"]) == (execution.status, execution.error), answer
        assert answer["outcomes"] == to_json(self.executions.outcomes(execution))

    def routed(self) -> Invocation:
        """The router's invocation for the event that the state machine published last."""
        time.sleep(0.1)
        self.engine.runtime.drain()
        for one in reversed(self.engine.runtime.invocations):
            if (
                one.function == self.simulator.stack.function
                and "created_by" in one.event["Records"][0]["Sns"]["Message"]
            ):
                return one
        raise LookupError("the state machine published nothing")

    def published(self) -> dict[str, Any]:
        """The event that the state machine published last."""
        event: dict[str, Any] = json.loads(self.routed().event["Records"][0]["Sns"]["Message"])
        return event


def _document(triggers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"workflows": {"up": {"on_success": triggers}}}


def _succeed(output: Any) -> dict[str, Any]:
    return {"StartAt": "S", "States": {"S": {"Type": "Pass", "Result": output, "End": True}}}


FAIL = {"StartAt": "S", "States": {"S": {"Type": "Fail", "Error": "BadData", "Cause": "column x is missing"}}}
NEVER = {"StartAt": "S", "States": {"S": {"Type": "Wait", "Seconds": ENDLESS, "Next": "E"}, "E": {"Type": "Succeed"}}}


@pytest.fixture(scope="module")
def second() -> Iterator[NodeProgram | None]:
    if missing() and os.environ.get("CI") != "true":
        yield None
        return
    with running("interpret.mjs") as program:
        yield program


@pytest.fixture(scope="module")
def stack(engine: Engine, second: NodeProgram | None) -> Iterator[Stack]:
    made = Stack(engine, second)
    for trigger in (GLUE, EXECUTION):  # cold clients take longer than the shortened timeout
        made.publish({**trigger, **PUBLISHED})
    with shortened(TIMEOUT, pause=600):  # Wait states wait: a nested execution that never ends consists of one
        yield made


@pytest.fixture(autouse=True)
def _successful_runs(stack: Stack) -> Iterator[None]:
    yield
    stack.engine.patch_context.job_runs.clear()
    stack.nested(_succeed({"images": 5}))


def waiting_one(simulation: Simulation) -> TriggerResult:
    """The result of the trigger that waits, after checking the four others."""
    others = {one.trigger_id: one.status for one in simulation.triggers if one.trigger_id != "waits"}
    assert others == dict.fromkeys(("glue", "bus", "dag", "rest"), "TRIGGERED")
    first, *_ = simulation.executions
    assert first.execution_status == "SUCCEEDED"
    (found,) = (one for one in simulation.triggers if one.trigger_id == "waits")
    return found


@pytest.mark.parametrize("trigger", [GLUE, EXECUTION], ids=["glue_job", "step_function"])
def test_run_that_succeeds_is_triggered(stack: Stack, trigger: dict[str, Any]) -> None:
    found = waiting_one(stack.publish(trigger))
    assert found.status == "TRIGGERED"
    assert found.id.startswith("jr_" if trigger is GLUE else "arn:aws:states:")


@pytest.mark.parametrize("state", ["FAILED", "TIMEOUT", "STOPPED", "ERROR"])
def test_job_run_that_fails_has_its_own_error(stack: Stack, state: str) -> None:
    stack.engine.patch_context.job_runs["load"] = {"JobRunState": state, "ErrorMessage": "column x is missing"}
    simulation = stack.publish(GLUE)
    found = waiting_one(simulation)
    assert found.status == "FAILED"
    batch = simulation.executions[1]
    assert (batch.execution_status, batch.error) == ("FAILED", "TriggersFailed")
    assert "orchestrator replay" in batch.cause
    if state == "STOPPED":  # moto returns it as a result, and so may AWS
        assert found.error == "RunFailed"
        assert "ended STOPPED" in batch.cause
    else:
        assert found.error == "States.TaskFailed"
        assert "column x is missing" in batch.cause


def test_nested_execution_that_fails_has_its_own_error(stack: Stack) -> None:
    stack.nested(FAIL)
    simulation = stack.publish(EXECUTION)
    found = waiting_one(simulation)
    assert (found.status, found.error) == ("FAILED", "States.TaskFailed")
    assert "BadData" in simulation.executions[1].cause
    assert "column x is missing" in simulation.executions[1].cause


@pytest.mark.slow
@pytest.mark.parametrize("trigger", [GLUE, EXECUTION], ids=["glue_job", "step_function"])
def test_run_that_never_ends_holds_up_no_other(stack: Stack, trigger: dict[str, Any]) -> None:
    stack.engine.patch_context.job_runs["load"] = {"JobRunState": "RUNNING"}
    stack.nested(NEVER)
    simulation = stack.publish(trigger)
    found = waiting_one(simulation)
    assert (found.status, found.error) == ("FAILED", "States.Timeout")
    event, batch = (stack.executions.describe(one.name) for one in simulation.executions)
    assert event.stop < batch.stop


@pytest.mark.slow
@pytest.mark.parametrize("size", [100 * KIB, 200 * KIB, 254 * KIB, 256 * KIB - 2], ids=lambda size: f"{size // KIB}K")
def test_large_output_fails_no_other(stack: Stack, size: int) -> None:
    stack.nested(_succeed("x" * (size - 2)))
    found = waiting_one(stack.publish({**EXECUTION, **PUBLISHED}))
    assert found.status == "TRIGGERED"
    assert stack.published()["job_run_id"] == found.id
    assert stack.published()["artifacts"] == {}


def test_success_is_published_in_the_specified_shape(stack: Stack) -> None:
    found = waiting_one(stack.publish({**GLUE, **PUBLISHED}, hops=3))
    event = stack.published()
    assert event.pop("start_date") < event.pop("end_date")
    run = event.pop("triggered_by_run_id")
    assert run
    assert event == {
        "event_type": "job_completed",
        "job_name": "loaded",
        "job_run_id": found.id,
        "status": "SUCCESS",
        "created_by": "downstream-orchestrator",
        "triggered_by_job": "up",
        "hops": 4,
        "artifacts": {},
        "metrics": {},
    }
    (record,) = stack.routed().result["records"]
    assert record["reason"] == "the configuration has no workflow for job 'loaded'"


@pytest.mark.parametrize(
    ("output", "artifacts"),
    [
        ({"images": 5, "path": 's3://b/"quoted"'}, {"images": 5, "path": 's3://b/"quoted"'}),
        ({}, {}),
        ([1], {}),
        ([], {}),
        ("{text}", {}),
        ("", {}),
        (7, {}),
        (True, {}),
    ],
    ids=str,
)
def test_object_output_becomes_the_artifacts(stack: Stack, output: Any, artifacts: Any) -> None:
    stack.nested(_succeed(output))
    found = waiting_one(stack.publish({**EXECUTION, **PUBLISHED}))
    assert found.status == "TRIGGERED"
    assert stack.published()["artifacts"] == artifacts


def test_event_too_large_for_sns_is_published_without_artifacts(stack: Stack) -> None:
    fault = Fault(status=400, code="InvalidParameter", times=1)
    with stack.engine.patch_context.faults.inject("sns.Publish", fault):
        waiting_one(stack.publish({**EXECUTION, **PUBLISHED}))
    assert stack.published()["artifacts"] == {}


def test_publish_is_repeated_after_errors(stack: Stack) -> None:
    with stack.engine.patch_context.faults.inject("sns.Publish", Fault(status=500, code="InternalError", times=3)):
        found = waiting_one(stack.publish({**GLUE, **PUBLISHED}))
    assert found.status == "TRIGGERED"
    assert stack.published()["job_run_id"] == found.id


def test_unpublished_success_says_that_the_run_succeeded(stack: Stack) -> None:
    with stack.engine.patch_context.faults.inject("sns.Publish", Fault(status=404, code="NotFound")):
        found = waiting_one(stack.publish({**GLUE, **PUBLISHED}))
    assert (found.status, found.error) == ("FAILED", "PublishFailed")
    assert "succeeded, but its event was not published: SNS.NotFoundException" in found.cause
    assert "a nested execution is published again, not started again" in found.cause


def test_execution_that_started_before_is_followed_to_its_end(stack: Stack) -> None:
    """The answer of StartExecution was lost, so the repeated call finds the name taken."""
    run = str(uuid.uuid4())
    name = downstream_run_id(execution_name("on_success", "up", run), "waits")
    stack.client.start_execution(stateMachineArn=NESTED, name=name, input="{}")
    found = waiting_one(stack.publish({**EXECUTION, **PUBLISHED}, job_run_id=run))
    assert (found.status, found.id) == ("TRIGGERED", f"{NESTED.replace(':stateMachine:', ':execution:')}:{name}")
    assert stack.published()["artifacts"] == {"images": 5}


def test_lost_answer_of_a_start_is_followed_to_its_end(stack: Stack) -> None:
    stack.nested(_succeed({"images": 5}))
    run, starts = str(uuid.uuid4()), list[str]()

    def first_of_the_target(body: str) -> Fault | None:
        if f'"{NESTED}"' not in body:
            return None  # the execution that waits
        starts.append(body)
        return Fault(takes_effect=True, breaks="connection") if len(starts) == 1 else None

    with stack.engine.patch_context.faults.inject("sfn.StartExecution", first_of_the_target):
        triggered = waiting_one(stack.publish({**EXECUTION, **PUBLISHED}, job_run_id=run))
    name = downstream_run_id(execution_name("on_success", "up", run), "waits")
    arn = f"{NESTED.replace(':stateMachine:', ':execution:')}:{name}"
    assert (triggered.status, triggered.id, len(starts)) == ("TRIGGERED", arn, 2)


def test_failed_execution_that_started_before_is_a_failure(stack: Stack) -> None:
    stack.nested(FAIL)
    run = str(uuid.uuid4())
    name = downstream_run_id(execution_name("on_success", "up", run), "waits")
    stack.client.start_execution(stateMachineArn=NESTED, name=name, input="{}")
    found = waiting_one(stack.publish(EXECUTION, job_run_id=run))
    assert (found.status, found.error) == ("FAILED", "RunFailed")
    assert found.cause.endswith("ended FAILED")
