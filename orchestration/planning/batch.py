"""The internal type ``batch``: an item that starts one more execution of the orchestrator, for up to 40 triggers.

The router packs the triggers of a large event into batches, so that one StartExecution call starts the whole event. A batch
is never in a configuration.
"""

from __future__ import annotations

from orchestration.triggers.base import Allow, Retry, ServiceIntegration

INTEGRATION = ServiceIntegration(
    state="Start execution for a batch of triggers",
    resource="states:startExecution",
    comment="Starts this state machine for up to 40 triggers, under a deterministic name.",
    parameters={
        "StateMachineArn.$": "$.request.StateMachineArn",
        "Name.$": "$.request.Name",
        "Input": {
            "event.$": "$.event",
            "triggers.$": "$.request.triggers",
            "routing.$": "$.request.routing",
        },
    },
    run_id_path="$.ExecutionArn",
    retries=(
        Retry(
            errors=(
                "StepFunctions.ExecutionLimitExceededException",
                "StepFunctions.ExecutionLimitExceeded",
                "StepFunctions.KmsThrottlingException",
                "StepFunctions.ThrottlingException",
                "StepFunctions.AWSStepFunctionsException",
                "StepFunctions.SdkClientException",
            ),
            reason="the execution's name is deterministic and the state machine is a Standard one, so a second call starts "
            "nothing",
            interval_seconds=2,
            max_attempts=8,
            max_delay_seconds=60,
        ),
    ),
    already_started=("StepFunctions.ExecutionAlreadyExistsException",),
    already_started_id="$.request.Name",
    iam=(
        Allow(
            action="states:StartExecution",
            resource="${state_machine_arn}",
            doc_url="https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html",
        ),
    ),
    sample={
        "ExecutionArn": "arn:aws:states:us-west-1:123456789012:execution:downstream_orchestrator:run-b1",
        "StartDate": "2026-01-01T00:00:00.000Z",
    },
    sample_error="StepFunctions.StateMachineDoesNotExistException",
)
