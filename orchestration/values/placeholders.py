"""Fills the placeholders of the deployment: ``${aws.account}``, ``${aws.region}``, ``${aws.partition}``, ``${deploy.env}``.

One configuration can serve every environment, because these placeholders may stand anywhere in it: in targets, in keys of
objects, and in names of workflows and joins (``configuration/names.py``). Their values come from the router's settings, never
from an event. The roots ``aws`` and ``deploy`` are reserved: a template cannot read event fields of these names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from orchestration.settings import Settings
from orchestration.values.validation import ValidationProblem

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject

NAMES = ("aws.account", "aws.region", "aws.partition", "deploy.env")
"""Accepted placeholders. ``builder/schemas/configuration_schema.py`` accepts them in fields that have a pattern."""

RESERVED_ROOTS = ("aws", "deploy")
"""First parts of the placeholders. An event's fields of these names need quotes in a path."""

LOCAL_ENV = "local"
"""Environment's name without a deployment. The local stack has it too, so every offline command names one environment."""

_OFFLINE = {
    "aws.account": "123456789012",
    "aws.region": "us-east-1",
    "aws.partition": "aws",
    "deploy.env": LOCAL_ENV,
}
"""Values without a deployment, so that ``orchestrator validate`` can check the rest of the value."""

# "$${" is the escape of templating: it stays, and templating makes a literal "${" of it.
_TOKEN = re.compile(r"\$\$\{|\$\{(?P<path>(?:aws|deploy)(?:\.[^${}:]*)?)(?P<default>:-[^{}]*)?\}")


def fill(value: Json, path: str, settings: Settings) -> tuple[Json, list[ValidationProblem]]:
    """Return a copy of one trigger's entry with its placeholders filled, and every problem.

    Args:
        value: the entry; its nesting is bounded.
        path: place of the entry in the configuration.
        settings: the router's environment; without a state machine, stand-in values.
    """
    problems: list[ValidationProblem] = []
    return _filled(value, path, _values(settings), problems), problems


def fill_text(text: str, path: str, settings: Settings) -> tuple[str, list[ValidationProblem]]:
    """Return one text with its placeholders filled, and every problem, as ``fill``."""
    problems: list[ValidationProblem] = []
    return _filled_text(text, path, _values(settings), problems), problems


def fill_key(key: str, path: str, settings: Settings) -> tuple[str, list[ValidationProblem]]:
    """Return the key of an object with its placeholders filled, and every problem, as ``fill``."""
    problems: list[ValidationProblem] = []
    return _filled_text(key, path, _values(settings), problems, "key"), problems


def _values(settings: Settings) -> dict[str, str]:
    deployed = {
        "aws.account": settings.account,
        "aws.region": settings.region,
        "aws.partition": settings.partition,
        "deploy.env": settings.deploy_env,
    }
    offline = {} if settings.state_machine_arn else _OFFLINE
    return {name: value or offline.get(name, "") for name, value in deployed.items()}


def _filled(value: Json, path: str, values: dict[str, str], problems: list[ValidationProblem]) -> Json:
    if isinstance(value, dict):
        return _filled_object(value, path, values, problems)
    if isinstance(value, list):
        return [_filled(item, f"{path}[{index}]", values, problems) for index, item in enumerate(value)]
    return _filled_text(value, path, values, problems) if isinstance(value, str) else value


def _filled_object(
    value: JsonObject, path: str, values: dict[str, str], problems: list[ValidationProblem]
) -> JsonObject:
    filled: JsonObject = {}
    for key, item in value.items():
        where = f"{path}.{key}"
        name = _filled_text(key, where, values, problems, "key")
        if name != key and (name in value or name in filled):
            problems.append(
                ValidationProblem(where, f"the key is {name!r:.80} here, and another key is, too. Rename one", at="key")
            )
        filled[name] = _filled(item, where, values, problems)
    return filled


def _filled_text(
    text: str,
    path: str,
    values: dict[str, str],
    problems: list[ValidationProblem],
    at: Literal["key", "value"] = "value",
) -> str:
    if "${" not in text:
        return text

    def replace(token: re.Match[str]) -> str:
        name = token["path"]
        if name is None:
            return token[0]
        if token["default"] is not None or name not in values:
            accepted = tuple(f"${{{known}}}" for known in NAMES)
            problems.append(
                ValidationProblem(
                    path,
                    f"found {token[0]!r:.80}, expected one of: {', '.join(accepted)}. The roots 'aws' and 'deploy' are reserved "
                    "for the deployment",
                    found=f"${{{name}}}",
                    options=accepted,
                    code="unknown-placeholder",
                    at=at,
                )
            )
        elif not values[name]:
            problems.append(
                ValidationProblem(
                    path,
                    f"found {token[0]!r}, but the router has no value for it. Set its environment variable DEPLOY_ENV "
                    "(Terraform variable env)",
                    code="unknown-placeholder",
                    at=at,
                )
            )
        return values.get(name, "")

    return _TOKEN.sub(replace, text)
