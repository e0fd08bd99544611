"""Error names of the engine follow the rule of ``builder/pages/error_names.py``, from botocore's service models."""

from __future__ import annotations

import boto3
import pytest

from local.defaults import ACCOUNT
from local.engine.engine import Engine
from local.engine.patches.interpreter.error_names import PREFIXES, error_name
from tests.local.engine.patches.probing import (
    Probe,
    check_with_the_patch,
    check_without_the_patch,
    run,
)

SERVICES = {"EventBridge": "events", "Glue": "glue", "SNS": "sns", "SQS": "sqs", "StepFunctions": "stepfunctions"}


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
        # reported by a user
        ("Glue", "SomethingUnknown", "Glue.AWSGlueException"),
        # inferred
        ("StepFunctions", "ThrottlingException", "StepFunctions.AWSStepFunctionsException"),
        ("StepFunctions", "InternalFailure", "StepFunctions.AWSStepFunctionsException"),
        ("Glue", "EntityNotFoundException", "Glue.EntityNotFoundException"),
        ("SQS", "QueueDoesNotExist", "SQS.QueueDoesNotExistException"),
        ("SQS", "RequestThrottled", "SQS.RequestThrottledException"),
        ("SQS", "AccessDenied", "SQS.AmazonSQSException"),
        ("EventBridge", "InternalException", "EventBridge.InternalException"),
        ("EventBridge", "ValidationException", "EventBridge.AmazonEventBridgeException"),
        ("SNS", "InvalidParameter", "SNS.InvalidParameterException"),
        ("SNS", "ServiceUnavailable", "SNS.AmazonSNSException"),
    ],
)
def test_error_name(prefix: str, code: str, expected: str) -> None:
    client = boto3.client(SERVICES[prefix], region_name="us-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    assert error_name(prefix, client.meta.service_model, code) == expected


def test_every_service_of_the_state_machine_has_a_prefix() -> None:
    assert set(PREFIXES.values()) == set(SERVICES)
