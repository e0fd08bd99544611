"""Writes the test cases for Step Functions Local from the registry: success, failure and retry of each type.

Every case has one trigger of each type. Step Functions Local numbers a state's responses by its attempts, so with one
item for each state the attempts are the retries. The embedded engine and a second interpreter run the same file.
Source: docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from orchestration.events import Delivery, read_event
from orchestration.settings import Settings
from orchestration.triggers import REGISTRY, Trigger
from orchestration.triggers.base import RequestContext
from orchestration.workflows import read_trigger

STATE_MACHINE = "downstream_orchestrator"

SAMPLE_EVENT: dict[str, Any] = {
    "event_type": "job_completed",
    "job_name": "transform_images",
    "job_run_id": "spark-application-0001",
    "status": "SUCCESS",
    "start_date": "2025-11-24T01:00Z",
    "end_date": "2025-11-24T01:15Z",
    "created_by": "jclark",
    "artifacts": {"output_path": "s3://bucket/output/path"},
    "metrics": {"records_written": 999000},
}

_SETTINGS = Settings(region="us-west-1")


@dataclass(frozen=True, slots=True)
class MockCase:
    """One test case.

    Attributes:
        name: name of the case in the file, and after ``#`` in the state machine's ARN.
        failing: types whose trigger ends FAILED; all others end TRIGGERED.
        responses: type to the responses of its Task: ``"0"`` or ``"0-2"`` to ``{"Return": ...}`` or ``{"Throw": ...}``.
    """

    name: str
    failing: frozenset[str]
    responses: dict[str, dict[str, Any]]


def cases() -> list[MockCase]:
    """Every case, in the registry's order."""
    good = {trigger.TYPE: _good(trigger) for trigger in REGISTRY}
    bad = {trigger.TYPE: _bad(trigger) for trigger in REGISTRY}
    made = [MockCase("AllStarted", frozenset(), good)]
    for trigger in REGISTRY:
        kind, name = trigger.TYPE, _camel(trigger.TYPE)
        made.append(MockCase(f"{name}Fails", frozenset({kind}), good | {kind: bad[kind]}))
        made.append(MockCase(f"{name}Retried", frozenset(), good | {kind: _retried(trigger)}))
        made += [
            MockCase(f"{name}StartedBefore", frozenset(), good | {kind: {"0": _throw(error)}})
            for error in trigger.INTEGRATION.already_started
        ]
    return [*made, MockCase("AllFail", frozenset(bad), bad)]


def build() -> dict[str, Any]:
    """The ``MockConfigFile.json``."""
    tests: dict[str, dict[str, str]] = {}
    responses: dict[str, dict[str, Any]] = {}
    for case in cases():
        tests[case.name] = {}
        for trigger in REGISTRY:
            response = case.responses[trigger.TYPE]
            key = f"{trigger.TYPE}-{_kind(response)}"
            responses[key] = response
            tests[case.name][trigger.INTEGRATION.state] = key
    return {"StateMachines": {STATE_MACHINE: {"TestCases": tests}}, "MockedResponses": responses}


def sample_input() -> dict[str, Any]:
    """An execution's input with one trigger of each type, from the types' examples."""
    event = read_event(Delivery(source="the sample event", body=SAMPLE_EVENT))
    items = []
    for position, trigger in enumerate(REGISTRY):
        example, problems = read_trigger(dict(trigger.EXAMPLE), trigger.TYPE, _SETTINGS)
        if example is None:
            raise ValueError(f"{trigger.TYPE}.EXAMPLE is invalid: {problems}")
        context = RequestContext(event=event, settings=_SETTINGS, downstream_run_id=f"sample-{position}")
        items.append({"type": trigger.TYPE, "name": example.target_name(), "request": example.request(context)})
    return {"event": event.fields, "triggers": items, "routing": {"event_kind": "on_success", "batch": "1/1"}}


def _good(trigger: type[Trigger]) -> dict[str, Any]:
    return {"0": {"Return": dict(trigger.INTEGRATION.sample)}}


def _bad(trigger: type[Trigger]) -> dict[str, Any]:
    """The error of a missing target, at every attempt if the Task retries it."""
    error = trigger.INTEGRATION.sample_error
    attempts = max((retry.max_attempts for retry in trigger.INTEGRATION.retries if error in retry.errors), default=0)
    return {f"0-{attempts}" if attempts else "0": _throw(error)}


def _retried(trigger: type[Trigger]) -> dict[str, Any]:
    """One error of the retrier with the shortest interval, then success."""
    retry = min(trigger.INTEGRATION.retries, key=lambda one: one.interval_seconds)
    return {"0": _throw(retry.errors[0]), "1": {"Return": dict(trigger.INTEGRATION.sample)}}


def _throw(error: str) -> dict[str, Any]:
    return {"Throw": {"Error": error, "Cause": f"mocked {error}"}}


def _kind(response: dict[str, Any]) -> str:
    errors: Iterable[str] = [
        answer["Throw"]["Error"].rpartition(".")[2] for answer in response.values() if "Throw" in answer
    ]
    return "-".join([*errors, *("started" for answer in response.values() if "Return" in answer)])


def _camel(kind: str) -> str:
    return "".join(part.capitalize() for part in kind.split("_"))
