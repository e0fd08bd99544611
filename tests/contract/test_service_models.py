"""Each service integration agrees with botocore's service model, which its author did not write."""

from __future__ import annotations

import botocore.session
import pytest

from orchestration.planning import batch
from orchestration.settings import Settings
from orchestration.triggers import BY_TYPE, REGISTRY, Trigger, WaitingTrigger
from orchestration.triggers.base import ServiceIntegration
from tests.contract.service_models import (
    operation,
    parameter_problems,
    result_path_problem,
    result_shape,
    value_problems,
)
from tests.contract.test_registry import each_type, example, file_of
from tests.trigger_types import TYPE_CASES


def problems(integration: ServiceIntegration, run_result: str = "") -> list[str]:
    """Differences between an integration and the models of its services."""
    call = operation(integration.resource)
    result = result_shape(integration, run_result)
    path = result_path_problem(integration.run_id_path, result)
    return [
        *parameter_problems(dict(integration.parameters), call.input_shape),
        *([f"run_id_path {path}"] if path else []),
        *value_problems(dict(integration.sample), result, "sample"),
    ]


@each_type
def test_integration_agrees_with_the_service_model(trigger: type[Trigger]) -> None:
    assert problems(trigger.INTEGRATION) == [], f"INTEGRATION in {file_of(trigger)}"


WAITING = [trigger for trigger in REGISTRY if issubclass(trigger, WaitingTrigger)]


@pytest.mark.parametrize("trigger", WAITING, ids=[trigger.TYPE for trigger in WAITING])
def test_run_agrees_with_the_service_model(trigger: type[WaitingTrigger]) -> None:
    run_result = TYPE_CASES[trigger.TYPE].run_result
    assert run_result, f"add run_result to tests/trigger_types/{trigger.TYPE}.py"
    assert problems(trigger.RUN, run_result) == [], f"RUN in {file_of(trigger)}"
    shape = result_shape(trigger.RUN, run_result)
    for key, path in trigger.RUN_RESULT.items():
        if key.endswith(".$"):
            assert result_path_problem(str(path), shape) == "", f"RUN_RESULT in {file_of(trigger)}"
    if trigger.LOOK_UP is not None:
        assert problems(trigger.LOOK_UP.describe) == [], f"LOOK_UP in {file_of(trigger)}"


def test_integration_of_batches_agrees_with_the_service_model() -> None:
    assert problems(batch.INTEGRATION) == []


GLUE = BY_TYPE["glue_job"].INTEGRATION
WRONG = {
    "run id path of a field that does not exist": (
        GLUE._replace(run_id_path="$.RunId", sample={"JobRunId": "jr_0"}),
        ["run_id_path $.RunId: the result has no RunId"],
    ),
    "run id path and sample invented together": (
        GLUE._replace(run_id_path="$.RunId", sample={"RunId": "jr_0"}),
        ["run_id_path $.RunId: the result has no RunId", "sample.RunId: the result has no such field"],
    ),
    "run id path of an object": (
        BY_TYPE["eventbridge"].INTEGRATION._replace(run_id_path="$.Entries[0]", sample={}),
        ["run_id_path $.Entries[0]: expected text, found a structure"],
    ),
    "parameter of another operation": (
        GLUE._replace(parameters={"JobName.$": "$.request.JobName", "Args.$": "$.request.Arguments"}),
        ["Parameters.Args.$: the operation has no such parameter"],
    ),
    "missing parameter": (GLUE._replace(parameters={}), ["Parameters.JobName: required"]),
    "number in the sample": (
        GLUE._replace(sample={"JobRunId": 7}),
        ["sample.JobRunId: expected string, found 7"],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_integration_is_found(name: str) -> None:
    integration, expected = WRONG[name]
    assert problems(integration) == expected


def test_operation_that_does_not_exist_is_found() -> None:
    with pytest.raises(AssertionError, match="glue has no operation BeginJobRun"):
        operation("glue:beginJobRun")


@each_type
def test_question_of_doctor_agrees_with_the_service_model(trigger: type[Trigger]) -> None:
    settings = Settings(region="us-west-1", mwaa_trigger_queue_url="https://sqs.us-west-1.amazonaws.com/1/q")
    question = example(trigger).question(settings)
    session = botocore.session.Session()
    assert question.service in session.get_available_services(), f"question() in {file_of(trigger)}"
    client = session.create_client(question.service, region_name="us-west-1")
    name = client.meta.method_to_api_mapping.get(question.operation)
    assert name, f"question() in {file_of(trigger)}: the client has no method {question.operation}"
    model = client.meta.service_model.operation_model(name)
    assert set(question.parameters) <= set(model.input_shape.members), f"question() in {file_of(trigger)}"
    assert set(model.input_shape.required_members) <= set(question.parameters), f"question() in {file_of(trigger)}"
    codes = {shape.error_code for shape in client.meta.service_model.error_shapes}
    assert codes & set(question.missing), f"question() in {file_of(trigger)}: `missing` has no error of the service"
