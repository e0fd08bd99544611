"""Describes how the state machine finds out whether a call without an answer started its target.

The target of such a type does not deduplicate, so the state machine repeats a call only if the service has certainly refused
it. After any other error a function searches for the target's run. It only looks, and it never starts
(docs/operations.md, *Glue, exactly once*).
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.errors import GlueRunAbsentError, GlueRunsUnavailableError, GlueRunUnknown
from orchestration.triggers.base import Allow, Retry, ServiceIntegration
from orchestration.triggers.facets import LAMBDA_FAILURES

UNKNOWN = GlueRunUnknown.__name__
"""Error of a trigger that may have started. A replay looks for its run before it starts one."""

ABSENT, UNAVAILABLE = GlueRunAbsentError.__name__, GlueRunsUnavailableError.__name__
"""Errors of the function (orchestration/glue_runs.py), which Step Functions names after the exception's class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartLookUp:
    """States that look for a run on the failing path.

    Attributes:
        refused: errors that certainly started nothing, so that the trigger fails without a look.
        look: call of the function after an ambiguous error. Its result is the run's id.
        look_first: the same call before a replay starts the target, for requests with ``look_for``.
        wait_state: name of the Wait state before the first look.
        wait_seconds: seconds before the first look.
        action: what the Task states do, for the name of the Choice between them.
        unknown_state: name of the Pass state for a look that failed.
        unknown_cause: beginning of its cause.
        refused_state: beginning of the names of the Pass states that count refused starts.
        restarts: number of starts after a refusal that only the error's cause names.
        restart_seconds: upper bound of the random wait before such a start.
        function: name of the function's module in ``tasks/``.
        role: permissions of the function's role.
    """

    refused: tuple[str, ...]
    look: ServiceIntegration
    look_first: ServiceIntegration
    wait_state: str
    wait_seconds: int
    action: str
    unknown_state: str
    unknown_cause: str
    refused_state: str
    restarts: int
    restart_seconds: int
    function: str
    role: tuple[Allow, ...]


_LAMBDA = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html"

_LOOK = ServiceIntegration(
    state="Look for the Glue job run",
    resource="lambda:invoke",
    comment="The answer of StartJobRun was lost. The function searches the job's runs, and starts none.",
    parameters={
        "FunctionName": "${glue_run_function_arn}",
        "Payload": {
            "runs": [
                {
                    "JobName.$": "$.request.JobName",
                    "Arguments.$": "$.request.Arguments",
                    "since.$": "$$.Execution.StartTime",
                }
            ],
            "error.$": "$.event",
        },
    },
    run_id_path="$.Payload",
    timeout_seconds=90,
    retries=(
        Retry(
            errors=(ABSENT, UNKNOWN),
            reason="Glue may list a new run late, so the function looks a second time, 60 seconds after the start",
            interval_seconds=45,
            max_attempts=1,
            backoff=1.0,
            jitter="NONE",
        ),
        Retry(
            errors=(
                UNAVAILABLE,
                *LAMBDA_FAILURES,
            ),
            reason="the function only reads",
            interval_seconds=2,
            max_attempts=5,
            max_delay_seconds=60,
        ),
    ),
    iam=(Allow(action="lambda:InvokeFunction", resource="${glue_run_function_arn}", doc_url=_LAMBDA),),
    sample={"StatusCode": 200, "Payload": "jr_0123456789abcdef"},
    sample_error=UNKNOWN,
)

GLUE_RUN = StartLookUp(
    refused=(
        "Glue.ConcurrentRunsExceededException",
        "Glue.ResourceNumberLimitExceededException",
        "Glue.ThrottlingException",
        "Glue.AccessDeniedException",
        "Glue.EntityNotFoundException",
        "Glue.InvalidInputException",
    ),
    look=_LOOK,
    look_first=_LOOK._replace(
        state="Look for an earlier Glue job run",
        comment="An earlier attempt may have started the run, so this replay looks for it first.",
        parameters={"FunctionName": "${glue_run_function_arn}", "Payload": {"runs.$": "$.request.look_for"}},
        retries=_LOOK.retries[1:],
    ),
    wait_state="Wait until Glue lists the job run",
    wait_seconds=15,
    action="start the Glue job run",
    unknown_state="Note that the Glue job run is unknown",
    unknown_cause="the answer of StartJobRun was lost, and the search for the run failed. Look at the runs of the job in the "
    "Glue console. A replay looks first for the run of this attempt",
    refused_state="Note that Glue refused the start",
    restarts=2,
    restart_seconds=60,
    function="glue_run",
    role=(
        Allow(
            action="glue:GetJobRuns",
            resource="arn:${partition}:glue:${region}:${account}:job/*",
            doc_url="https://docs.aws.amazon.com/glue/latest/webapi/API_GetJobRuns.html",
        ),
    ),
)
"""Look-up of a Glue job run by the argument ``--triggered_by_execution``: StartJobRun has no idempotency token."""
