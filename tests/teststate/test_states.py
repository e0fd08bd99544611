"""Runs each case on AWS if a profile is set. Always checks the calls against boto3's model of the API."""

from __future__ import annotations

import json
import os
import time

import boto3
import pytest
from botocore.validate import ParamValidator

from builder.machine.integrations import INTEGRATIONS
from tests.teststate.cases import DEFINITION, STATES, StateCase, cases

CASES = list(cases())
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


@each_case
def test_call_matches_the_api_model(case: StateCase) -> None:
    client = boto3.client("stepfunctions", region_name="us-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    shape = client.meta.service_model.operation_model("TestState").input_shape
    assert ParamValidator().validate(case.request(), shape).generate_report() == ""
    assert case.following == "" or case.following in STATES


def test_every_state_but_five_is_tested() -> None:
    tested = {case.state for case in CASES}
    untested = set(STATES) - tested
    # The Map is nothing without its items; Succeed does nothing; the rest is what the others lead to.
    assert untested == {
        "Start every trigger",
        "All triggers started",
        "Note unknown trigger type",
        "Start nested execution: it was started already",
        "Start execution for a batch of triggers: it was started already",
    }
    assert len(DEFINITION["States"]) > 1
    for kind in INTEGRATIONS:
        assert [case for case in CASES if case.id == f"{kind}-started"], kind


@pytest.mark.aws
@each_case
def test_state_on_aws(case: StateCase) -> None:
    profile = os.environ.get("TEST_AWS_PROFILE")
    if not profile:
        pytest.fail("TEST_AWS_PROFILE is not set: make test-aws PROFILE=name")
    client = boto3.session.Session(profile_name=profile).client("stepfunctions")
    time.sleep(0.12)  # the quota is ten calls a second
    answer = client.test_state(**case.request())
    assert (answer["status"], answer.get("nextState", "")) == (case.status, case.following), answer
    if case.output is not None:
        assert json.loads(answer["output"]) == case.output
    if case.id.endswith("-started") and case.status == "SUCCEEDED":
        assert json.loads(answer["output"])["result"]["status"] == "TRIGGERED"
