"""Error names of the local engine follow the rule of ``builder/pages/error_names.py``, from botocore's service models."""

from __future__ import annotations

import boto3
import pytest

from local.engine.patches.interpreter.error_names import PREFIXES, error_name

SERVICES = {"EventBridge": "events", "Glue": "glue", "SNS": "sns", "SQS": "sqs", "StepFunctions": "stepfunctions"}


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
