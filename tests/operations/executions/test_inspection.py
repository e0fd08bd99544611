"""Everything about one event: executions, attempts of each trigger with their calls, batches, replays and states."""

from __future__ import annotations

import time
from typing import Any

import pytest

from local.engine.faults import Fault
from operations.executions.inspected import InspectedTrigger, Inspection
from operations.executions.inspection import client_of, find_names, inspect
from orchestration.errors import ExecutionLookupError, ReplayError
from orchestration.starting.executions import ExecutionClient
from tests.conftest import Router
from tests.local.helpers import CONFIG, FIVE, Event, record
from tests.state_machine.harness import shortened

GONE = {"type": "glue_job", "job_name": "gone", "id": "gone"}
ROWS = {"metrics": {"rows": [{"numeric": [">", 1_000_000_000]}]}}


def send(router: Router, body: dict[str, Any], **fields: Any) -> str:
    """Name of the event's first execution, after all its executions ended."""
    return str(record(router.invoke(body | {"$wait_seconds": 60} | fields))["executions"][0]["name"])


def attempts(trigger: InspectedTrigger) -> list[tuple[int, str]]:
    return [(run.number, run.status) for run in trigger.runs]


def by_id(found: Inspection) -> dict[str, InspectedTrigger]:
    return {trigger.id: trigger for trigger in found.triggers}


def test_started_event_has_runs_calls_and_pages(router: Router, event: Event, executions: ExecutionClient) -> None:
    name = send(router, event(job_run_id="inspected"))
    found = inspect(executions, name)
    assert (found.name, found.job_name, found.job_run_id, found.event_kind) == (
        name,
        "upstream",
        "inspected",
        "on_success",
    )
    assert found.arn == executions.settings.execution_arn(name)
    assert found.url.endswith(f"#/v2/executions/details/{found.arn}")
    assert found.config_source == router.simulator.stack.config_uri
    assert len(found.config_version) == 16
    assert (found.replay, found.skipped) == ("", [])
    assert found.event == {key: value for key, value in event(job_run_id="inspected").items() if key[0] != "$"}
    ((execution),) = found.executions
    assert (execution["name"], execution["status"]) == (name, "SUCCEEDED")
    assert execution["start"] <= execution["stop"]
    assert [trigger.type for trigger in found.triggers] == [one["type"] for one in FIVE]
    for trigger in found.triggers:
        assert attempts(trigger) == [(0, "TRIGGERED")]
        assert [call.error for call in trigger.runs[0].calls] == [""]
        assert trigger.batch == ""
    glue = found.triggers[0]
    assert (glue.name, glue.runs[0].id[:3], glue.runs[0].request["JobName"]) == ("job", "jr_", "job")
    assert glue.runs[0].url.endswith(f"#/job/job/run/{glue.runs[0].id}")


def test_every_replay_is_listed(router: Router, event: Event, executions: ExecutionClient) -> None:
    body = event(job_run_id="replayed-thrice")
    with router.config({"workflows": CONFIG["workflows"] | {"upstream": {"on_success": [FIVE[4], GONE]}}}):
        name = send(router, body)
        for _ in range(2):
            assert inspect(executions, name).replay == f"orchestrator replay {executions.settings.execution_arn(name)}"
            send(router, body, **{"$replay": {"of": name}})
    fixed = {"type": "glue_job", "job_name": "job", "id": "gone"}
    with router.config({"workflows": CONFIG["workflows"] | {"upstream": {"on_success": [FIVE[4], fixed]}}}):
        third = send(router, body, **{"$replay": {"of": name}})
    found = inspect(executions, name)
    gone = by_id(found)["gone"]
    assert attempts(gone) == [(0, "FAILED"), (1, "FAILED"), (2, "FAILED"), (3, "TRIGGERED")]
    assert [run.request["JobName"] for run in gone.runs] == ["gone"] * 3 + ["job"]
    assert (gone.runs[0].error, gone.runs[3].error) == ("Glue.EntityNotFoundException", "")
    assert len({run.execution for run in gone.runs}) == 4
    assert (gone.name, gone.status, found.replay) == ("gone", "TRIGGERED", "")
    assert [one["name"] for one in found.executions] == [name]
    assert found.executions[0]["error"] == "TriggersFailed"
    assert inspect(executions, third) == found


def test_rejected_trigger_has_its_declared_name(router: Router, event: Event, executions: ExecutionClient) -> None:
    found = inspect(executions, send(router, event(job_name="unresolved", job_run_id="1")))
    rejected, started = found.triggers
    assert (rejected.type, rejected.name, rejected.runs[0].error) == ("glue_job", "job", "ResolutionError")
    assert "'artifacts.nowhere'" in rejected.runs[0].cause
    assert (rejected.runs[0].calls, len(started.runs[0].calls)) == ([], 1)


def test_batches_have_their_executions_and_states(router: Router, event: Event, executions: ExecutionClient) -> None:
    name = send(router, event(job_name="two_batches", job_run_id="inspected"))
    found = inspect(executions, name)
    names = [one["name"] for one in found.executions]
    assert (names[0], len(names), len(set(names))) == (name, 3, 3)
    assert {one["status"] for one in found.executions} == {"SUCCEEDED"}
    assert len(found.triggers) == 41
    assert {trigger.runs[0].execution for trigger in found.triggers} == set(names[1:])
    assert [
        sum(trigger.batch == batch for trigger in found.triggers)
        for batch in dict.fromkeys(trigger.batch for trigger in found.triggers)
    ] == [40, 1]
    assert all(len(trigger.runs[0].calls) == 1 for trigger in found.triggers)
    sent = [count for state, count in found.states.items() if "SQS" in state or "queue" in state.lower()]
    assert [(count.entered, count.failed, count.retried) for count in sent] == [(41, 0, 0)]


