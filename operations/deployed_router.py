"""The router as it is deployed: found by its name, its environment read, invoked and waited for.

Where the function has the alias ``live``, SNS invokes that alias, and what is sent by hand must meet the same version,
the same environment and the same failure destination.
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

# One attempt, and longer than the function's own time: a second attempt would only meet the first one's executions.
_CLIENT = Config(read_timeout=120, retries={"total_max_attempts": 1})


class RouterNotFoundError(OrchestrationError):
    """There is no such function. The person who named it acts."""


class RouterFailedError(OrchestrationError):
    """The router raised, or what answered is no router. The text is the function's own; who acts is said there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedRouter:
    """A router Lambda in an account.

    Attributes:
        client: boto3 Lambda client.
        name: the function's name.
        qualifier: ``live`` where the function has that alias, else empty.
        settings: its environment.
    """

    client: Any
    name: str
    qualifier: str
    settings: Settings

    @classmethod
    def find(cls, name: str, region: str = "") -> DeployedRouter:
        """Look the function up.

        Args:
            name: the function's name.
            region: by default the one that boto3 finds.

        Raises:
            RouterNotFoundError: there is no such function.
            SettingsError: it is no router, or its environment is incomplete.
        """
        # AWS_REGION is read by the AWS CLI and Terraform, and not by boto3.
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
                f"function {name!r} is not there in {client.meta.region_name}; name the router Lambda, "
                "PREFIX-downstream-orchestrator, and its region"
            ) from error
        settings = Settings.from_environment(configuration.get("Environment", {}).get("Variables", {}))
        return cls(client=client, name=name, qualifier=qualifier, settings=settings)

    @property
    def region(self) -> str:
        """Where the function is."""
        return str(self.client.meta.region_name)

    def invoke(self, payload: Any) -> list[dict[str, Any]]:
        """Invoke the router and wait for its answer.

        Returns:
            Its report, one entry a record of the payload.

        Raises:
            RouterFailedError: it raised, or the answer is no router's report.
            ClientError: Lambda refused the call.
        """
        # The alias in the name, not as Qualifier: AWS takes both, the local engine reads no Qualifier of an invocation.
        name = f"{self.name}:{self.qualifier}" if self.qualifier else self.name
        answer = self.client.invoke(FunctionName=name, Payload=json.dumps(payload).encode())
        result = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            raise RouterFailedError(str(result.get("errorMessage", result)))
        records = result.get("records") if isinstance(result, dict) else None
        if not isinstance(records, list):
            raise RouterFailedError(f"function {self.name} answered {result!r:.120}, which is no router's report")
        return records

    def failure_destination(self) -> str:
        """ARN of what holds the asynchronous invocations that failed for good, or empty.

        Source: docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html.
        """
        try:
            config = self.client.get_function_event_invoke_config(FunctionName=self.name, **_qualified(self.qualifier))
        except self.client.exceptions.ResourceNotFoundException:
            return ""
        return str(config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", ""))


def _qualified(qualifier: str) -> dict[str, str]:
    return {"Qualifier": qualifier} if qualifier else {}
