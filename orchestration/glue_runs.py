"""Searches the runs of a Glue job for the one that a start made whose answer was lost. It looks, and it never starts.

StartJobRun has no idempotency token, and GetJobRuns has no filter: docs.aws.amazon.com/glue/latest/webapi/API_GetJobRuns.html.
Each start has the argument ``--triggered_by_execution``, which no other start has. Glue documents neither how soon it lists a
new run nor a strict order, so "not found" is an answer about the list, not about the run.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from botocore.exceptions import BotoCoreError, ClientError

from orchestration.errors import GlueRunAbsentError, GlueRunsUnavailableError, GlueRunUnknown
from orchestration.event.identity import EXECUTION_ARGUMENT

if TYPE_CHECKING:
    from orchestration.aws import GlueClient, JobRun, JobRunsAnswer

log = logging.getLogger(__name__)

PAGE = 200
"""Runs on a page, the most that GetJobRuns gives."""

MAX_PAGES = 50
"""Pages of one search: 10,000 runs. A job with more runs since the start has an unknown run."""

PAGE_SECONDS = 30.0
"""Seconds that one page may take, with the client's second attempt (tasks/glue_run.py)."""

_SKEW = timedelta(minutes=15)
"""Difference between the clocks of Step Functions and Glue, and between Glue's order and that of the times."""

_DENIED = ("AccessDeniedException", "AccessDenied", "UnrecognizedClientException")
_BUSY = (
    "ThrottlingException",
    "Throttling",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "OperationTimeoutException",
    "ExpiredTokenException",
)
"""Refusals of GetJobRuns after which a later call may succeed. Lambda renews credentials that have expired."""

_THROTTLES = ("Rate exceeded", "ThrottlingException", "Throttling:")
"""Parts of the cause of a refused call, as AWS and its users report them
(repost.aws/knowledge-center/glue-throttling-rate-exceeded)."""


class WantedRun(TypedDict):
    """A start, as the state machine or a replay describes it.

    ``Arguments`` are those of StartJobRun, and ``since`` is an ISO time before the start.
    """

    JobName: str
    Arguments: dict[str, str]
    since: str


class StartError(TypedDict, total=False):
    """The error of StartJobRun, as Step Functions caught it."""

    Error: str
    Cause: str


class Search(TypedDict, total=False):
    """Payload of the function; without ``error``, a replay asks before its start."""

    runs: list[WantedRun]
    error: StartError


def find(client: GlueClient, search: Search, remaining_seconds: Callable[[], float]) -> str:
    """Id of the run that one of the wanted starts made.

    Args:
        client: a Glue client.
        search: the starts, and the error after which their answer is missing.
        remaining_seconds: seconds until the caller must answer.

    Raises:
        GlueRunAbsentError: no run exists, so the state machine may start one.
        GlueRunUnknown: the run may exist, although the list does not have it.
        GlueRunsUnavailableError: the list could not be read; the state machine retries.
    """
    wanted_runs, error = search["runs"], search.get("error")
    for wanted in wanted_runs:
        run_id = _search(client, wanted, remaining_seconds)
        if run_id:
            log.info("Glue job %s: run %s has %s", wanted["JobName"], run_id, _identity(wanted))
            return run_id
    names = ", ".join(f"{wanted['JobName']} {_identity(wanted)}" for wanted in wanted_runs)
    if error is None:
        raise GlueRunAbsentError(f"no run of an earlier attempt exists: {names}")
    reason = f"{error.get('Error', 'no name')}: {error.get('Cause', 'no cause'):.1000}"
    if any(throttle in reason for throttle in _THROTTLES):
        raise GlueRunAbsentError(f"StartJobRun was throttled, and no run exists: {names}. {reason}")
    raise GlueRunUnknown(
        f"StartJobRun gave no answer, and Glue lists no run with {EXECUTION_ARGUMENT} = {names}. It may list one later. Look at "
        "the runs of the job in the Glue console. If none has this argument, replay the trigger: the replay looks once more, "
        f"and then starts the run. The error of StartJobRun: {reason}"
    )


def _search(client: GlueClient, wanted: WantedRun, remaining_seconds: Callable[[], float]) -> str:
    """Id of the run with the wanted argument, or empty, page after page until the runs are too old."""
    oldest = datetime.fromisoformat(wanted["since"]).astimezone(UTC) - _SKEW
    identity, token = _identity(wanted), ""
    for _ in range(MAX_PAGES):
        if remaining_seconds() < PAGE_SECONDS:
            break
        page = _page(client, wanted["JobName"], token)
        found = [run for run in page["JobRuns"] if run.get("Arguments", {}).get(EXECUTION_ARGUMENT) == identity]
        if found:
            # Glue's own retries of a run have its arguments and a higher number.
            starts = [run["Id"] for run in found if not run.get("Attempt")]
            if len(starts) > 1:
                # The SDK of Step Functions may repeat a call by itself: its causes count the attempts.
                log.error("Glue job %s: runs %s have one start %s", wanted["JobName"], ", ".join(starts), identity)
            return min(found, key=lambda run: run.get("Attempt", 0))["Id"]
        token = page.get("NextToken", "")
        if not token or _all_before(page["JobRuns"], oldest):
            return ""
    raise GlueRunUnknown(
        f"Glue job {wanted['JobName']} has more runs since {wanted['since']} than one search can read, so nobody knows whether "
        f"the start {identity} made one. Look in the Glue console for a run with {EXECUTION_ARGUMENT} = {identity}. If none "
        "has it, replay the trigger with --again"
    )


def _identity(wanted: WantedRun) -> str:
    identity = wanted["Arguments"].get(EXECUTION_ARGUMENT, "")
    if not identity:
        raise GlueRunUnknown(
            f"the request of an earlier release for job {wanted['JobName']} has no {EXECUTION_ARGUMENT}, so nobody can find its "
            "run. Look in the Glue console. If no run started, replay the trigger with --again"
        )
    return identity


def _all_before(runs: list[JobRun], oldest: datetime) -> bool:
    """True if every run of a page started earlier; a queued run may have no time yet."""
    times = [run.get("StartedOn") for run in runs]
    return bool(times) and all(time is not None and time < oldest for time in times)


def _page(client: GlueClient, job: str, token: str) -> JobRunsAnswer:
    following = {"NextToken": token} if token else {}
    try:
        return client.get_job_runs(JobName=job, MaxResults=PAGE, **following)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in _DENIED:
            raise GlueRunUnknown(
                f"the function may not read the runs of Glue job {job}: {error}. Allow glue:GetJobRuns on the job (the "
                "Terraform variable glue_jobs names it), then replay the trigger"
            ) from error
        if code in _BUSY or status >= 500:
            raise GlueRunsUnavailableError(f"GetJobRuns of job {job}: {error}") from error
        raise GlueRunUnknown(
            f"the runs of Glue job {job} cannot be read: {error}. Look in the Glue console. If no run started, replay the "
            "trigger with --again"
        ) from error
    except BotoCoreError as error:
        raise GlueRunsUnavailableError(f"GetJobRuns of job {job}: {error}") from error
