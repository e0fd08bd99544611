"""Lambda handler of the router: starts Step Functions executions for SNS records or a direct invocation."""

from __future__ import annotations

import functools
import gc
import logging
import os
from typing import TYPE_CHECKING, Any

gc.disable()  # Until the clients exist: each collection would visit all modules again. See docs/adr/0020-cold-start.md.

import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

from orchestration.configuration.loader import ConfigLoader
from orchestration.deadline import Deadline
from orchestration.log_lines import keep_single_lines
from orchestration.router import Router
from orchestration.settings import Settings
from orchestration.values import strictjson

if TYPE_CHECKING:
    from orchestration.aws import LambdaContext, SsmClient
    from orchestration.values.strictjson import Json

SERVICES = ("dynamodb", "s3", "ssm", "stepfunctions")
"""Services that the function has a client of."""

_LOGGERS = ("orchestration", "downstream_orchestrator")

log = logging.getLogger("downstream_orchestrator")

# S3 and SSM use up 42 seconds if both hang. "max_attempts" would not count the first attempt:
# https://boto3.amazonaws.com/v1/documentation/api/latest/guide/retries.html
_CLIENT = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
_DEADLINE = Deadline()


def handler(event: Json, context: LambdaContext) -> dict[str, Any]:
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
    keep_single_lines()
    log.info("Received event: %s", strictjson.printable(event))
    _DEADLINE.begin(context.get_remaining_time_in_millis() / 1000)
    return _router().route(event, context.aws_request_id, settings)


@functools.cache
def _router() -> Router:
    """The router, cached for the execution environment, with its clients and configuration cache."""
    gc.disable()
    try:
        router = Router(ConfigLoader(s3=_client("s3"), ssm=_ssm), _client("stepfunctions"), _dynamodb)
    finally:
        gc.enable()
    gc.freeze()  # Modules and clients live as long as the process, so no later collection visits them.
    return router


@functools.cache
def _ssm() -> SsmClient:
    """The SSM client, created when a fallback needs it."""
    client: SsmClient = _client("ssm")
    return client


@functools.cache
def _dynamodb() -> Any:
    """The DynamoDB client, created when a configuration with joins needs it."""
    return _client("dynamodb")


def _client(service: str) -> Any:
    return _DEADLINE.watch(_session().create_client(service, config=_CLIENT))


class KnownServices(Loader):
    """botocore's loader of service models, with the services that the function uses.

    For each client the loader lists the folders of botocore's 400 services, only to know whether the service exists.
    """

    def list_available_services(self, type_name: str) -> list[str]:
        """Names of the services, without a look into the folders."""
        return list(SERVICES)


@functools.cache
def _session() -> Any:
    """A session of botocore, because the import of boto3 adds about 4 % to the cold start. The clients are the same."""
    session = botocore.session.get_session()
    paths = session.get_component("data_loader").search_paths
    session.register_component("data_loader", KnownServices(paths, include_default_search_paths=False))
    return session


gc.freeze()  # Otherwise the next collection would visit all modules, before the clients exist.
gc.enable()
