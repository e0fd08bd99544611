"""Every error name of the registry has evidence, and no name is retried against its decision."""

from __future__ import annotations

import json
from collections.abc import Iterator

from builder.generated_files import DEFINITION, WAITING, artifacts
from builder.pages import error_names
from orchestration.triggers import REGISTRY
from orchestration.values.strictjson import Json


def test_every_grade_is_explained() -> None:
    assert {evidence.grade for evidence in error_names.NAMES.values()} <= set(error_names.GRADES)


def test_every_generated_name_has_evidence() -> None:
    """The facet ERROR_NAMES of a type has the evidence of its names (test_registry.py names the file of a missing one)."""
    page = artifacts()["docs/error-names.md"]
    assert [line for line in page.splitlines() if line.endswith("| none |")] == []


def test_name_of_a_new_trigger_type_is_listed_without_evidence() -> None:
    states = {"S": {"Type": "Task", "Retry": [{"ErrorEquals": ["Glue.Surprise"], "MaxAttempts": 1}]}}
    page = error_names.build({"a.asl.json": json.dumps({"States": states})})
    assert "| `Glue.Surprise` | see docs/triggers.md | yes | none |" in page


def test_names_that_are_not_retried_are_in_no_retrier() -> None:
    texts = artifacts()
    found = set(error_names.used([json.loads(texts[DEFINITION]), json.loads(texts[WAITING])]))
    refused = {name for name, one in error_names.NAMES.items() if one.decision.startswith("Not retried")}
    assert refused
    assert not found & refused


def test_base_class_of_a_service_without_tokens_is_never_retried() -> None:
    """The base class covers failures after which the target may have started. The list is hand-written."""
    for kind, base in (
        ("glue_job", "Glue.AWSGlueException"),
        ("step_function", "StepFunctions.AWSStepFunctionsException"),
    ):
        (trigger,) = (one for one in REGISTRY if kind == one.TYPE)
        assert base not in [error for retry in trigger.INTEGRATION.retries for error in retry.errors]


def test_optimized_integration_waits_for_no_name_of_sdk_2() -> None:
    """The clients of Glue and EventBridge in the AWS SDK for Java 1 register no ThrottlingException."""
    texts = artifacts()
    for name in (DEFINITION, WAITING):
        for resource, errors in retried_errors(json.loads(texts[name])):
            if ":aws-sdk:" not in resource:
                assert not {"Glue.ThrottlingException", "EventBridge.ThrottlingException"} & set(errors), resource


def retried_errors(states: Json) -> Iterator[tuple[str, list[str]]]:
    """The resource and the retried error names of every Task."""
    if isinstance(states, list):
        for state in states:
            yield from retried_errors(state)
    elif isinstance(states, dict):
        retriers = states.get("Retry")
        if isinstance(retriers, list):
            yield str(states["Resource"]), list(error_names.used(retriers))
        for state in states.values():
            yield from retried_errors(state)


def test_names_of_recorded_answers_have_that_grade() -> None:
    for name in (
        "DagRunRejectedError",
        "EventBridge.FailedEntry",
        "Lambda.ResourceNotFoundException",
        "SNS.InvalidParameterException",
        "SQS.SdkClientException",
        "States.TaskFailed",
    ):
        assert error_names.NAMES[name].grade == "recorded", name


def test_full_quota_of_executions_is_retried_by_both_names() -> None:
    """The page of AWS has one name, and the rule of the names gives the other."""
    texts = artifacts()
    for name in (DEFINITION, WAITING):
        found = list(error_names.used(json.loads(texts[name])))
        number = found.count("StepFunctions.ExecutionLimitExceededException")
        assert found.count("StepFunctions.ExecutionLimitExceeded") == number > 0
