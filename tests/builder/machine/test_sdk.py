"""The wrapper of the Data Science SDK writes the newer fields of the Amazon States Language, and imports no sagemaker."""

from __future__ import annotations

import subprocess
import sys

import pytest

from builder.machine import sdk, state_machine
from orchestration.triggers.base import Retry, ServiceIntegration


def integration(*retries: Retry) -> ServiceIntegration:
    return ServiceIntegration(
        state="Call the service",
        resource="glue:startJobRun",
        parameters={"JobName.$": "$.request.JobName"},
        run_id_path="$.JobRunId",
        comment="Calls.",
        iam=(),
        sample={},
        sample_error="",
        timeout_seconds=7,
        retries=retries,
    )


def test_service_task_has_resource_timeout_and_selector() -> None:
    task = sdk.service_task(integration(), result_selector={"status": "TRIGGERED"}, result_path="$.outcome.result")
    assert task.to_dict() == {
        "Type": "Task",
        "Comment": "Calls.",
        "Resource": "arn:aws:states:::glue:startJobRun",
        "Parameters": {"JobName.$": "$.request.JobName"},
        "ResultSelector": {"status": "TRIGGERED"},
        "ResultPath": "$.outcome.result",
        "TimeoutSeconds": 7,
        "End": True,
    }


def test_retriers_keep_their_order_and_bounds() -> None:
    task = sdk.service_task(
        integration(
            Retry(("Glue.Full",), "refused", interval_seconds=60, max_attempts=30, backoff=1.0, jitter="NONE"),
            Retry(("Glue.Slow", "Glue.Busy"), "refused", interval_seconds=2, max_attempts=5, max_delay_seconds=30),
        )
    )
    assert task.to_dict()["Retry"] == [
        {"ErrorEquals": ["Glue.Full"], "IntervalSeconds": 60, "MaxAttempts": 30, "BackoffRate": 1.0},
        {
            "ErrorEquals": ["Glue.Slow", "Glue.Busy"],
            "IntervalSeconds": 2,
            "MaxAttempts": 5,
            "BackoffRate": 2.0,
            "MaxDelaySeconds": 30,
            "JitterStrategy": "FULL",
        },
    ]


@pytest.mark.parametrize("waiting", [False, True])
def test_every_retrier_of_the_registry_has_jitter(waiting: bool) -> None:
    """40 items that are refused together must not come back together. A look waits for a list, not for a quota."""
    item = state_machine.build(waiting=waiting)["States"]["Start every trigger"]["ItemProcessor"]
    constant = [
        (name, retrier["ErrorEquals"])
        for name, state in item["States"].items()
        for retrier in state.get("Retry", [])
        if retrier.get("JitterStrategy") != "FULL" and not state["Resource"].endswith("sns:publish")
    ]
    assert constant == [("Look for the Glue job run", ["GlueRunAbsentError", "GlueRunUnknown"])]


def test_map_is_inline_and_has_an_item_processor() -> None:
    state = sdk.Map(
        "Every item",
        iterator=sdk.Pass("Do it"),
        items_path="$.items",
        item_selector={"id.$": "$$.Map.Item.Value.id"},
        result_selector={"all.$": "$"},
    ).to_dict()
    assert "Iterator" not in state
    assert state["ItemProcessor"] == {
        "ProcessorConfig": {"Mode": "INLINE"},
        "StartAt": "Do it",
        "States": {"Do it": {"Type": "Pass", "End": True}},
    }
    assert state["ItemSelector"] == {"id.$": "$$.Map.Item.Value.id"}
    assert state["ResultSelector"] == {"all.$": "$"}


def test_fail_state_takes_its_words_from_the_input() -> None:
    assert sdk.Fail("It failed", error_path="$.error", cause_path="$.cause").to_dict() == {
        "Type": "Fail",
        "ErrorPath": "$.error",
        "CausePath": "$.cause",
    }


def test_field_that_the_language_lacks_is_refused() -> None:
    with pytest.raises(TypeError, match="max_delay_seconds"):
        sdk.Pass("Do it", max_delay_seconds=3)


def test_definition_begins_with_its_first_state() -> None:
    first, second = sdk.Pass("First"), sdk.Succeed("Second")
    first.next(second)
    assert sdk.definition(first, "Words.") == {
        "StartAt": "First",
        "Comment": "Words.",
        "States": {"First": {"Type": "Pass", "Next": "Second"}, "Second": {"Type": "Succeed"}},
    }


def test_two_states_of_one_name_are_refused() -> None:
    first = sdk.Pass("Twice")
    first.next(sdk.Succeed("Twice"))
    with pytest.raises(ValueError, match="Twice"):
        sdk.definition(first, "Words.")


def test_missing_sdk_is_named_with_the_command() -> None:
    program = (
        "import importlib.util, sys\n"
        "importlib.util.find_spec = lambda name, package=None: None\n"
        "try:\n    import builder.machine.sdk\n"
        "except ModuleNotFoundError as error:\n    sys.stdout.write(f'{error.name}: {error}')\n"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.startswith("stepfunctions: the AWS Data Science SDK (stepfunctions) is not installed.")
    assert answer.stdout.endswith("make build")


def test_wrapper_imports_neither_sagemaker_nor_boto3() -> None:
    program = "import sys, builder.machine.sdk; sys.stdout.write(' '.join({'sagemaker', 'boto3'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout == ""
