"""Patch for moto's Step Functions that names the errors of ``aws-sdk`` integrations as Step Functions does.

They have the names of the AWS SDK for Java 2, which registers the exceptions of a service
(docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html). A cause ends in ``(SDK Attempt Count: N)``, as
LocalStack recorded on AWS.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import (
    StateTaskServiceAwsSdk,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment

from local.engine.patches.context import PatchContext
from local.engine.patches.replace import replaced

PREFIXES = {"glue": "Glue", "sfn": "Sfn"}
"""Service of a resource to the prefix of its errors."""


@contextmanager
def sdk_error_names(context: PatchContext) -> Iterator[None]:
    """Name the errors of ``aws-sdk`` integrations by the service's prefix and the class of the SDK."""
    before = StateTaskServiceAwsSdk._from_error

    def from_error(task: StateTaskServiceAwsSdk, env: Environment, ex: Exception) -> FailureEvent:
        prefix = PREFIXES.get(task.resource.api_name, task.resource.api_name)
        if isinstance(ex, ClientError):
            # botocore has one class for each modelled error, and ClientError for the others.
            modelled = type(ex) is not ClientError
            name = f"{type(ex).__name__.removesuffix('Exception')}Exception" if modelled else f"{prefix}Exception"
            about = ex.response["ResponseMetadata"]
            status, request_id = about["HTTPStatusCode"], about.get("RequestId", "")
            cause = (
                f"{ex.response['Error']['Message']} (Service: {prefix}, Status Code: {status}, Request ID: {request_id}) "
                "(SDK Attempt Count: 1)"
            )
            return task._get_task_failure_event(env=env, error=f"{prefix}.{name}", cause=cause)
        if isinstance(ex, BotoCoreError):
            error = f"{prefix}.SdkClientException"
            return task._get_task_failure_event(env=env, error=error, cause=f"{ex} (SDK Attempt Count: 1)")
        return before(task, env, ex)

    with replaced(StateTaskServiceAwsSdk, "_from_error", from_error):
        yield
