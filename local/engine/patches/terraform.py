"""Patches for calls that Terraform's AWS provider makes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.core.responses import ActionResult
from moto.iam.access_control import IAMPolicyStatement, PermissionResult
from moto.sqs.models import Queue
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser, ASLParserException
from moto.stepfunctions.responses import StepFunctionResponse

from local.engine.patches.context import PatchContext
from local.engine.patches.replace import added, replaced

_ALLOW = "RedriveAllowPolicy"


@contextmanager
def validated_definitions(context: PatchContext) -> Iterator[None]:
    """Answer ValidateStateMachineDefinition with the result of the interpreter's parser.

    Source: docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html.
    """

    def validate_state_machine_definition(response: StepFunctionResponse) -> ActionResult:
        try:
            AmazonStateLanguageParser.parse(response._get_param("definition"))
        except (ASLParserException, ValueError) as error:
            problem = {"severity": "ERROR", "code": "INVALID_DEFINITION", "message": repr(error)}
            return ActionResult({"result": "FAIL", "diagnostics": [problem], "truncated": False})
        return ActionResult({"result": "OK", "diagnostics": [], "truncated": False})

    with added(StepFunctionResponse, "validate_state_machine_definition", validate_state_machine_definition):
        yield


@contextmanager
def listed_versions(context: PatchContext) -> Iterator[None]:
    """Answer ListStateMachineVersions, newest version first.

    Source: docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachineVersions.html.
    """

    def list_state_machine_versions(response: StepFunctionResponse) -> ActionResult:
        machine = response.stepfunction_backend.describe_state_machine(response._get_param("stateMachineArn"))
        versions = sorted(machine.versions.items(), reverse=True)
        listed = [{"stateMachineVersionArn": one.arn, "creationDate": one.creation_date} for _, one in versions]
        return ActionResult({"stateMachineVersions": listed})

    with added(StepFunctionResponse, "list_state_machine_versions", list_state_machine_versions):
        yield


@contextmanager
def queue_attributes(context: PatchContext) -> Iterator[None]:
    """Keep RedriveAllowPolicy and Policy when a client sets other attributes, and return RedrivePolicy without spaces.

    Source: docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html.
    """
    assign, attributes = Queue._set_attributes, Queue.attributes

    def set_attributes(queue: Any, given: dict[str, Any], now: float | None = None) -> None:
        kept = {"Policy": getattr(queue, "policy", None), _ALLOW: getattr(queue, "redrive_allow_policy", None)}
        assign(queue, kept | given, now)

    def all_attributes(queue: Any) -> dict[str, Any]:
        known: dict[str, Any] = attributes.fget(queue)  # type: ignore[attr-defined]
        if queue.redrive_policy:
            known["RedrivePolicy"] = json.dumps(queue.redrive_policy, separators=(",", ":"))
        return known

    with (
        replaced(Queue, "BASE_ATTRIBUTES", [*Queue.BASE_ATTRIBUTES, _ALLOW]),
        replaced(Queue, "_set_attributes", set_attributes),
        replaced(Queue, "attributes", property(all_attributes)),
    ):
        yield


@contextmanager
def transport_conditions(context: PatchContext) -> Iterator[None]:
    """Ignore a Deny for requests without TLS, because the engine replaces endpoints that always use TLS.

    Source: docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html (aws:SecureTransport).
    """
    permitted = IAMPolicyStatement.is_action_permitted

    def is_action_permitted(statement: Any, *args: Any, **kwargs: Any) -> PermissionResult:
        if statement._statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}:
            return PermissionResult.NEUTRAL
        return permitted(statement, *args, **kwargs)

    with replaced(IAMPolicyStatement, "is_action_permitted", is_action_permitted):
        yield


@contextmanager
def logging_config(context: PatchContext) -> Iterator[None]:
    """Store and return a function's LoggingConfig.

    Source: docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html.
    """
    make, configuration, update = (
        LambdaFunction.__init__,
        LambdaFunction.get_configuration,
        LambdaFunction.update_configuration,
    )

    def init(function: Any, account_id: str, spec: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        make(function, account_id, spec, *args, **kwargs)
        function.logging_config = spec.get("LoggingConfig")

    def get_configuration(function: Any, on_create: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - moto's signature
        given = {"LoggingConfig": function.logging_config} if function.logging_config else {}
        return configuration(function, on_create) | given

    def update_configuration(function: Any, changes: dict[str, Any]) -> dict[str, Any]:
        function.logging_config = changes.get("LoggingConfig", function.logging_config)
        return update(function, changes)

    with (
        replaced(LambdaFunction, "__init__", init),
        replaced(LambdaFunction, "get_configuration", get_configuration),
        replaced(LambdaFunction, "update_configuration", update_configuration),
    ):
        yield
