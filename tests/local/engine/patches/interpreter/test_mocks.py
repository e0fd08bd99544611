"""The patches of ``local/engine/patches/interpreter/mocks.py`` work, and moto still needs them."""

from __future__ import annotations

import json

import pytest

from local.engine.engine import Engine
from tests.local.engine.patches.probing import (
    ROLE,
    Probe,
    check_with_the_patch,
    check_without_the_patch,
    ended,
)


def mock_config_file(engine: Engine) -> bool:
    client = engine.client("stepfunctions")
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": "q", "MessageBody": "m"},
    }
    definition = json.dumps({"StartAt": "Send", "States": {"Send": {**task, "End": True}}})
    arn = client.create_state_machine(name="m", definition=definition, roleArn=ROLE)["stateMachineArn"]
    engine.patch_context.mocks = {
        "StateMachines": {"m": {"TestCases": {"Sent": {"Send": "sent"}}}},
        "MockedResponses": {"sent": {"0": {"Return": {"MessageId": "mocked"}}}},
    }
    try:
        execution = client.start_execution(stateMachineArn=f"{arn}#Sent", name="e", input="{}")["executionArn"]
    except client.exceptions.ClientError:
        return False
    return "mocked" in ended(client, execution).get("output", "")


PROBES = (mock_config_file,)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_passes_with_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_with_the_patch(empty_engine, probe)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_fails_without_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_without_the_patch(empty_engine, probe)
