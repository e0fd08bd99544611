"""Errors of optimized integrations have the names of the AWS SDK for Java 1."""

from __future__ import annotations

import pytest

from local.defaults import ACCOUNT
from local.engine.engine import Engine
from local.engine.faults import Fault
from local.engine.patches import apply_patches
from local.engine.patches.interpreter.error_names import PREFIXES, error_name
from local.engine.patches.interpreter.sdk_v1 import CLIENTS
from tests.local.engine.patches.probing import (
    Probe,
    check_with_the_patch,
    check_without_the_patch,
    run,
)

PUT = {
    "Type": "Task",
    "Resource": "arn:aws:states:::events:putEvents",
    "Parameters": {"Entries": [{"Source": "s", "DetailType": "d", "Detail": {}}]},
}


def service_error_names(engine: Engine) -> bool:
    parameters = {"QueueUrl": f"{engine.endpoint}/{ACCOUNT}/nowhere", "MessageBody": "m"}
    task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": parameters}
    return bool(run(engine, task)["error"] == "SQS.QueueDoesNotExistException")


PROBES = (service_error_names,)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_passes_with_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_with_the_patch(empty_engine, probe)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_fails_without_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_without_the_patch(empty_engine, probe)


@pytest.mark.parametrize(
    ("prefix", "code", "expected"),
    [
        # recorded by AWS
        ("StepFunctions", "StateMachineDoesNotExist", "StepFunctions.StateMachineDoesNotExistException"),
        ("SQS", "MissingParameter", "SQS.AmazonSQSException"),
        ("SNS", "InvalidParameter", "SNS.InvalidParameterException"),
        ("SNS", "NotFound", "SNS.NotFoundException"),
        ("Lambda", "ResourceNotFoundException", "Lambda.ResourceNotFoundException"),
        # documented by AWS
        ("Glue", "ThrottlingException", "Glue.AWSGlueException"),
        # reported by a user
        ("Glue", "SomethingUnknown", "Glue.AWSGlueException"),
        # registered by the client of the AWS SDK for Java 1, or not
        ("Glue", "EntityNotFoundException", "Glue.EntityNotFoundException"),
        ("Glue", "ConcurrentRunsExceededException", "Glue.ConcurrentRunsExceededException"),
        ("StepFunctions", "ThrottlingException", "StepFunctions.AWSStepFunctionsException"),
        ("StepFunctions", "InternalFailure", "StepFunctions.AWSStepFunctionsException"),
        ("StepFunctions", "KmsThrottlingException", "StepFunctions.KmsThrottlingException"),
        ("SQS", "QueueDoesNotExist", "SQS.QueueDoesNotExistException"),
        ("SQS", "RequestThrottled", "SQS.RequestThrottledException"),
        ("SQS", "AccessDenied", "SQS.AmazonSQSException"),
        ("EventBridge", "InternalException", "EventBridge.InternalException"),
        ("EventBridge", "ThrottlingException", "EventBridge.AmazonEventBridgeException"),
        ("EventBridge", "AccessDeniedException", "EventBridge.AmazonEventBridgeException"),
        ("SNS", "ParameterValueInvalid", "SNS.InvalidParameterValueException"),
        ("SNS", "ServiceUnavailable", "SNS.AmazonSNSException"),
        ("Lambda", "TooManyRequestsException", "Lambda.TooManyRequestsException"),
        ("Lambda", "AccessDeniedException", "Lambda.AWSLambdaException"),
    ],
)
def test_error_name(prefix: str, code: str, expected: str) -> None:
    assert error_name(prefix, code) == expected


def test_every_service_of_the_state_machine_has_a_client() -> None:
    assert set(PREFIXES.values()) == set(CLIENTS)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(code="ThrottlingException"), "EventBridge.AmazonEventBridgeException"),
        (Fault(code="InternalException", status=500), "EventBridge.InternalException"),
        (Fault(breaks="connection"), "EventBridge.SdkClientException"),
        (Fault(breaks="timeout"), "EventBridge.SdkClientException"),
    ],
)
def test_answer_of_a_service_has_the_name_of_the_sdk(empty_engine: Engine, fault: Fault, error: str) -> None:
    context = empty_engine.patch_context
    with apply_patches(context), context.faults.inject("eventbridge.PutEvents", fault):
        assert run(empty_engine, PUT)["error"] == error


def test_cause_has_the_form_of_the_sdk(empty_engine: Engine) -> None:
    context = empty_engine.patch_context
    throttled = Fault(code="ThrottlingException", message="Rate exceeded")
    with apply_patches(context), context.faults.inject("eventbridge.PutEvents", throttled):
        cause = run(empty_engine, PUT)["cause"]
    assert cause == (
        "Rate exceeded (Service: AmazonEventBridge; Status Code: 400; Error Code: ThrottlingException; "
        "Request ID: injected; Proxy: null)"
    )
