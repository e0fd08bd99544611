"""Wrapper of the AWS Data Science SDK, with the ASL fields that it lacks. No other module imports the SDK.

The SDK has had no release since January 2022. Its package ``__init__`` imports sagemaker, which is not installed and which
the modules for state machines do not need. This module registers the two packages as empty namespaces first, so that only
those modules run. Thin subclasses add newer fields of the Amazon States Language
(docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html).
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
import types
import warnings
from enum import Enum
from typing import Any

from orchestration.triggers.base import Retry, ServiceIntegration


def _namespace(name: str, path: str) -> None:
    module = types.ModuleType(name)
    module.__path__ = [path]
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
    sys.modules[name] = module


def _register() -> None:
    spec = importlib.util.find_spec("stepfunctions")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            "the AWS Data Science SDK (stepfunctions) is not installed. Run in a checkout: make build",
            name="stepfunctions",
        )
    root = spec.submodule_search_locations[0]
    _namespace("stepfunctions", root)
    _namespace("stepfunctions.steps", f"{root}/steps")


_register()
with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)  # the SDK compares a string with `is`
    from stepfunctions.steps import choice_rule as _rules
    from stepfunctions.steps import states as _states

ChoiceRule = _rules.ChoiceRule
Choice = _states.Choice
Succeed = _states.Succeed
Wait = _states.Wait


class _Field(Enum):
    """ASL fields that the SDK does not know, like the SDK's ``Field``."""

    ItemProcessor = "item_processor"
    ItemSelector = "item_selector"
    ResultSelector = "result_selector"
    ErrorPath = "error_path"
    CausePath = "cause_path"
    MaxDelaySeconds = "max_delay_seconds"
    JitterStrategy = "jitter_strategy"


class Task(_states.Task):
    """A Task state with ``ResultSelector``."""

    def allowed_fields(self) -> list[Any]:
        """The SDK's fields and ours."""
        return [*super().allowed_fields(), _Field.ResultSelector]


class Pass(_states.Pass):
    """A Pass state of the SDK."""


class Fail(_states.Fail):
    """A Fail state whose error and cause come from its input."""

    def allowed_fields(self) -> list[Any]:
        """The SDK's fields and ours."""
        return [*super().allowed_fields(), _Field.ErrorPath, _Field.CausePath]


class Retrier(_states.Retry):
    """A retrier with ``MaxDelaySeconds`` and ``JitterStrategy``."""

    def allowed_fields(self) -> list[Any]:
        """The SDK's fields and ours."""
        return [*super().allowed_fields(), _Field.MaxDelaySeconds, _Field.JitterStrategy]


class Catcher(_states.Catch):
    """A catcher of the SDK."""


class Map(_states.Map):
    """An inline Map state with ``ItemProcessor`` instead of the older ``Iterator``."""

    def allowed_fields(self) -> list[Any]:
        """The SDK's fields and ours."""
        return [*super().allowed_fields(), _Field.ItemSelector, _Field.ResultSelector]

    def to_dict(self) -> dict[str, Any]:
        """The state as ASL."""
        state: dict[str, Any] = super().to_dict()
        processor = state.pop("Iterator")
        state["ItemProcessor"] = {"ProcessorConfig": {"Mode": "INLINE"}, **processor}
        return state


def service_task(integration: ServiceIntegration, **fields: Any) -> Task:
    """The Task state that makes a service call, with its retriers and the given fields."""
    return Task(
        integration.state,
        comment=integration.comment,
        resource=f"arn:aws:states:::{integration.resource}",
        parameters=integration.parameters,
        timeout_seconds=integration.timeout_seconds,
        retry=[_retrier(retry) for retry in integration.retries],
        **fields,
    )


def of_type(kind: str, *present: str) -> Any:
    """The rule for items of a type whose paths in ``present`` exist; an empty path adds no test."""
    rules = [ChoiceRule.StringEquals(variable="$.outcome.type", value=kind)]
    rules += [ChoiceRule.IsPresent(variable=path, value=True) for path in present if path]
    return rules[0] if len(rules) == 1 else ChoiceRule.And(rules)


def _retrier(retry: Retry) -> Retrier:
    optional: dict[str, int | str] = {"jitter_strategy": retry.jitter} if retry.jitter == "FULL" else {}
    optional |= {} if retry.max_delay_seconds is None else {"max_delay_seconds": retry.max_delay_seconds}
    return Retrier(
        error_equals=list(retry.errors),
        interval_seconds=retry.interval_seconds,
        max_attempts=retry.max_attempts,
        backoff_rate=retry.backoff,
        **optional,
    )


def definition(first: Any, comment: str) -> dict[str, Any]:
    """The state machine that begins with ``first``; raises ValueError if two states share a name."""
    graph: dict[str, Any] = _states.Graph(first, comment=comment).to_dict()
    return graph
