"""The committed definition, state by state, as inputs of the TestState API.

Source: docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from builder.machine import mocks
from builder.machine.definition import render
from builder.machine.integrations import INTEGRATIONS, LOOK_UPS, variants
from orchestration.triggers.base import ServiceIntegration

ROLE = "arn:aws:iam::123456789012:role/not-assumed"
DEFINITION = json.loads(
    render(
        (Path(__file__).parents[2] / "statemachines" / "downstream_orchestrator.asl.json").read_text(),
        {
            "glue_run_function_arn": "arn:aws:lambda:us-west-1:123456789012:function:glue-run",
            "mwaa_dag_function_arn": "arn:aws:lambda:us-west-1:123456789012:function:mwaa-dag",
        },
    )
)
STATES = {**DEFINITION["States"], **DEFINITION["States"]["Start every trigger"]["ItemProcessor"]["States"]}
CONTEXT = {
    "Execution": {
        "Id": "arn:aws:states:us-west-1:123456789012:execution:machine:name",
        "Name": "name",
        "RoleArn": ROLE,
        "StartTime": "2026-01-01T00:00:00Z",
        "Input": {},
    },
    "State": {"Name": "name", "EnteredTime": "2026-01-01T00:00:00Z", "RetryCount": 0},
    "StateMachine": {"Id": "arn:aws:states:us-west-1:123456789012:stateMachine:machine", "Name": "machine"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCase:
    """One call of TestState, and what must come of it.

    Attributes:
        retries: how often the state was retried before.
        output: the exact output, or None where it is not looked at.
    """

    id: str
    state: str
    given: Any
    status: str
    following: str = ""
    mock: dict[str, Any] | None = None
    retries: int = 0
    output: Any = None

    def request(self) -> dict[str, Any]:
        """Arguments of ``boto3.client("stepfunctions").test_state``."""
        arguments: dict[str, Any] = {
            "definition": json.dumps(STATES[self.state]),
            "roleArn": ROLE,
            "input": json.dumps(self.given),
            "context": json.dumps(CONTEXT),
            "inspectionLevel": "DEBUG",
        }
        if self.mock is not None:
            arguments["mock"] = self.mock
        if self.retries or "errorOutput" in (self.mock or {}):
            arguments["stateConfiguration"] = {"retrierRetryCount": self.retries}
        return arguments


SAMPLE: Any = mocks.sample_input().to_json()


def cases() -> Iterator[StateCase]:
    """Every case: each type's Task, the Choices, and the states that record and explain failures."""
    for index, item in enumerate(SAMPLE["triggers"]):
        outcome = {"index": index, "id": item["id"], "type": item["type"], "name": item["name"]}
        _, integration = variants(INTEGRATIONS[item["type"]])[0]  # the sample sets every field
        yield from _task(
            item["type"], integration, {"event": mocks.SAMPLE_EVENT, "request": item["request"], "outcome": outcome}
        )
    yield from _glue()
    yield from _other()


def _task(kind: str, integration: ServiceIntegration, given: dict[str, Any]) -> Iterator[StateCase]:
    yield StateCase(
        id=f"{kind}-chosen",
        state="Which type of trigger?",
        given=given,
        status="SUCCEEDED",
        following=integration.state,
    )
    sample = {"result": json.dumps(integration.sample), "fieldValidationMode": "PRESENT"}
    task = StateCase(id=f"{kind}-started", state=integration.state, given=given, status="SUCCEEDED", mock=sample)
    yield task
    caught = replace(task, status="CAUGHT_ERROR", following="Record failure")
    for retry in integration.retries:
        error = retry.errors[0]
        yield replace(task, id=f"{kind}-{error}-retried", status="RETRIABLE", mock=_error(error))
        yield replace(caught, id=f"{kind}-{error}-used-up", mock=_error(error), retries=retry.max_attempts)
    ambiguous = replace(caught, following=LOOK_UPS[kind].wait_state) if kind in LOOK_UPS else caught
    for error in ("States.Timeout", "Unheard.OfException"):
        retried = any(error in retry.errors for retry in integration.retries)
        ends = replace(task, status="RETRIABLE") if retried else ambiguous
        yield replace(ends, id=f"{kind}-{error}", mock=_error(error))
    for error in integration.already_started:
        following = f"{integration.state}: it was started already"
        yield replace(caught, id=f"{kind}-{error}", mock=_error(error), following=following)


