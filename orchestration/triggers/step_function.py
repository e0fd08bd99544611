"""Starts an execution of another state machine with the event as its input."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from orchestration.aws_partitions import PARTITION
from orchestration.settings import STATE_MACHINE_ARN, Settings
from orchestration.triggers._addresses import other_account, other_region
from orchestration.triggers._waiting_trigger import HARMLESS, MAX_WAIT_SECONDS, RunLookUp, WaitingTrigger
from orchestration.triggers.base import Allow, RequestContext, Retry, ServiceIntegration
from orchestration.triggers.facets import REGISTERED, SNAPSHOTS, UNREGISTERED, Evidence, Refusal, TargetQuestion
from orchestration.values.strictjson import Json, JsonObject
from orchestration.values.validation import StringPattern, ValidationProblem

_ARN = (
    rf"^arn:{PARTITION}:states:[a-z0-9-]+:[0-9]+:stateMachine:"
    r"[A-Za-z0-9_-]{1,80}(?::[A-Za-z0-9_.-]{1,80})?$"
)

_IAM = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html"
_MACHINE = "arn:${partition}:states:${region}:${account}:stateMachine:*"
_EXECUTION = "arn:${partition}:states:${region}:${account}:execution:*"
_RULE = "arn:${partition}:events:${region}:${account}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
_REFUSED = Retry(
    # AWS reports a throttled call as AWSStepFunctionsException, which also covers 5xx errors (ERROR_NAMES below).
    errors=(
        "StepFunctions.ExecutionLimitExceededException",
        "StepFunctions.ExecutionLimitExceeded",
        "StepFunctions.KmsThrottlingException",
        "StepFunctions.ThrottlingException",
    ),
    reason="Step Functions refused the execution, so none started. 5xx errors and timeouts are not retried, because "
    "Express state machines ignore names",
    interval_seconds=2,
    max_attempts=6,
    max_delay_seconds=60,
)
_REFUSED_OR_UNKNOWN = _REFUSED._replace(
    errors=(*_REFUSED.errors, "StepFunctions.AWSStepFunctionsException", "StepFunctions.SdkClientException"),
    reason="only a Standard state machine can be waited for, and it starts one execution for a name",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFunction(WaitingTrigger):
    """Start a Step Functions execution."""

    arn: Annotated[
        str, StringPattern(_ARN, "the ARN of a state machine, or of its version or alias, without a template")
    ]
    """ARN of the state machine to start, in the orchestrator's region."""

    TYPE: ClassVar[str] = "step_function"
    TARGET_FIELD: ClassVar[str] = "arn"
    ADDRESSES: ClassVar[tuple[str, ...]] = ("arn",)
    COLOUR: ClassVar[str] = "#b3478f"
    RESERVED_FIELDS: ClassVar[Mapping[str, str]] = {
        "triggered_by_job": "Name of the upstream job",
        "triggered_by_run_id": "Run id of the upstream job",
        "source_event": "The whole event",
    }
    INTEGRATION: ClassVar[ServiceIntegration] = ServiceIntegration(
        state="Start nested execution",
        resource="states:startExecution",
        comment="Starts the execution under a deterministic name, so that a repeated call cannot start a second one.",
        parameters={
            "StateMachineArn.$": "$.request.StateMachineArn",
            "Name.$": "$.request.Name",
            "Input": {
                "triggered_by_job.$": "$.event.job_name",
                "triggered_by_run_id.$": "$.event.job_run_id",
                "source_event.$": "$.event",
            },
        },
        run_id_path="$.ExecutionArn",
        retries=(_REFUSED,),
        # The first call started the execution, its answer was lost, and the SDK called again. That is a success.
        already_started=("StepFunctions.ExecutionAlreadyExistsException",),
        already_started_id="$.request.Name",
        iam=(Allow(action="states:StartExecution", resource=_MACHINE, doc_url=_IAM),),
        run_page="states/home?region={region}#/v2/executions/details/{execution_arn}",
        sample={
            "ExecutionArn": "arn:aws:states:us-west-1:123456789012:execution:publish_image_catalog:run-0",
            "StartDate": "2026-01-01T00:00:00.000Z",
        },
        sample_error="StepFunctions.StateMachineDoesNotExistException",
    )
    RUN: ClassVar[ServiceIntegration] = INTEGRATION._replace(
        state="Run nested execution to its end",
        resource="states:startExecution.sync",
        comment="Starts the execution of a Standard state machine and waits for its end.",
        timeout_seconds=MAX_WAIT_SECONDS,
        retries=(_REFUSED_OR_UNKNOWN,),
        iam=(
            *INTEGRATION.iam,
            *(
                Allow(action=f"states:{action}", resource=_EXECUTION, doc_url=_IAM)
                for action in ("DescribeExecution", "StopExecution")
            ),
            *(
                Allow(action=f"events:{action}", resource=_RULE, doc_url=_IAM)
                for action in ("PutTargets", "PutRule", "DescribeRule")
            ),
        ),
        sample={
            "ExecutionArn": "arn:aws:states:us-west-1:123456789012:execution:publish_image_catalog:run-0",
            "Status": "SUCCEEDED",
            "Output": '{"images": 5}',
        },
    )
    # ".sync" gives the output as text, so a Choice can tell an object from other values. ".sync:2" gives the parsed value.
    RUN_RESULT: ClassVar[Mapping[str, Json]] = {
        "id.$": "$.ExecutionArn",
        "status.$": "$.Status",
        "output.$": "$.Output",
    }
    LOOK_UP: ClassVar[RunLookUp | None] = RunLookUp(
        # The execution runs already, or its result is too large to arrive: ask for its state.
        errors=(*INTEGRATION.already_started, "States.DataLimitExceeded"),
        describe=ServiceIntegration(
            state="Read the state of the nested execution",
            resource="aws-sdk:sfn:describeExecution",
            comment="Asked for only if the result of the execution did not arrive: it is too large, or an earlier call "
            "started it.",
            parameters={"ExecutionArn.$": "$.request.ExecutionArn", "IncludedData": "METADATA_ONLY"},
            run_id_path="$.ExecutionArn",
            retries=HARMLESS,
            iam=(),
            sample={},
            sample_error="",
        ),
        describe_result={"id.$": "$.ExecutionArn", "status.$": "$.Status", "output": ""},
        running=("RUNNING", "PENDING_REDRIVE"),
        pause_state="Wait before the next look at the execution",
        ended_state="Has the nested execution ended?",
        read_state="Read the output of the nested execution",
        read_parameters={"ExecutionArn.$": "$.request.ExecutionArn"},
    )
    TARGET_PERMISSION: ClassVar[Allow] = INTEGRATION.iam[0]
    ALLOW_LIST: ClassVar[str] = "state_machines"
    ERROR_NAMES: ClassVar[Mapping[str, Evidence]] = {
        "StepFunctions.AWSStepFunctionsException": Evidence(
            "StartExecution was throttled, or failed with an unknown error",
            "inferred",
            UNREGISTERED,
            "Retried for batches and for triggers that wait: both start a Standard state machine, which starts one execution "
            "for a name. A nested execution without `wait` may be an Express one, which ignores names. Never set `wait` for "
            "an Express state machine: the trigger fails, and its retries could start several executions.",
        ),
        "StepFunctions.ExecutionAlreadyExistsException": Evidence("the name is used", "inferred", REGISTERED),
        "StepFunctions.ExecutionLimitExceeded": Evidence(
            "too many executions run",
            "documented",
            "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-nested-workflows.html",
            "Retried under both names. Recorded errors of Step Functions end in `Exception`, but the example on the page "
            "does not.",
        ),
        "StepFunctions.ExecutionLimitExceededException": Evidence("too many executions run", "inferred", REGISTERED),
        "StepFunctions.KmsThrottlingException": Evidence(
            "KMS throttled the key of the state machine, so no execution started",
            "inferred",
            REGISTERED,
        ),
        "StepFunctions.SdkClientException": Evidence(
            "the call did not reach Step Functions, or its answer was lost",
            "inferred",
            "class of the AWS SDK for Java 1, recorded for SQS",
            "Retried for batches and for triggers that wait, as the base class.",
        ),
        "StepFunctions.StateMachineDoesNotExistException": Evidence(
            "the state machine does not exist",
            "recorded",
            f"{SNAPSHOTS}/error_handling/test_task_service_sfn`, `test_start_execution_no_such_arn`",
        ),
        "StepFunctions.ThrottlingException": Evidence(
            "StartExecution was throttled",
            "inferred",
            "not registered: AWS sends `StepFunctions.AWSStepFunctionsException`",
            "Kept for a newer SDK: it can only be a refusal.",
        ),
    }
    EXAMPLE: ClassVar[Mapping[str, Json]] = {
        "type": "step_function",
        "id": "publish-catalog",
        "arn": "arn:aws:states:us-west-1:123456789012:stateMachine:publish_image_catalog",
        "description": "Publish the image catalog",
        "wait": True,
        "publish": True,
        "publish_as": "image_catalog",
        "when": {"metrics": {"records_written": [{"numeric": [">", 0]}]}},
    }

    def target_name(self) -> str:
        """The state machine's name, with the version or alias that the ARN has."""
        return self.arn.split(":stateMachine:")[1]

    def allow_list_entry(self, settings: Settings) -> str:
        """The state machine's name, without version or alias: IAM authorizes the call by the unqualified ARN."""
        return self.target_name().partition(":")[0]

    def question(self, settings: Settings) -> TargetQuestion:
        """Describe the state machine; a trigger that waits needs a Standard one."""
        deleting = Refusal(
            "status", "DELETING", "is being deleted", "Create it again, or name another one in the configuration"
        )
        express = Refusal(
            "type",
            "EXPRESS",
            "is an Express state machine, and the trigger waits for it",
            "Remove wait, or name a Standard state machine",
        )
        return TargetQuestion(
            service="stepfunctions",
            operation="describe_state_machine",
            parameters={"stateMachineArn": self.arn},
            region=self.arn.split(":")[3],
            subject=f"state machine {self.arn}",
            missing=("StateMachineDoesNotExist",),
            refusals=(deleting, express) if self.wait else (deleting,),
        )

    def check(self, path: str, settings: Settings) -> Iterator[ValidationProblem]:
        """Refuse a state machine in another region or account, and the orchestrator's own one, which would be a loop."""
        yield from self.waiting_problems(path, settings)
        yield from other_account(f"{path}.arn", self.arn, settings)
        region = self.arn.split(":")[3]
        if other_region(region, settings):
            yield ValidationProblem(
                f"{path}.arn",
                f"found region {region}, expected {settings.region}. Nested executions start in the orchestrator's region",
                code="other-region",
            )
        own, target = re.match(STATE_MACHINE_ARN, settings.state_machine_arn), re.match(STATE_MACHINE_ARN, self.arn)
        if own and target and own[0] == target[0]:
            yield ValidationProblem(
                f"{path}.arn",
                "found the orchestrator's own state machine, which would start itself in a loop. Name another one",
                code="own-state-machine",
            )

    def request(self, context: RequestContext) -> JsonObject:
        """``{StateMachineArn, Name}``, and ``ExecutionArn`` if the trigger waits; the state machine builds the input."""
        request: JsonObject = {"StateMachineArn": self.arn, "Name": context.downstream_run_id}
        if self.wait:
            request |= {"ExecutionArn": self.named_run(request), **self.waiting_fields(context)}
        return request

    @classmethod
    def named_run(cls, request: JsonObject) -> str:
        """ARN of the execution. An Express state machine ignores the name, so no execution has this ARN."""
        machine = re.match(STATE_MACHINE_ARN, str(request.get("StateMachineArn")))
        return f"{machine[0].replace(':stateMachine:', ':execution:')}:{request.get('Name')}" if machine else ""

    def published_job(self) -> str:
        """``job_name`` of the published event: by default the state machine's name, without version or alias."""
        return self.publish_as or self.target_name().partition(":")[0]
