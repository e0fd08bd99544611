"""Patches of moto's Step Functions interpreter."""

from __future__ import annotations

import datetime
import functools
import re
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from jsonpath_ng.jsonpath import DatumInContext, Fields, Index
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.utils import boto_client, json_path
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local.patches.replacing import replaced
from local.runtime import LambdaRuntime

# "[*]", "[?...]", "[1:2]" and ".." can match several nodes: their result is a list, whatever the number of matches.
_INDEFINITE = re.compile(r"\[\*\]|\[\?|\[-?\d*:|\.\.|\.\*")


@contextmanager
def service_casing(endpoint: str, runtime: LambdaRuntime) -> Iterator[None]:
    """Use botocore's service model for the names of parameters and results, as moto's own helpers can."""

    def operation(task: StateTaskService, service: str | None, action: str | None) -> Any:
        client = boto_client.boto_client_for(region="us-east-1", service=task._get_boto_service_name(service))
        method = task._get_boto_service_action(action)
        return client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])

    def parameters(
        task: StateTaskService, parameters: Any, boto_service_name: Any = None, service_action_name: Any = None
    ) -> None:
        shape = operation(task, boto_service_name, service_action_name).input_shape
        if shape is not None:
            task._to_boto_request(parameters, shape)

    def response(
        task: StateTaskService, response: Any, boto_service_name: Any = None, service_action_name: Any = None
    ) -> None:
        shape = operation(task, boto_service_name, service_action_name).output_shape
        if shape is not None:
            task._from_boto_response(response, shape)
        _datetimes_to_text(response)

    with (
        replaced(StateTaskService, "_normalise_parameters", parameters),
        replaced(StateTaskService, "_normalise_response", response),
    ):
        yield


def _datetimes_to_text(value: Any) -> None:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(entries):
        if isinstance(item, datetime.datetime):
            value[key] = item.isoformat()
        else:
            _datetimes_to_text(item)


@contextmanager
def cached_clients(endpoint: str, runtime: LambdaRuntime) -> Iterator[None]:
    """Keep one client for each service and region, against the engine's own address."""
    lock = threading.Lock()

    @functools.cache
    def build(service_name: str, region_name: str) -> Any:
        return boto3.session.Session().client(
            service_name,
            region_name=region_name,
            endpoint_url=endpoint,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106 - the engine takes any
            config=Config(
                parameter_validation=False, retries={"total_max_attempts": 1}, max_pool_connections=50, read_timeout=120
            ),
        )

    def client(service_name: str, region_name: str, **_: Any) -> Any:
        with lock:
            return build(service_name, region_name)

    with replaced(boto_client, "boto3", types.SimpleNamespace(client=client)):
        yield


@contextmanager
def json_path_results(endpoint: str, runtime: LambdaRuntime) -> Iterator[None]:
    """Parse each path once; a definite path gives its value, an indefinite one a list."""
    parse = json_path.parse  # type: ignore[attr-defined] # what moto itself calls

    @functools.cache
    def parsed(path: str) -> Any:
        return _Expression(parse(path), indefinite=_INDEFINITE.search(path) is not None)

    with replaced(json_path, "parse", parsed):
        yield


@contextmanager
def any_account(endpoint: str, runtime: LambdaRuntime) -> Iterator[None]:
    """Take state machine ARNs of any account number, as examples in documents have them."""
    accepted = StepFunctionsParserBackend.accepted_mchn_arn_format
    lenient = re.compile(accepted.pattern.replace("(?P<account_id>[0-9]{12})", "(?P<account_id>[0-9]+)"))
    with replaced(StepFunctionsParserBackend, "accepted_mchn_arn_format", lenient):
        yield


class _Expression:
    """A parsed path; its single match is shaped so that moto's ``extract_json`` makes the right thing of it."""

    def __init__(self, expression: Any, *, indefinite: bool) -> None:
        self._expression = expression
        self._indefinite = indefinite

    def find(self, data: Any) -> list[Any]:
        matches: list[Any] = self._expression.find(data)
        if len(matches) != 1:
            return matches
        path = Index(0) if self._indefinite else Fields("definite")
        return [DatumInContext(matches[0].value, path=path, context=None)]


@contextmanager
def atomic_start(endpoint: str, runtime: LambdaRuntime) -> Iterator[None]:
    """Start one execution at a time, so that a name is found by the next one."""
    lock = threading.Lock()
    start = StepFunctionsParserBackend.start_execution

    def start_execution(backend: StepFunctionsParserBackend, *args: Any, **kwargs: Any) -> Any:
        with lock:
            return start(backend, *args, **kwargs)

    with replaced(StepFunctionsParserBackend, "start_execution", start_execution):
        yield
