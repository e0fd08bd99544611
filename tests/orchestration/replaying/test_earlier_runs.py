"""A replay starts a new run of a nested execution only if the earlier one ended in failure."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestration.event.identity import batch_name, downstream_run_id, replay_name
from orchestration.settings import Settings
from tests.orchestration.fake_aws import SETTINGS, FakeAws
from tests.orchestration.replaying import history as histories
from tests.orchestration.replaying.history import MACHINE, NAME, History, glue, machine

ARN = MACHINE.replace(":stateMachine:", ":execution:") + ":"
WAITING = Settings(
    state_machine_arn=SETTINGS.state_machine_arn,
    region=SETTINGS.region,
    config_s3_uri=SETTINGS.config_s3_uri,
    require_config=True,
    wait_for_runs=True,
)
AGAIN: dict[str, Any] = {"only": ["a"], "again": True}


@pytest.fixture(autouse=True)
def _deployment_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "SETTINGS", WAITING)


def failed(status: str = "", **fields: Any) -> History:
    """A waiting trigger whose item failed, and the status of its run."""
    history = History.of(machine("a", wait=True, **fields), failing={"a"})
    if status:
        history.aws.runs[arn(0)] = status
    return history


def arn(generation: int) -> str:
    return ARN + downstream_run_id(NAME, "a", generation)


def names(history: History, number: int) -> tuple[str, str]:
    """Name and ARN of the run in the request of an attempt."""
    (item,) = history.input(replay_name("on_success", "j", "r", "a", number))["triggers"]
    return item["request"]["Name"], item["request"]["ExecutionArn"]


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
@pytest.mark.parametrize("options", [{}, {"only": ["a"]}, {"only": ["a"], "as_was": True}, AGAIN])
def test_failed_run_gets_the_next_name(status: str, options: dict[str, Any]) -> None:
    history = failed(status)
    (decision,) = history.replay(**options)
    assert decision["action"] == "STARTED"
    assert names(history, 1) == (downstream_run_id(NAME, "a", 1), arn(1))
    history.aws.runs[arn(1)] = status
    history.replay(**options)
    assert names(history, 2) == (downstream_run_id(NAME, "a", 2), arn(2))


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED", "PENDING_REDRIVE"])
@pytest.mark.parametrize("options", [{}, {"only": ["a"]}, {"only": ["a"], "as_was": True}])
def test_run_that_did_not_fail_is_followed(status: str, options: dict[str, Any]) -> None:
    history = failed(status)
    (would,) = history.replay(dry_run=True, **options)
    assert would["action"] == "WOULD_FOLLOW"
    record = history.deliver(**{"$replay": {"of": NAME, **options}})
    (decision,) = record["replay"]["triggers"]
    assert (record["status"], decision["action"]) == ("FOLLOWED", "FOLLOWED")
    assert decision.get("reason", "").startswith(f"its run {arn(0)} is {status}, so no second one starts")
    assert names(history, 1) == (downstream_run_id(NAME, "a"), arn(0))


@pytest.mark.parametrize(
    ("status", "action", "generation"),
    [("FAILED", "STARTED", 1), ("", "STARTED", 0), ("RUNNING", "FOLLOWED", 0), ("SUCCEEDED", "FOLLOWED", 0)],
)
@pytest.mark.parametrize("version", ["", ":7"], ids=["machine", "version"])
def test_run_without_wait_is_looked_up(status: str, action: str, generation: int, version: str) -> None:
    """A lost answer: the trigger failed, and its execution may have started, and may have failed since."""
    history = History.of(machine("a") | {"arn": MACHINE + version}, failing={"a"})
    if status:
        history.aws.runs[arn(0)] = status
    history.failing.clear()
    (decision,) = history.replay()
    assert decision["action"] == action
    assert decision.get("reason", "").endswith("The attempt only records it" if action == "FOLLOWED" else "")
    (item,) = history.input(replay_name("on_success", "j", "r", "a", 1))["triggers"]
    assert item["request"]["Name"] == downstream_run_id(NAME, "a", generation)


def test_trigger_that_no_longer_waits_keeps_its_run() -> None:
    history = failed("SUCCEEDED")
    history.upload(machine("a"))
    (decision,) = history.replay()
    assert decision["action"] == "FOLLOWED"


def test_success_whose_execution_is_forgotten_is_left_out() -> None:
    """Step Functions forgets an execution after 90 days. Its name is free then, and would start a second run."""
    history = failed(publish=True)
    (outcome,) = history.aws.executions[batch_name(NAME, 1)]["outcomes"]
    outcome["error"] = {"Error": "PublishFailed", "Cause": "run arn succeeded."}
    (decision,) = history.replay()
    assert (decision["action"], "its run succeeded" in decision.get("reason", "")) == ("LEFT_OUT", True)


def test_missing_run_starts_under_its_first_name() -> None:
    history = failed()
    (decision,) = history.replay()
    assert decision["action"] == "STARTED"
    assert names(history, 1) == (downstream_run_id(NAME, "a"), arn(0))


def test_again_starts_a_new_run_while_one_succeeded() -> None:
    history = failed("SUCCEEDED")
    (decision,) = history.replay(**AGAIN)
    assert (decision["action"], names(history, 1)[1]) == ("STARTED", arn(1))


def test_new_run_is_kept_by_the_next_replay() -> None:
    history = failed("FAILED")
    history.replay()
    history.aws.runs[arn(1)] = "RUNNING"
    (decision,) = history.replay()
    assert (decision["action"], names(history, 2)[1]) == ("FOLLOWED", arn(1))


def test_succeeded_run_of_another_target_now_is_left_out() -> None:
    history = failed("SUCCEEDED")
    history.upload(machine("a", wait=True) | {"arn": MACHINE + "2"})
    (decision,) = history.replay()
    assert decision["action"] == "LEFT_OUT"
    assert "the configuration now names another target" in decision["reason"]


def refuse_reading(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let DescribeExecution of each nested execution end in an error."""

    def describe(aws: FakeAws, executionArn: str, **fields: Any) -> Any:  # noqa: N803 - boto3's name
        if executionArn.startswith(ARN):
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "DescribeExecution")
        return original(aws, executionArn, **fields)

    original = FakeAws.describe_execution
    monkeypatch.setattr(FakeAws, "describe_execution", describe)


