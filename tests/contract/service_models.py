"""Compares a service integration with botocore's model of the service.

The differences of Step Functions are data: ``SERVICES``, ``FREE_FORM`` and the spelling of names in ``spelled``. An integration
that waits (``.sync``) returns another API's output, which the type's ``TypeCases.run_result`` names.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

import botocore.session
from botocore.model import OperationModel, Shape

from orchestration.triggers.base import ServiceIntegration
from orchestration.values.strictjson import Json

SERVICES = {"states": "stepfunctions", "sfn": "stepfunctions"}
"""Service in a resource to botocore's name, if they differ
(docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html)."""

FREE_FORM = ("string", "blob")
"""Types of a parameter that may be any JSON: Step Functions sends an object as its JSON text, and parses a blob of a result
(docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html, connect-eventbridge.html)."""

PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "timestamp": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": (int, float),
    "float": (int, float),
}


@functools.cache
def operation(resource: str) -> OperationModel:
    """Model of an operation, as ``glue:startJobRun`` or ``aws-sdk:sfn:describeExecution``.

    Raises:
        AssertionError: the service or its operation does not exist.
    """
    service, name = resource.removeprefix("aws-sdk:").partition(".")[0].split(":")
    session = botocore.session.Session()
    botocore_name = SERVICES.get(service, service)
    assert botocore_name in session.get_available_services(), f"botocore knows no service {botocore_name}"
    model = session.get_service_model(botocore_name)
    spelling = name[0].upper() + name[1:]
    assert spelling in model.operation_names, f"{botocore_name} has no operation {spelling}"
    return model.operation_model(spelling)


def spelled(name: str) -> str:
    """The name of a member as Step Functions writes it: PascalCase."""
    return name[0].upper() + name[1:]


def member(shape: Shape, name: str) -> Shape | None:
    """The member of a structure that Step Functions calls ``name``."""
    members = shape.members if shape.type_name == "structure" else {}
    return next((found for key, found in members.items() if spelled(key) == name), None)


def parameter_problems(value: Json, shape: Shape, path: str = "Parameters") -> Iterator[str]:
    """Parameters that the operation does not have, and required ones that are missing."""
    if shape.type_name == "list" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from parameter_problems(item, shape.member, f"{path}[{index}]")
    elif shape.type_name == "structure":
        if not isinstance(value, dict):
            yield f"{path}: expected an object"
            return
        names = {key.removesuffix(".$") for key in value}
        yield from (f"{path}.{spelled(key)}: required" for key in shape.required_members if spelled(key) not in names)
        for key, item in value.items():
            found = member(shape, key.removesuffix(".$"))
            if found is None:
                yield f"{path}.{key}: the operation has no such parameter"
            elif not key.endswith(".$"):
                yield from parameter_problems(item, found, f"{path}.{key}")
    elif shape.type_name not in FREE_FORM:
        yield from value_problems(value, shape, path)


def value_problems(value: Json, shape: Shape, path: str) -> Iterator[str]:
    """Differences between a value and the shape of a result."""
    if shape.type_name == "blob":
        return
    if shape.type_name == "structure" and isinstance(value, dict):
        for key, item in value.items():
            found = member(shape, key)
            if found is None:
                yield f"{path}.{key}: the result has no such field"
            else:
                yield from value_problems(item, found, f"{path}.{key}")
    elif shape.type_name == "list" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from value_problems(item, shape.member, f"{path}[{index}]")
    elif shape.type_name == "map" and isinstance(value, dict):
        for key, item in value.items():
            yield from value_problems(item, shape.value, f"{path}.{key}")
    elif not isinstance(value, PYTHON_TYPES.get(shape.type_name, ())):
        yield f"{path}: expected {shape.type_name}, found {value!r:.40}"


def result_path_problem(path: str, shape: Shape) -> str:
    """The reason why a path does not lead to text in the result, or empty. Within a blob it may be any path."""
    current: Shape | None = shape
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", path.removeprefix("$")):
        if current is None or current.type_name == "blob":
            break
        current = member(current, name) if name else current.member if current.type_name == "list" else None
        if current is None:
            return f"{path}: the result has no {name or f'[{index}]'}"
    kind = current.type_name if current is not None else "nothing"
    return "" if kind in ("string", "blob") else f"{path}: expected text, found a {kind}"


def result_shape(integration: ServiceIntegration, run_result: str = "") -> Shape:
    """Shape of the integration's result.

    Args:
        integration: the integration.
        run_result: of an integration that waits, the operation and its field that give the result, as ``glue:getJobRun.JobRun``.
    """
    resource, _, field = run_result.partition(".")
    output: Shape = operation(resource or integration.resource).output_shape
    if not field:
        return output
    inner = member(output, field)
    assert inner is not None, f"{resource} has no field {field}"
    return inner
