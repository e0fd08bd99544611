"""Writes the test cases for Step Functions Local from the registry: success, failure and retry of each type.

Every case has one trigger of each type. Step Functions Local numbers a state's responses by its attempts, so with one
item for each state the attempts are the retries. The embedded engine and a second interpreter run the same file.
Source: docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html.
"""

from __future__ import annotations

from dataclasses import dataclass

from builder.machine.integrations import INTEGRATIONS, variants
from orchestration.configuration.trigger_reader import read_trigger
from orchestration.configuration.workflows import ConfiguredTrigger
from orchestration.event.identity import BATCH_PREFIX, batch_name, downstream_run_id
from orchestration.event.job_event import Delivery, read_event
from orchestration.input.execution_input import ExecutionInput
from orchestration.input.item import Batch
from orchestration.input.routing import Routing
from orchestration.planning.items import build_item
from orchestration.settings import Settings
from orchestration.triggers import REGISTRY
from orchestration.triggers.base import RequestContext, ServiceIntegration
from orchestration.values.strictjson import JsonObject

STATE_MACHINE = "downstream_orchestrator"
_STATE_MACHINE_ARN = f"arn:aws:states:us-west-1:123456789012:stateMachine:{STATE_MACHINE}"

SAMPLE_EVENT: JsonObject = {
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
    responses: dict[str, JsonObject]


def cases() -> list[MockCase]:
    """Every case, in the registry's order."""
    good = {kind: _good(integration) for kind, integration in INTEGRATIONS.items()}
    bad = {kind: _bad(integration) for kind, integration in INTEGRATIONS.items()}
    made = [MockCase("AllStarted", frozenset(), good)]
    for kind, integration in INTEGRATIONS.items():
        name = _camel(kind)
        made.append(MockCase(f"{name}Fails", frozenset({kind}), good | {kind: bad[kind]}))
        made.append(MockCase(f"{name}Retried", frozenset(), good | {kind: _retried(integration)}))
        made += [
            MockCase(f"{name}StartedBefore", frozenset(), good | {kind: {"0": _throw(error)}})
            for error in integration.already_started
        ]
    return [*made, MockCase("AllFail", frozenset(bad), bad)]


def build() -> JsonObject:
    """The ``MockConfigFile.json``."""
    tests: JsonObject = {}
    responses: JsonObject = {}
    for case in cases():
        keys: JsonObject = {}
        for kind, integration in INTEGRATIONS.items():
            response = case.responses[kind]
            key = f"{kind}-{_kind(response)}"
            responses[key] = response
            keys |= {variant.state: key for _, variant in variants(integration)}
        tests[case.name] = keys
    return {"StateMachines": {STATE_MACHINE: {"TestCases": tests}}, "MockedResponses": responses}


def sample_input() -> ExecutionInput:
    """An execution's input with one item of each type, from the types' examples."""
    event = read_event(Delivery(source="the sample event", body=SAMPLE_EVENT))
    items = []
    for trigger in REGISTRY:
        example, problems = read_trigger(dict(trigger.EXAMPLE), trigger.TYPE, _SETTINGS)
        if example is None:
            raise ValueError(f"{trigger.TYPE}.EXAMPLE is invalid: {problems}")
        context = RequestContext(
            event=event, settings=_SETTINGS, downstream_run_id=downstream_run_id("sample", example.id)
        )
        items.append(build_item(ConfiguredTrigger(example.id, example), context))
    routing = Routing(event_kind="on_success", part="1/1")
    batch = Batch(
        id=f"{BATCH_PREFIX}1",
        name="batch 1 of 1, 1 triggers",
        start_arn=_STATE_MACHINE_ARN,
        execution=batch_name("sample", 1),
        items=(items[0],),
        routing=routing.of_batch("1/1", "sample"),
    )
    return ExecutionInput(event=event.fields, items=(*items, batch), routing=routing)


def _good(integration: ServiceIntegration) -> JsonObject:
    return {"0": {"Return": dict(integration.sample)}}


def _bad(integration: ServiceIntegration) -> JsonObject:
    """The error of a missing target, at every attempt if the Task retries it."""
    error = integration.sample_error
    attempts = max((retry.max_attempts for retry in integration.retries if error in retry.errors), default=0)
    return {f"0-{attempts}" if attempts else "0": _throw(error)}


def _retried(integration: ServiceIntegration) -> JsonObject:
    """One error of the retrier with the shortest interval, then success."""
    retry = min(integration.retries, key=lambda one: one.interval_seconds)
    return {"0": _throw(retry.errors[0]), "1": {"Return": dict(integration.sample)}}


def _throw(error: str) -> JsonObject:
    return {"Throw": {"Error": error, "Cause": f"mocked {error}"}}


def _kind(response: JsonObject) -> str:
    """Names of the errors, and of the success, in the order of the attempts."""
    errors: list[str] = []
    starts: list[str] = []
    for answer in response.values():
        if isinstance(answer, dict):
            thrown = answer.get("Throw")
            errors += [str(thrown["Error"]).rpartition(".")[2]] if isinstance(thrown, dict) else []
            starts += ["started"] if "Return" in answer else []
    return "-".join([*errors, *starts])


def _camel(kind: str) -> str:
    return "".join(part.capitalize() for part in kind.split("_"))
