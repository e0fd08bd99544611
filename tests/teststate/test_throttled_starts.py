"""StartJobRun is called until it is throttled, and each integration's error is read once."""

from __future__ import annotations

import json
import threading

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from orchestration.values.strictjson import Json
from tests.teststate import first_deployment, throttled_starts
from tests.teststate.throttled_starts import RESOURCES, ThrottledStart

CAUSES = {
    "glue:startJobRun": "Rate exceeded (Service: AWSGlue; Status Code: 400; Error Code: ThrottlingException; Proxy: null)",
    "aws-sdk:glue:startJobRun": "Rate exceeded (Service: Glue, Status Code: 400) (SDK Attempt Count: 4)",
}
NAMES = {"glue:startJobRun": "Glue.AWSGlueException", "aws-sdk:glue:startJobRun": "Glue.ThrottlingException"}
ROLE = "arn:aws:iam::123456789012:role/r"


class Account:
    """Glue and Step Functions of one account, with a number of calls before Glue throttles."""

    def __init__(self, tokens: int) -> None:
        self.tokens, self.calls, self.requests = tokens, 0, list[dict[str, str]]()
        self._lock = threading.Lock()

    def _takes(self) -> bool:
        with self._lock:
            self.tokens -= 1
            return self.tokens >= 0

    def start_job_run(self, *, JobName: str) -> object:  # noqa: N803 - boto3's name
        with self._lock:
            self.calls += 1
        code = "EntityNotFoundException" if self._takes() else "ThrottlingException"
        raise ClientError({"Error": {"Code": code, "Message": JobName}}, "StartJobRun")

    def test_state(self, *, definition: str, input: str, roleArn: str) -> dict[str, Json]:  # noqa: A002, N803
        self.requests.append({"definition": definition, "input": input, "roleArn": roleArn})
        resource = json.loads(definition)["Resource"].removeprefix("arn:aws:states:::")
        if self._takes():
            return {"status": "FAILED", "error": "Glue.EntityNotFoundException", "cause": "Entity not found"}
        return {"status": "FAILED", "error": NAMES[resource], "cause": CAUSES[resource]}


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttled_starts, "PAUSE_SECONDS", 0.001)


def test_each_integration_is_asked_until_it_is_throttled() -> None:
    account = Account(tokens=200)
    starts = throttled_starts.measure(account, account, ROLE, "nowhere")
    assert starts == [ThrottledStart(resource, NAMES[resource], CAUSES[resource]) for resource in RESOURCES]
    answers = list(first_deployment.throttled(starts))
    assert [answer.verdict for answer in answers] == ["as expected", "new", "as expected", "new"]
    assert answers[3].measured.endswith("(SDK Attempt Count: 4)")


def test_name_that_differs_from_the_table_is_reported() -> None:
    (name, _) = first_deployment.throttled([ThrottledStart(RESOURCES[1], "Glue.GlueException", "Rate exceeded")])
    assert (name.expected, name.measured, name.verdict) == ("Glue.ThrottlingException", "Glue.GlueException", "differs")


def test_account_that_never_throttles_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttled_starts, "MOST_CALLS", 50)
    account = Account(tokens=1_000_000)
    starts = throttled_starts.measure(account, account, ROLE, "nowhere", seconds=0.2)
    assert account.calls == 50
    assert {answer.verdict for answer in first_deployment.throttled(starts)} == {"not measured"}


def test_error_of_the_call_itself_ends_the_callers() -> None:
    class Denied(Account):
        def test_state(self, *, definition: str, input: str, roleArn: str) -> dict[str, Json]:  # noqa: A002, N803
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "TestState")

    account = Denied(tokens=0)
    with pytest.raises(ClientError, match="AccessDenied"):
        throttled_starts.measure(account, account, ROLE, "nowhere")
    assert account.calls <= throttled_starts.MOST_CALLS


def test_request_matches_the_api_model() -> None:
    account = Account(tokens=0)
    throttled_starts.measure(account, account, ROLE, "nowhere")
    client = boto3.client("stepfunctions", region_name="us-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    shape = client.meta.service_model.operation_model("TestState").input_shape
    assert [ParamValidator().validate(request, shape).generate_report() for request in account.requests] == ["", ""]
