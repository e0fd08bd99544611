"""The search for a Glue job run: pages, times, other runs, and what each error of GetJobRuns means."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from orchestration.errors import GlueRunAbsentError, GlueRunsUnavailableError, GlueRunUnknown
from orchestration.glue_runs import MAX_PAGES, PAGE, Search, StartError, WantedRun, find

if TYPE_CHECKING:
    from orchestration.aws import JobRun, JobRunsAnswer

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
LOST: StartError = {"Error": "Glue.InternalServiceException", "Cause": "no answer"}
THROTTLED: StartError = {
    "Error": "Glue.GlueException",
    "Cause": "Rate exceeded (Service: Glue, Status Code: 400, Request ID: 1) (SDK Attempt Count: 1)",
}


def run(number: int, identity: str = "", minutes: float = 0.0, **fields: object) -> JobRun:
    """A run that started some minutes after the wanted start."""
    made: JobRun = {"Id": f"jr_{number}", "StartedOn": START + timedelta(minutes=minutes)}
    if identity:
        made["Arguments"] = {"--triggered_by_execution": identity, "--x": "1"}
    return made | fields  # type: ignore[return-value] # fields of a run


class Glue:
    """Lists runs in pages, or fails."""

    def __init__(self, runs: list[JobRun], error: Exception | None = None) -> None:
        self.runs, self.error = runs, error
        self.calls: list[str] = []

    def get_job_runs(self, *, JobName: str, MaxResults: int, **following: str) -> JobRunsAnswer:  # noqa: N803
        self.calls.append(JobName)
        if self.error is not None:
            raise self.error
        first = int(following.get("NextToken", "0"))
        answer: JobRunsAnswer = {"JobRuns": self.runs[first : first + MaxResults]}
        if first + MaxResults < len(self.runs):
            answer["NextToken"] = str(first + MaxResults)
        return answer


def wanted(identity: str = "e-load", job: str = "job") -> WantedRun:
    return {"JobName": job, "Arguments": {"--triggered_by_execution": identity}, "since": START.isoformat()}


def after(error: StartError) -> Search:
    return {"runs": [wanted()], "error": error}


def plenty() -> float:
    return 80.0


def test_run_with_the_argument_is_found() -> None:
    glue = Glue([run(1), run(2, "e-other"), run(3, "e-load"), run(4, "e-load-r1")])
    assert find(glue, after(LOST), plenty) == "jr_3"


def test_run_without_arguments_is_passed_over() -> None:
    assert find(Glue([run(1), run(2, "e-load")]), after(LOST), plenty) == "jr_2"


def test_first_attempt_wins_over_retries_of_glue() -> None:
    runs = [run(1, "e-load", Attempt=1), run(2, "e-load", Attempt=0), run(3, "e-load", Attempt=2)]
    assert find(Glue(runs), after(LOST), plenty) == "jr_2"


def test_two_runs_of_one_start_are_an_error_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """The SDK of Step Functions may repeat a call. A retry of Glue has its own number, and another start has no such number."""
    find(Glue([run(1, "e-load", Attempt=1), run(2, "e-load", Attempt=0)]), after(LOST), plenty)
    assert caplog.records == []
    find(Glue([run(1, "e-load"), run(2, "e-load", Attempt=0)]), after(LOST), plenty)
    assert [record.getMessage() for record in caplog.records] == ["Glue job job: runs jr_1, jr_2 have one start e-load"]


def test_lost_answer_without_a_run_is_unknown() -> None:
    with pytest.raises(GlueRunUnknown, match=r"job e-load\..*replay the trigger.*InternalServiceException: no answer"):
        find(Glue([run(1, "e-other")]), after(LOST), plenty)


def test_equal_arguments_of_another_start_are_no_identity() -> None:
    with pytest.raises(GlueRunUnknown):
        find(Glue([run(1, "e-load-2")]), after(LOST), plenty)


@pytest.mark.parametrize("cause", ["Rate exceeded", "x (Error Code: ThrottlingException; y)"])
def test_throttled_start_without_a_run_is_absent(cause: str) -> None:
    with pytest.raises(GlueRunAbsentError):
        find(Glue([]), after({"Error": "Glue.GlueException", "Cause": cause}), plenty)


def test_throttled_start_with_a_run_is_found() -> None:
    assert find(Glue([run(1, "e-load")]), after(THROTTLED), plenty) == "jr_1"


def test_replay_without_an_earlier_run_may_start() -> None:
    with pytest.raises(GlueRunAbsentError, match="job e-load, other e-old"):
        find(Glue([]), {"runs": [wanted(), wanted("e-old", "other")]}, plenty)


def test_replay_finds_the_run_of_any_earlier_attempt() -> None:
    glue = Glue([run(1, "e-old")])
    assert find(glue, {"runs": [wanted(), wanted("e-old", "other")]}, plenty) == "jr_1"
    assert glue.calls == ["job", "other"]


def test_two_thousand_runs_of_the_last_hour_are_read() -> None:
    glue = Glue([*(run(number, "e-x", minutes=60 - number / 40) for number in range(2_000)), run(9_999, "e-load")])
    assert find(glue, after(LOST), plenty) == "jr_9999"
    assert len(glue.calls) == 2_000 // PAGE + 1


def test_runs_before_the_start_end_the_search() -> None:
    """An hour before; a page with one run without a time, which is queued, does not end it."""
    old = [run(number, "e-x", minutes=-60) for number in range(PAGE)]
    glue = Glue([*old, run(1, "e-load")])
    with pytest.raises(GlueRunUnknown):
        find(glue, after(LOST), plenty)
    assert len(glue.calls) == 1
    queued: list[JobRun] = [*old[:-1], {"Id": "jr_0"}]
    assert find(Glue([*queued, run(1, "e-load")]), after(LOST), plenty) == "jr_1"


def test_clocks_may_differ_by_minutes() -> None:
    early = [run(number, "e-x", minutes=-10) for number in range(PAGE)]
    assert find(Glue([*early, run(1, "e-load", minutes=-10)]), after(LOST), plenty) == "jr_1"


@pytest.mark.parametrize("error", [LOST, THROTTLED])
def test_runs_beyond_the_page_bound_are_unknown(error: StartError) -> None:
    """Never absent, not even after a throttle: the run may be on the next page."""
    glue = Glue([run(number, "e-x") for number in range(MAX_PAGES * PAGE + 1)])
    with pytest.raises(GlueRunUnknown, match="more runs since 2026-01-01T12:00:00"):
        find(glue, after(error), plenty)
    assert len(glue.calls) == MAX_PAGES


def test_search_ends_before_the_timeout_of_the_function() -> None:
    glue = Glue([run(number, "e-x") for number in range(2_000)])
    seconds: Iterator[float] = itertools.count(80.0, -20.0)
    with pytest.raises(GlueRunUnknown, match="than one search can read"):
        find(glue, after(THROTTLED), lambda: next(seconds))
    assert len(glue.calls) == 3


def client_error(code: str, status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "words"}, "ResponseMetadata": {"HTTPStatusCode": status}},
        "GetJobRuns",
    )


@pytest.mark.parametrize(
    "error",
    [
        client_error("ThrottlingException"),
        client_error("Throttling"),
        client_error("TooManyRequestsException"),
        client_error("RequestLimitExceeded"),
        client_error("OperationTimeoutException"),
        client_error("ExpiredTokenException"),
        client_error("InternalServiceException", 500),
        ConnectTimeoutError(endpoint_url="x"),
    ],
)
def test_unavailable_list_is_read_again(error: Exception) -> None:
    with pytest.raises(GlueRunsUnavailableError):
        find(Glue([], error), after(THROTTLED), plenty)


@pytest.mark.parametrize("code", ["AccessDeniedException", "AccessDenied", "UnrecognizedClientException"])
def test_denied_list_is_unknown_and_names_the_permission(code: str) -> None:
    with pytest.raises(GlueRunUnknown, match=r"Allow glue:GetJobRuns on the job .*glue_jobs"):
        find(Glue([], client_error(code)), after(THROTTLED), plenty)


def test_job_that_was_deleted_is_unknown() -> None:
    with pytest.raises(GlueRunUnknown, match="--again"):
        find(Glue([], client_error("EntityNotFoundException")), after(THROTTLED), plenty)


def test_request_of_an_earlier_release_is_unknown() -> None:
    old: WantedRun = {"JobName": "job", "Arguments": {"--x": "1"}, "since": START.isoformat()}
    with pytest.raises(GlueRunUnknown, match="earlier release"):
        find(Glue([]), {"runs": [old], "error": THROTTLED}, plenty)


def test_time_of_step_functions_is_read() -> None:
    late: WantedRun = {**wanted(), "since": "2026-01-01T12:00:00.123Z"}
    assert find(Glue([run(1, "e-load")]), {"runs": [late], "error": LOST}, plenty) == "jr_1"