def _glue() -> Iterator[StateCase]:
    """The states after an ambiguous error of StartJobRun."""
    error = {"Error": "Glue.InternalServiceException", "Cause": "no answer"}
    item = SAMPLE["triggers"][0]
    outcome = {"index": 0, "id": item["id"], "type": item["type"], "name": item["name"]}
    request = {key: value for key, value in item["request"].items() if key in ("JobName", "Arguments")}
    given = {"event": error, "request": request, "outcome": outcome}
    again = given | {"request": {**request, "look_for": [{**request, "since": "2026-01-01T00:00:00Z"}]}}
    integration, look_up = INTEGRATIONS["glue_job"], LOOK_UPS["glue_job"]
    started = {"result": json.dumps(integration.sample), "fieldValidationMode": "PRESENT"}
    found = {"result": json.dumps(look_up.look.sample), "fieldValidationMode": "PRESENT"}
    done = StateCase(id="", state=integration.state, given=given, status="SUCCEEDED")
    yield replace(done, id="glue-plain-started", mock=started)
    choice = "Which type of trigger?"
    yield replace(done, id="glue-plain-chosen", state=choice, following=integration.state)
    yield replace(done, id="glue-look-first-chosen", state=choice, given=again, following=look_up.look_first.state)
    yield replace(done, id="glue-waited", state=look_up.wait_state, following=look_up.look.state)
    first = "Which way to start the Glue job run?"
    unknown, absent = look_up.unknown_state, "Was the start refused before?"
    for look, each, following in ((look_up.look, given, absent), (look_up.look_first, again, first)):
        yield replace(done, id=f"{look.state}-found", state=look.state, given=each, mock=found)
        caught = StateCase(id="", state=look.state, given=each, status="CAUGHT_ERROR", retries=1)
        for name, after in (
            ("GlueRunAbsentError", following),
            ("GlueRunUnknown", "Record failure"),
            ("Un.heard", unknown),
        ):
            yield replace(caught, id=f"{look.state}-{name}", mock=_error(name), following=after)
    yield replace(done, id="glue-way", state=first, following=integration.state)
    looked = given | {"look": {"Error": "GlueRunsUnavailableError", "Cause": "busy"}}
    yield replace(done, id="glue-unknown", state=unknown, given=looked, following="Record failure")
    pause = "Wait before the next start"
    for count, state in ((0, "once"), (1, "again"), (2, "too often")):
        refused = given | ({"refused": {"count": count, "seconds": 1}} if count else {})
        noted = f"{look_up.refused_state} {state}"
        after = pause if state != "too often" else "Record failure"
        yield replace(done, id=f"glue-refused-{count}", state=absent, given=refused, following=noted)
        yield replace(done, id=f"glue-refused-{state}", state=noted, given=refused, following=after)
    paused = given | {"refused": {"count": 1, "seconds": 1}}
    yield replace(done, id="glue-paused", state=pause, given=paused, following=first)


def _error(name: str) -> dict[str, Any]:
    return {"errorOutput": {"error": name, "cause": "mocked"}}


def _other() -> Iterator[StateCase]:
    outcome = {"index": 0, "id": "a1b2c3d4", "type": "rejected", "name": "n"}
    error = {"Error": "ResolutionError", "Cause": "no such field"}
    rejected = {"event": {}, "request": error, "outcome": outcome}
    failed = {**outcome, "error": error, "result": {"status": "FAILED"}}
    silent = {**outcome, "error": {"Error": "States.Timeout"}, "result": {"status": "FAILED"}}
    good = {
        "index": 1,
        "id": "e5f6a7b8",
        "type": "glue_job",
        "name": "g",
        "result": {"status": "TRIGGERED", "id": "jr_1"},
    }
    choice, unknown = "Which type of trigger?", {**rejected, "outcome": {**outcome, "type": "not_a_type"}}
    chosen = StateCase(id="", state=choice, given=rejected, status="SUCCEEDED")
    yield replace(chosen, id="rejected-chosen", following="Note why the trigger was rejected")
    yield replace(chosen, id="unknown-chosen", given=unknown, following="Note unknown trigger type")
    yield StateCase(
        id="rejected-noted",
        state="Note why the trigger was rejected",
        given=rejected,
        status="SUCCEEDED",
        following="Record failure",
        output={**rejected, "outcome": {**outcome, "error": error}},
    )
    yield StateCase(
        id="failure-recorded",
        state="Record failure",
        given={**rejected, "outcome": {**outcome, "error": error}},
        status="SUCCEEDED",
        output=failed,
    )
    verdict, collect = "Did every trigger start?", "Collect failed triggers"
    for given, following in (
        ({"any_failed": False}, "All triggers started"),
        ({"any_failed": True}, collect),
        ({}, collect),
    ):
        judged = {"outcomes": [], **given}
        name = json.dumps(given)
        yield StateCase(id=f"verdict-{name}", state=verdict, given=judged, status="SUCCEEDED", following=following)
    for name, outcomes in (("one", [failed, good]), ("all", [failed] * 3), ("without-a-cause", [silent, good])):
        total, lost = len(outcomes), [one for one in outcomes if "error" in one]
        yield StateCase(
            id=f"collect-{name}",
            state=collect,
            given={"outcomes": outcomes, "any_failed": True},
            status="SUCCEEDED",
            following="Explain which triggers failed",
            output={"total": total, "failed": lost},
        )
        yield StateCase(
            id=f"explain-{name}",
            state="Explain which triggers failed",
            given={"total": total, "failed": lost},
            status="SUCCEEDED",
            following="Some triggers failed",
        )
    yield StateCase(
        id="fail", state="Some triggers failed", given={"error": "TriggersFailed", "cause": "c"}, status="FAILED"
    )
