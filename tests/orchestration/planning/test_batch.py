"""The state that starts a batch reads the fields that the router writes."""

from __future__ import annotations

import re

from orchestration.input.item import Batch
from orchestration.input.routing import Routing
from orchestration.planning.batch import INTEGRATION
from orchestration.triggers import BY_TYPE
from orchestration.values import strictjson

BATCH = Batch(id="batch:1", name="b", start_arn="arn:m", execution="e-b1", items=(), routing=Routing(of="e"))


def test_state_reads_every_field_of_the_request() -> None:
    read = re.findall(r'"\$\.request\.(\w+)"', strictjson.dumps(dict(INTEGRATION.parameters)))
    request = BATCH.to_json()["request"]
    assert isinstance(request, dict)
    assert sorted(read) == sorted(request)


def test_child_gets_the_three_fields_of_an_input() -> None:
    assert INTEGRATION.parameters["Input"] == {
        "event.$": "$.event",
        "triggers.$": "$.request.triggers",
        "routing.$": "$.request.routing",
    }
    assert INTEGRATION.parameters["Name.$"] == "$.request.Name"
    assert INTEGRATION.parameters["StateMachineArn.$"] == "$.request.StateMachineArn"


def test_state_does_not_wait_for_the_child() -> None:
    assert INTEGRATION.resource == "states:startExecution"
    assert [allow.action for allow in INTEGRATION.iam] == ["states:StartExecution"]


def test_second_start_of_a_child_is_a_success_with_its_name() -> None:
    assert INTEGRATION.already_started == ("StepFunctions.ExecutionAlreadyExistsException",)
    assert INTEGRATION.already_started_id == "$.request.Name"


def test_refused_starts_are_retried_but_never_a_duplicate() -> None:
    retried = {error for retry in INTEGRATION.retries for error in retry.errors}
    assert "StepFunctions.ThrottlingException" in retried
    assert "StepFunctions.ExecutionLimitExceededException" in retried
    assert not retried & {*INTEGRATION.already_started, INTEGRATION.sample_error}


def test_batch_is_not_a_type_of_a_configuration() -> None:
    assert "batch" not in BY_TYPE
