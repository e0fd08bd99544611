"""Cases of ``step_function``."""

from __future__ import annotations

from tests.invalid_case import trigger_case
from tests.trigger_types.base import DEPENDS_ON_A_FIELD, ROUTER_SETTINGS, SOURCE_EVENT, MachineCase, Payload, TypeCases

_RECEIVED = {
    "triggered_by_job": "upstream",
    "triggered_by_run_id": "spark-application-0001",
    "source_event": SOURCE_EVENT,
}
_NESTED = "arn:aws:states:us-west-1:123456789012:stateMachine:nested"

CASES = TypeCases(
    on_success=Payload(
        trigger={
            "id": "publish",
            "arn": "arn:aws:states:us-west-1:123456789:stateMachine:my-workflow",
            "description": "Optional description",
            "when": {"metrics": {"records_written": [{"numeric": [">", 0]}]}},
        },
        received=_RECEIVED,
    ),
    on_approval=Payload(
        trigger={"arn": "arn:aws:states:us-west-1:123456789:stateMachine:my-workflow"}, received=_RECEIVED
    ),
    machine=MachineCase(
        trigger={"arn": _NESTED},
        request={"StateMachineArn": _NESTED, "Name": "run-0"},
        missing={"StateMachineArn": "arn:aws:states:us-west-1:123456789012:stateMachine:gone"},
        run_id_key="Name",
        operation="sfn.StartExecution",
        throttled="ExecutionLimitExceeded",
        server_error="InternalFailure",
        invalid_request="InvalidExecutionInput",
        throttled_error="StepFunctions.ExecutionLimitExceededException",
        error_prefix="StepFunctions.",
        attempts={"throttled for ever": 7},
        deduplicates=False,  # Express state machines ignore names
    ),
    run_result="states:describeExecution",
    iam_actions=("states:StartExecution",),
    iam_page="https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html",
    authorized_call="stepfunctions.StartExecution",
    # IAM checks the unqualified ARN for any version: docs/adr/0006-router-and-state-machine-versions.md.
    authorized_on=lambda given, here: [":".join(given["stateMachineArn"].split(":")[:7])],
    invalid=(
        trigger_case(
            "step_function: publish without wait",
            {"arn": "arn:aws:states:us-west-1:123456789012:stateMachine:m", "publish": True},
            'publish: found true without "wait": true, which it needs',
            beyond_schema=DEPENDS_ON_A_FIELD,
        ),
        trigger_case(
            "step_function: publish_as without publish",
            {"arn": "arn:aws:states:us-west-1:123456789012:stateMachine:m", "wait": True, "publish_as": "x"},
            'publish_as: found a name without "publish": true, which it needs',
            beyond_schema=DEPENDS_ON_A_FIELD,
        ),
        trigger_case(
            "step_function: template in publish_as",
            {"arn": "arn:aws:states:us-west-1:123456789012:stateMachine:m", "publish_as": "${job_name}"},
            "publish_as: found '${job_name}', expected a job name of at most 256 characters, no template",
        ),
        trigger_case(
            "step_function: itself",
            {"arn": "arn:aws:states:us-west-1:123456789012:stateMachine:orchestrator:prod"},
            "arn: found the orchestrator's own state machine, which would start itself in a loop. Name another one",
            beyond_schema=ROUTER_SETTINGS,
        ),
        trigger_case(
            "step_function: missing field",
            {},
            "arn: missing field",
        ),
        trigger_case(
            "step_function: not an arn",
            {"arn": "my-workflow"},
            "arn: found 'my-workflow', expected the ARN of a state machine, or of its version or alias, without a template",
        ),
        trigger_case(
            "step_function: other region",
            {"arn": "arn:aws:states:eu-west-1:123456789012:stateMachine:m"},
            "arn: found region eu-west-1, expected us-west-1. Nested executions start in the orchestrator's region",
            beyond_schema=ROUTER_SETTINGS,
        ),
        trigger_case(
            "step_function: template in arn",
            {"arn": "arn:aws:states:us-west-1:123456789012:stateMachine:${x}"},
            "arn: found 'arn:aws:states:us-west-1:123456789012:stateMachine:${x}', expected the ARN of a state machine, or of its version or alias, without a template",
        ),
        trigger_case(
            "step_function: unknown field",
            {"arn": "arn:aws:states:us-west-1:123456789012:stateMachine:m", "input": {}},
            "input: unknown field, expected one of: accept, arn, description, id, publish, publish_as, wait, when",
        ),
    ),
)