@pytest.fixture
def _runs_are_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_reading(monkeypatch, "AccessDeniedException")


@pytest.mark.usefixtures("_runs_are_unreadable")
def test_run_that_cannot_be_read_is_refused() -> None:
    history = failed("SUCCEEDED")
    (decision,) = history.replay()
    assert decision["action"] == "REFUSED"
    assert "cannot determine whether its run has ended" in decision["reason"]
    assert decision["reason"].endswith("start a new one: --only a --again")


def test_throttled_look_does_not_advise_a_second_run(monkeypatch: pytest.MonkeyPatch) -> None:
    history = failed("RUNNING")
    refuse_reading(monkeypatch, "ThrottlingException")
    (decision,) = history.replay()
    assert decision["action"] == "REFUSED"
    assert decision["reason"].endswith("Replay again later")


CHILD_LACKED_PERMISSION = {
    "Error": "States.TaskFailed",
    "Cause": '{"Error":"Lambda.AWSLambdaException","Cause":"User is not authorized to perform: lambda:InvokeFunction"}',
}
REFUSED_START = {
    "Error": "StepFunctions.AWSStepFunctionsException",
    "Cause": "User: arn:aws:sts::1:assumed-role/r/s\nis not authorized to perform: states:StartExecution on resource: x",
}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CHILD_LACKED_PERMISSION, "ThrottlingException"),
        (CHILD_LACKED_PERMISSION, "AccessDeniedException"),
        (REFUSED_START, "ThrottlingException"),
        ({"Error": "States.TaskFailed", "Cause": "StepFunctions.AccessDenied"}, "AccessDeniedException"),
    ],
)
def test_unreadable_run_that_may_have_failed_is_refused(
    error: dict[str, str], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replay under the used name would start nothing and report STARTED."""
    history = failed("FAILED")
    (outcome,) = history.aws.executions[batch_name(NAME, 1)]["outcomes"]
    outcome["error"] = error
    refuse_reading(monkeypatch, code)
    (decision,) = history.replay()
    assert decision["action"] == "REFUSED"


@pytest.mark.usefixtures("_runs_are_unreadable")
@pytest.mark.parametrize(
    "error",
    [
        {"Error": "StepFunctions.StateMachineDoesNotExistException", "Cause": ""},
        REFUSED_START,
    ],
)
def test_unreadable_run_that_never_started_is_no_obstacle(error: dict[str, str]) -> None:
    """A state machine outside the allow-list: neither role may use it, and the corrected configuration names another."""
    history = failed()
    (outcome,) = history.aws.executions[batch_name(NAME, 1)]["outcomes"]
    outcome["error"] = error
    history.upload(machine("a", wait=True) | {"arn": MACHINE + "2"})
    (decision,) = history.replay()
    assert decision["action"] == "STARTED"


def test_published_failure_of_a_glue_job_is_left_out() -> None:
    history = History.of(glue("a", wait=True), failing={"a"})
    (outcome,) = history.aws.executions[batch_name(NAME, 1)]["outcomes"]
    outcome["error"] = {"Error": "PublishFailed", "Cause": "run jr_1 succeeded."}
    (decision,) = history.replay()
    assert decision["action"] == "LEFT_OUT"
    assert "its run succeeded" in decision["reason"]
    (again,) = history.replay(**AGAIN)
    assert again["action"] == "STARTED"
