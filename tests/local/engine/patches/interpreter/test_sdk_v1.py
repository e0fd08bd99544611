"""The clients' exceptions fit the services' models, and leave out those that no stored client registers."""

from __future__ import annotations

import botocore.session
import pytest

from local.engine.patches.interpreter.sdk_v1 import CLIENTS

OPERATIONS = {
    "EventBridge": ("events", "PutEvents"),
    "Glue": ("glue", "StartJobRun"),
    "Lambda": ("lambda", "Invoke"),
    "SNS": ("sns", "Publish"),
    "SQS": ("sqs", "SendMessage"),
    "StepFunctions": ("stepfunctions", "StartExecution"),
}
"""Operations that the state machine calls by optimized integrations."""


@pytest.mark.parametrize("prefix", OPERATIONS)
def test_client_registers_what_its_operation_models(prefix: str) -> None:
    service, operation = OPERATIONS[prefix]
    shapes = botocore.session.get_session().get_service_model(service).operation_model(operation).error_shapes
    client = CLIENTS[prefix]
    assert {client.class_of(shape.error_code) for shape in shapes} == {
        f"{shape.name.removesuffix('Exception')}Exception" for shape in shapes
    }


@pytest.mark.parametrize("prefix", ["Glue", "EventBridge", "StepFunctions"])
def test_throttled_call_has_the_base_class(prefix: str) -> None:
    """botocore models ThrottlingException for the whole services Glue and EventBridge. The old clients do not know it."""
    assert CLIENTS[prefix].class_of("ThrottlingException") == CLIENTS[prefix].base
