"""Patch for moto's Step Functions that names service errors as Step Functions does, by botocore's service models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from botocore.exceptions import ClientError
from botocore.model import ServiceModel
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
from moto.stepfunctions.parser.asl.utils import boto_client

from local.engine.patches.context import PatchContext
from local.engine.patches.replace import replaced

PREFIXES: dict[type[StateTaskService], str] = {
    StateTaskServiceEvents: "EventBridge",
    StateTaskServiceGlue: "Glue",
    StateTaskServiceSfn: "StepFunctions",
    StateTaskServiceSns: "SNS",
    StateTaskServiceSqs: "SQS",
}
"""Prefix of a service's errors in Step Functions."""


def error_name(prefix: str, model: ServiceModel, code: str) -> str:
    """Name that Step Functions gives to an error of a service.

    A modelled exception keeps its class name, which ends in ``Exception``. Any other code becomes the base class of the
    service in the AWS SDK for Java 1, such as ``AmazonSQSException`` and ``AWSGlueException``. ``docs/error-names.md`` has
    the evidence.

    Args:
        prefix: prefix of the service's errors, such as ``SQS``.
        model: botocore's model of the service.
        code: error code of the service's answer.
    """
    modelled = {shape.error_code: shape.name for shape in model.error_shapes}
    if code in modelled:
        return f"{prefix}.{modelled[code].removesuffix('Exception')}Exception"
    vendor = str(model.metadata["serviceFullName"]).partition(" ")[0]  # Amazon or AWS
    return f"{prefix}.{vendor}{prefix}Exception"


@contextmanager
def service_error_names(context: PatchContext) -> Iterator[None]:
    """Name the errors of the state machine's services as Step Functions does."""
    with ExitStack() as stack:
        for service, prefix in PREFIXES.items():
            stack.enter_context(_renamed(service, prefix))
        yield


def _renamed(service: type[StateTaskService], prefix: str) -> Any:
    before = service._from_error

    def from_error(task: Any, env: Environment, ex: Exception) -> FailureEvent:
        if not isinstance(ex, ClientError):
            return before(task, env, ex)
        client = boto_client.boto_client_for(region="us-east-1", service=task._get_boto_service_name())
        answer: dict[str, Any] = ex.response["Error"]
        # SQS once had another protocol. botocore gives the codes of that protocol, and the modelled code in QueryErrorCode.
        error = error_name(prefix, client.meta.service_model, answer.get("QueryErrorCode", answer["Code"]))
        failed: Any = before(task, env, ex).event_details
        moto = failed["taskFailedEventDetails"]
        details = TaskFailedEventDetails(
            error=error,
            # For Step Functions and SNS, moto writes status and code of the answer into the cause, as AWS does.
            cause=moto["cause"] if "resource" in moto else answer["Message"],
            resource=task._get_sfn_resource(),
            resourceType=task._get_sfn_resource_type(),
        )
        return FailureEvent(
            env=env,
            error_name=CustomErrorName(error),
            event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(taskFailedEventDetails=details),  # type: ignore[typeddict-item] # moto does the same
        )

    return replaced(service, "_from_error", from_error)
