"""Patch for moto's Step Functions that names the errors of optimized integrations as Step Functions does.

They have the names of the AWS SDK for Java 1 (``sdk_v1.py``). ``sdk_errors.py`` names the errors of ``aws-sdk`` integrations.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_events import (
    StateTaskServiceEvents,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_glue import (
    StateTaskServiceGlue,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_lambda import (
    StateTaskServiceLambda,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (
    StateTaskServiceSfn,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sns import (
    StateTaskServiceSns,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sqs import (
    StateTaskServiceSqs,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

from local.engine.patches.context import PatchContext
from local.engine.patches.interpreter.sdk_v1 import CLIENTS
from local.engine.patches.replace import replaced

PREFIXES: dict[type[StateTaskService], str] = {
    StateTaskServiceEvents: "EventBridge",
    StateTaskServiceGlue: "Glue",
    StateTaskServiceLambda: "Lambda",
    StateTaskServiceSfn: "StepFunctions",
    StateTaskServiceSns: "SNS",
    StateTaskServiceSqs: "SQS",
}
"""Prefix of a service's errors in Step Functions."""


def error_name(prefix: str, code: str) -> str:
    """Name that an optimized integration gives to an error of a service.

    An exception that the client of the AWS SDK for Java 1 registers keeps its class name, which ends in ``Exception``. Any
    other code becomes the base class of the client, such as ``AmazonSQSException`` and ``AWSGlueException``: a throttled
    StartJobRun is ``Glue.AWSGlueException`` (https://repost.aws/knowledge-center/glue-throttling-rate-exceeded).

    Args:
        prefix: prefix of the service's errors, such as ``SQS``.
        code: error code of the service's answer.
    """
    return f"{prefix}.{CLIENTS[prefix].class_of(code)}"


@contextmanager
def service_error_names(context: PatchContext) -> Iterator[None]:
    """Name the errors of the state machine's services as Step Functions does."""
    with ExitStack() as stack:
        for service, prefix in PREFIXES.items():
            stack.enter_context(_renamed(service, prefix))
        yield


def _renamed(service: type[StateTaskService], prefix: str) -> AbstractContextManager[None]:
    before = service._from_error

    def from_error(task: StateTaskService, env: Environment, ex: Exception) -> FailureEvent:
        if isinstance(ex, ClientError):
            # SQS once had another protocol. botocore gives the codes of that protocol, and the modelled code in
            # QueryErrorCode.
            code = str(ex.response["Error"].get("QueryErrorCode", ex.response["Error"]["Code"]))
            return _failure(task, env, error_name(prefix, code), _cause(ex, prefix, code))
        if isinstance(ex, BotoCoreError | ResponseParserError):
            return _failure(task, env, f"{prefix}.SdkClientException", str(ex))
        return before(task, env, ex)

    return replaced(service, "_from_error", from_error)


def _cause(error: ClientError, prefix: str, code: str) -> str:
    """Cause in the form of the AWS SDK for Java 1.

    LocalStack recorded it on AWS (``error_handling/test_task_service_sfn``, ``test_start_execution_no_such_arn``).
    """
    about = error.response["ResponseMetadata"]
    service = CLIENTS[prefix].base.removesuffix("Exception")
    return (
        f"{error.response['Error']['Message']} (Service: {service}; Status Code: {about['HTTPStatusCode']}; "
        f"Error Code: {code}; Request ID: {about.get('RequestId', '')}; Proxy: null)"
    )


def _failure(task: StateTaskService, env: Environment, error: str, cause: str) -> FailureEvent:
    details = TaskFailedEventDetails(
        error=error,
        cause=cause,
        resource=task._get_sfn_resource(),
        resourceType=task._get_sfn_resource_type(),
    )
    return FailureEvent(
        env=env,
        error_name=CustomErrorName(error),
        event_type=HistoryEventType.TaskFailed,
        event_details=EventDetails(taskFailedEventDetails=details),  # type: ignore[typeddict-item] # moto does the same
    )
