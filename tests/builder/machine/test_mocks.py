"""The cases for Step Functions Local: a state's responses follow its retriers, and every key has its response."""

from __future__ import annotations

import json

import pytest

from builder.machine import mocks
from builder.machine.integrations import INTEGRATIONS, variants
from builder.machine.mocks import MockCase
from orchestration.input.item import Batch, Item

CASES = {case.name: case for case in mocks.cases()}
GLUE = INTEGRATIONS["glue_job"]


def test_each_type_has_a_failure_and_a_retry() -> None:
    for kind in INTEGRATIONS:
        name = "".join(word.title() for word in kind.split("_"))
        assert CASES[f"{name}Fails"].failing == {kind}
        assert CASES[f"{name}Retried"].failing == frozenset()
    assert CASES["AllStarted"].failing == frozenset()
    assert CASES["AllFail"].failing == set(INTEGRATIONS)


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_responses_end_with_an_error_for_failing_types(case: MockCase) -> None:
    for kind, responses in case.responses.items():
        last = list(responses.values())[-1]
        assert isinstance(last, dict)
        known = "StartedBefore" in case.name
        assert ("Throw" in last) == (kind in case.failing) or known, kind


def test_missing_target_of_glue_is_not_retried() -> None:
    assert CASES["GlueJobFails"].responses["glue_job"] == {
        "0": {"Throw": {"Error": "Glue.EntityNotFoundException", "Cause": "mocked Glue.EntityNotFoundException"}}
    }


def test_retried_error_fails_only_after_every_attempt() -> None:
    """A response ``0-N`` answers the first attempt and N retries."""
    retried = {
        kind: sum(retry.max_attempts for retry in integration.retries if integration.sample_error in retry.errors)
        for kind, integration in INTEGRATIONS.items()
    }
    assert max(retried.values()) > 0
    for kind, number in retried.items():
        assert list(CASES["AllFail"].responses[kind]) == [f"0-{number}" if number else "0"]


def test_retry_is_the_shortest_one() -> None:
    """Glue's other retrier waits a minute."""
    assert CASES["GlueJobRetried"].responses["glue_job"] == {
        "0": {"Throw": {"Error": "Glue.ThrottlingException", "Cause": "mocked Glue.ThrottlingException"}},
        "1": {"Return": {"JobRunId": "jr_0123456789abcdef"}},
    }


def test_known_start_is_the_error_of_the_nested_execution() -> None:
    assert CASES["StepFunctionStartedBefore"].responses == CASES["AllStarted"].responses | {
        "step_function": {
            "0": {
                "Throw": {
                    "Error": "StepFunctions.ExecutionAlreadyExistsException",
                    "Cause": "mocked StepFunctions.ExecutionAlreadyExistsException",
                }
            }
        }
    }


def test_file_has_a_response_for_each_key() -> None:
    document = json.loads(json.dumps(mocks.build()))
    tests = document["StateMachines"]["downstream_orchestrator"]["TestCases"]
    used = {key for states in tests.values() for key in states.values()}
    assert used == set(document["MockedResponses"])
    names = {variant.state for one in INTEGRATIONS.values() for _, variant in variants(one)}
    assert all(set(states) == names for states in tests.values())
    for name, states in tests.items():
        for kind, integration in INTEGRATIONS.items():
            for _, variant in variants(integration):
                assert document["MockedResponses"][states[variant.state]] == CASES[name].responses[kind], name
    assert tests["GlueJobRetried"][GLUE.state] == "glue_job-ThrottlingException-started"


def test_sample_input_has_a_resolved_item_of_each_type() -> None:
    found = mocks.sample_input()
    *items, batch = found.items
    assert found.event["job_name"] == "transform_images"
    assert isinstance(batch, Batch)
    assert batch.to_json()["type"] == "batch"
    assert batch.start_arn.endswith(":stateMachine:downstream_orchestrator")
    assert batch.items == (items[0],)
    for item in items:
        assert isinstance(item, Item)
        assert "${" not in json.dumps(item.request)
    glue = items[0].to_json()["request"]
    assert isinstance(glue, dict)
    assert glue["JobName"] == "load_images_to_redshift"
