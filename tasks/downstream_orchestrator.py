"""Lambda handler of the router: starts Step Functions executions for SNS records or a direct invocation."""

from __future__ import annotations

import functools
import logging
import os
from typing import Any

import boto3
from botocore.config import Config

from orchestration import strictjson
from orchestration.config import ConfigLoader
from orchestration.router import Router
from orchestration.settings import Settings

_LOGGERS = ("orchestration", "downstream_orchestrator")

log = logging.getLogger("downstream_orchestrator")

# Short enough for the SDK's retries to end before the Lambda's timeout if an endpoint hangs.
_CLIENT = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "max_attempts": 4})


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Route one invocation.

    Args:
        event: an SNS event (docs.aws.amazon.com/lambda/latest/dg/with-sns.html) or a job event.
        context: the Lambda context; its request id distinguishes deliveries.

    Returns:
        ``{"records": [...]}``, one report for each record: executions with STARTED or DUPLICATE, triggers, rejected,
        warnings; or IGNORED with the reason.

    Raises:
        RoutingError: a record failed; Lambda retries the invocation, then stores the payload in its failure
            destination.
        SettingsError: the function's environment is incomplete.
    """
    settings = Settings.from_environment(os.environ)
    for logger in _LOGGERS:  # not the root logger, because botocore logs too much
        logging.getLogger(logger).setLevel(logging.getLevelNamesMapping().get(settings.log_level, logging.INFO))
    log.info("Received event: %s", strictjson.printable(event))
    return _router().route(event, context.aws_request_id, settings)


@functools.cache
def _router() -> Router:
    """The router, cached for the execution environment, with its clients and configuration cache."""
    loader = ConfigLoader(s3=boto3.client("s3", config=_CLIENT), ssm=_ssm)
    return Router(loader, boto3.client("stepfunctions", config=_CLIENT))


@functools.cache
def _ssm() -> Any:
    """The SSM client, created when a fallback needs it."""
    return boto3.client("ssm", config=_CLIENT)
