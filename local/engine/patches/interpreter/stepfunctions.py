"""Patches for moto's Step Functions interpreter."""

from __future__ import annotations

import copy
import datetime
import functools
import json
import re
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jsonpath_ng.jsonpath import DatumInContext, Fields, Index
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser import quotas
from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.utils import boto_client, json_path
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local.engine.call_recorder import record
from local.engine.clients import client as engine_client
from local.engine.patches.context import PatchContext
from local.engine.patches.replace import replaced

# Paths with "[*]", "[?...]", "[1:2]" or ".." can match several nodes, so their result is always a list.
_INDEFINITE = re.compile(r"\[\*\]|\[\?|\[-?\d*:|\.\.|\.\*")


@contextmanager
def service_casing(context: PatchContext) -> Iterator[None]:
    """Convert the names of parameters and results with botocore's service model and moto's helper functions."""

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
def cached_clients(context: PatchContext) -> Iterator[None]:
    """Call the engine's own address, with one cached client for each service and region."""
    lock = threading.Lock()

    @functools.cache
    def build(service_name: str, region_name: str) -> Any:
        made = engine_client(service_name, region_name, context.endpoint, parameter_validation=False)
        context.faults.watch(made)
        record(made.meta.events, context.calls.append)
        return made

    def client(service_name: str, region_name: str, **_: Any) -> Any:
        with lock:
            return build(service_name, region_name)

    with replaced(boto_client, "boto3", types.SimpleNamespace(client=client)):
        yield


@contextmanager
def json_path_results(context: PatchContext) -> Iterator[None]:
    """Parse each path once; a definite path returns its value, an indefinite path returns a list."""
    parse = json_path.parse  # type: ignore[attr-defined] # moto calls this imported name

    @functools.cache
    def parsed(path: str) -> Any:
        return _Expression(parse(path), indefinite=_INDEFINITE.search(path) is not None)

    with replaced(json_path, "parse", parsed):
        yield


@contextmanager
def retry_counts(context: PatchContext) -> Iterator[None]:
    """Use the identity of a retrier as the key of its count, so that all threads use the same key."""
    with replaced(EvalComponent, "heap_key", property(lambda component: f"component-{id(component)}")):
        yield


@contextmanager
def any_account(context: PatchContext) -> Iterator[None]:
    """Accept state machine ARNs whose account number does not have 12 digits, as in examples of documents."""
    accepted = StepFunctionsParserBackend.accepted_mchn_arn_format
    lenient = re.compile(accepted.pattern.replace("(?P<account_id>[0-9]{12})", "(?P<account_id>[0-9]+)"))
    with replaced(StepFunctionsParserBackend, "accepted_mchn_arn_format", lenient):
        yield


class _Expression:
    """A parsed path whose matches make moto's ``extract_json`` return a value or a list, as Step Functions does."""

    def __init__(self, expression: Any, *, indefinite: bool) -> None:
        self._expression = expression
        self._indefinite = indefinite

    def find(self, data: Any) -> list[Any]:
        matches: list[Any] = self._expression.find(data)
        if not matches and self._indefinite:
            return [DatumInContext([], path=Fields("nothing"), context=None)]
        if len(matches) != 1:
            return matches
        path = Index(0) if self._indefinite else Fields("definite")
        return [DatumInContext(matches[0].value, path=path, context=None)]


@contextmanager
def executions_of_versions(context: PatchContext) -> Iterator[None]:
    """Share one list of executions between a state machine and its versions, so that names are unique across them.

    Source: docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html (stateMachineVersionArn).
    """
    publish = StateMachine.publish

    def published(machine: StateMachine, description: str | None) -> None:
        publish(machine, description)
        made: Any = machine.latest_version
        version: Any = copy.copy(machine)  # The copy shares the list of executions.
        version.arn, version.source_arn, version.version, version.description = (
            made.arn,
            machine.arn,
            made.version,
            description,
        )
        machine.versions[made.version] = machine.latest_version = version

    with replaced(StateMachine, "publish", published):
        yield


@contextmanager
def atomic_start(context: PatchContext) -> Iterator[None]:
    """Start one execution at a time, so that each start finds the names of the earlier ones."""
    lock = threading.Lock()
    start = StepFunctionsParserBackend.start_execution

    def start_execution(backend: StepFunctionsParserBackend, *args: Any, **kwargs: Any) -> Any:
        with lock:
            return start(backend, *args, **kwargs)

    with replaced(StepFunctionsParserBackend, "start_execution", start_execution):
        yield


@contextmanager
def state_sizes(context: PatchContext) -> Iterator[None]:
    """Measure a state's data as UTF-8, without escapes for non-ASCII characters.

    Source: docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html ("as a UTF-8 encoded string").
    """
    with replaced(quotas, "to_json_str", lambda value: json.dumps(value, ensure_ascii=False, default=str)):
        yield