@pytest.mark.slow
def test_retried_call_is_one_run_with_three_calls(router: Router, event: Event, executions: ExecutionClient) -> None:
    fault = Fault(status=400, code="InvalidParameterValue", times=2)
    with (
        router.config({"workflows": CONFIG["workflows"] | {"upstream": {"on_success": FIVE[4:]}}}),
        router.simulator.engine.patch_context.faults.inject("sqs.SendMessage", fault),
    ):
        found = inspect(executions, send(router, event(job_run_id="retried")))
    ((run,),) = (trigger.runs for trigger in found.triggers)
    assert [bool(call.error) for call in run.calls] == [True, True, False]
    assert [call.waited > 0 for call in run.calls] == [False, True, True]
    assert [(count.entered, count.failed, count.retried) for count in found.states.values() if count.retried] == [
        (1, 0, 1)
    ]


def test_run_that_was_looked_up_is_triggered(router: Router, event: Event, executions: ExecutionClient) -> None:
    """The answer of StartJobRun was lost. The second call is the look, which found the run."""
    lost = Fault(breaks="connection", takes_effect=True, times=1)
    with (
        router.config({"workflows": CONFIG["workflows"] | {"upstream": {"on_success": FIVE[:1]}}}),
        router.simulator.engine.patch_context.faults.inject("glue.StartJobRun", lost),
        shortened(),
    ):
        found = inspect(executions, send(router, event(job_run_id="looked-up")))
    (trigger,) = found.triggers
    (run,) = trigger.runs
    assert (run.status, run.id[:3], run.error) == ("TRIGGERED", "jr_", "")
    assert [call.error for call in run.calls] == ["Glue.SdkClientException", ""]
    assert found.states["Start Glue job run"].failed == 1
    assert (found.states["Look for the Glue job run"].failed, found.replay) == (0, "")


def test_batch_that_never_started_has_no_outcome(router: Router, event: Event, executions: ExecutionClient) -> None:
    fault = Fault(status=400, code="StateMachineDeleting")
    with router.simulator.engine.patch_context.faults.inject("sfn.StartExecution", fault):
        name = send(router, event(job_name="two_batches", job_run_id="lost"))
    found = inspect(executions, name)
    assert [one["status"] for one in found.executions] == ["FAILED", "NOT_STARTED", "NOT_STARTED"]
    assert {attempt for trigger in found.triggers for attempt in attempts(trigger)} == {(0, "NOT_STARTED")}
    assert found.triggers[0].runs[0].request["QueueUrl"]
    assert found.replay == ""


@pytest.mark.slow
def test_running_and_stopped_executions_have_no_outcome(
    router: Router, event: Event, executions: ExecutionClient
) -> None:
    engine = router.simulator.engine
    with engine.patch_context.faults.inject("glue.StartJobRun", Fault(delay=3)):
        name = record(router.invoke(event(job_run_id="stopped")))["executions"][0]["name"]
        glue = inspect(executions, name).triggers[0]
        assert attempts(glue) == [(0, "RUNNING")]
        arn = executions.settings.execution_arn(name)
        engine.client("stepfunctions").stop_execution(executionArn=arn)
        executions.wait(name, time.monotonic() + 30)
        assert attempts(inspect(executions, name).triggers[0]) == [(0, "UNKNOWN")]


def test_skipped_triggers_have_a_reason(router: Router, event: Event, executions: ExecutionClient) -> None:
    conditional = {**FIVE[0], "id": "rows", "when": ROWS}
    with router.config({"workflows": CONFIG["workflows"] | {"upstream": {"on_success": [conditional, FIVE[4]]}}}):
        found = inspect(executions, send(router, event(job_run_id="skipped")))
    assert [(skipped.id, skipped.type, skipped.name) for skipped in found.skipped] == [("rows", "glue_job", "job")]
    assert found.skipped[0].reason.startswith("metrics.rows: found ")
    assert [trigger.type for trigger in found.triggers] == ["sqs_mwaa"]


def test_names_of_a_run_need_no_search(router: Router, event: Event, executions: ExecutionClient) -> None:
    assert find_names(executions, "upstream", "twice") == []
    success = send(router, event(job_run_id="twice"))
    assert find_names(executions, "upstream", "twice") == [success]
    approval = send(router, event(job_run_id="twice", status=..., decision="APPROVED"))
    assert find_names(executions, "upstream", "twice") == [success, approval]
    assert find_names(executions, "twice", "upstream") == []


def test_foreign_or_missing_execution_is_refused(router: Router, executions: ExecutionClient) -> None:
    router.simulator.engine.client("stepfunctions").start_execution(
        stateMachineArn=router.simulator.stack.state_machine, name="by-hand", input="{}"
    )
    with pytest.raises(ReplayError, match="the router did not start it"):
        inspect(executions, "by-hand")
    with pytest.raises(ExecutionLookupError, match="cannot describe it"):
        inspect(executions, "nowhere")


def test_client_comes_from_an_arn_or_a_function(router: Router, environment: None) -> None:
    stack, region = router.simulator.stack, router.simulator.engine.region
    arn = f"{stack.state_machine.replace(':stateMachine:', ':execution:')}:e-1"
    for execution, function in ((arn, ""), (arn, stack.function), ("e-1", stack.function)):
        client, name = client_of(execution, function)
        assert (name, client.settings.region, client.settings.execution_arn("e-1")) == ("e-1", region, arn)
    assert client_of("", stack.function)[1] == ""
    with pytest.raises(ExecutionLookupError, match="execution 'e-1': expected an execution's ARN, or a name"):
        client_of("e-1", "")
