"""Finds the deployed router, reads its environment and invokes it.

If the function has the alias ``live``, SNS invokes that alias. A manual invocation must use the same version, environment and
failure destination.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from orchestration.errors import OrchestrationError
from orchestration.settings import LIVE, Settings

# One attempt, longer than the function's timeout: a second attempt would only find the executions of the first one.
_CLIENT = Config(read_timeout=120, retries={"total_max_attempts": 1})


class RouterNotFoundError(OrchestrationError):
    """The function does not exist. The person who named it acts."""


class RouterFailedError(OrchestrationError):
    """The router raised, or another function answered. The text comes from the function and names who acts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedRouter:
    """A router Lambda in an account.

    Attributes:
        client: boto3 Lambda client.
        name: name of the function.
        qualifier: ``live`` if the function has that alias, else empty.
        settings: environment of the router.
    """

    client: Any
    name: str
    qualifier: str
    settings: Settings

    @classmethod
    def find(cls, name: str, region: str = "") -> DeployedRouter:
        """Find the function.

        Args:
            name: name of the function.
            region: region of the function; by default boto3's region.

        Raises:
            RouterNotFoundError: the function does not exist.
            SettingsError: it is not a router, or its environment is incomplete.
        """
        # The AWS CLI and Terraform read AWS_REGION, boto3 does not.
        region = region or os.environ.get("AWS_REGION", "")
        client = boto3.client("lambda", region_name=region or None, config=_CLIENT)
        try:
            client.get_alias(FunctionName=name, Name=LIVE)
            qualifier = LIVE
        except client.exceptions.ResourceNotFoundException:
            qualifier = ""
        try:
            configuration = client.get_function_configuration(FunctionName=name, **_qualified(qualifier))
        except client.exceptions.ResourceNotFoundException as error:
            raise RouterNotFoundError(
                f"function {name!r}: does not exist in {client.meta.region_name}. Name the router Lambda, "
                "PREFIX-downstream-orchestrator, and its region."
            ) from error
        settings = Settings.from_environment(configuration.get("Environment", {}).get("Variables", {}))
        return cls(client=client, name=name, qualifier=qualifier, settings=settings)

    @property
    def region(self) -> str:
        """Region of the function."""
        return str(self.client.meta.region_name)

    def invoke(self, payload: Any) -> list[dict[str, Any]]:
        """Invoke the router and return its report.

        Returns:
            One entry for each record of the payload.

        Raises:
            RouterFailedError: the router raised, or the answer is not a router's report.
            ClientError: Lambda refused the call.
        """
        # The alias is part of the name: AWS accepts both forms, but the local engine ignores the Qualifier of an invocation.
        name = f"{self.name}:{self.qualifier}" if self.qualifier else self.name
        answer = self.client.invoke(FunctionName=name, Payload=json.dumps(payload).encode())
        result = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            raise RouterFailedError(str(result.get("errorMessage", result)))
        records = result.get("records") if isinstance(result, dict) else None
        if not isinstance(records, list):
            raise RouterFailedError(
                f"function {self.name}: answered {result!r:.120}, expected a router report. Check the function name."
            )
        return records

    def failure_destination(self) -> str:
        """ARN of the destination of failed asynchronous invocations, or empty.

        Source: docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html.
        """
        try:
            config = self.client.get_function_event_invoke_config(FunctionName=self.name, **_qualified(self.qualifier))
        except self.client.exceptions.ResourceNotFoundException:
            return ""
        return str(config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", ""))


def _qualified(qualifier: str) -> dict[str, str]:
    return {"Qualifier": qualifier} if qualifier else {}
