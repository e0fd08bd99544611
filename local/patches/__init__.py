"""What moto lacks for this project, one small patch for each, applied while the engine runs and taken back after.

Each patch names what moto does without it; ``tests/local/test_patches.py`` runs moto with all patches but that one and
fails once moto no longer needs it. moto is pinned exactly, so that a patch meets the code that it was written for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any

from local.patches.context import PatchContext
from local.patches.imports import without_batch

with without_batch():
    from local.patches import events, lambda_, mocks, performance, sns, stepfunctions, terraform


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch.

    Attributes:
        name: what it is called in the tests.
        lacks: what moto does without it.
        apply: applies it; leaving the context takes it back.
    """

    name: str
    lacks: str
    apply: Callable[[PatchContext], AbstractContextManager[Any]]


PATCHES: tuple[Patch, ...] = (
    Patch(
        "service_casing",
        "calls services with the machine's PascalCase parameters and returns boto's own casing and datetimes: "
        "states:startExecution always fails",
        stepfunctions.service_casing,
    ),
    Patch(
        "cached_clients",
        "builds a boto3 client for every call of a Task, against localhost and a port from the environment",
        stepfunctions.cached_clients,
    ),
    Patch(
        "json_path_results",
        "parses every path anew, gives a list for a definite path through an index, and none for an indefinite one with "
        "a single match, or raises where it has no match",
        stepfunctions.json_path_results,
    ),
    Patch(
        "parsed_definitions",
        "parses the state machine's definition anew for each execution: 46 ms of CPU",
        performance.parsed_definitions,
    ),
    Patch(
        "message_counts",
        "scans the whole queue three times for each message that is sent",
        performance.message_counts,
    ),
    Patch(
        "parsed_result_paths",
        "parses a ResultPath anew for every state that ends",
        performance.parsed_result_paths,
    ),
    Patch(
        "parsed_event_paths",
        "parses eight paths anew for every target of every EventBridge event",
        performance.parsed_event_paths,
    ),
    Patch(
        "service_modules",
        "reads the folder of its services for every request, under a lock",
        performance.service_modules,
    ),
    Patch(
        "ended_executions",
        "keeps the interpreter's state and every thread of each execution that ended: 0.2 MB an event",
        performance.ended_executions,
    ),
    Patch(
        "atomic_start",
        "looks for an execution's name and adds it in two steps: parallel starts under one name both start",
        stepfunctions.atomic_start,
    ),
    Patch(
        "executions_of_versions",
        "keeps a published version's executions apart: one name starts once for each version",
        stepfunctions.executions_of_versions,
    ),
    Patch(
        "retry_counts",
        "makes a retrier's key when it is first asked for, in every thread: items of one Map lose a count, and are tried once "
        "too often",
        stepfunctions.retry_counts,
    ),
    Patch(
        "any_account",
        "refuses the ARN of a state machine whose account number has not twelve digits, as in the specification's example",
        stepfunctions.any_account,
    ),
    Patch(
        "service_error_names",
        "reports every SQS error as a client's, and EventBridge errors as States.Runtime",
        stepfunctions.service_error_names,
    ),
    Patch(
        "mock_config_file",
        "ignores a mocked test case in a state machine's ARN, which Step Functions Local takes",
        mocks.mock_config_file,
    ),
    Patch("validated_definitions", "does not know ValidateStateMachineDefinition", terraform.validated_definitions),
    Patch("listed_versions", "does not know ListStateMachineVersions", terraform.listed_versions),
    Patch(
        "queue_attributes",
        "forgets RedriveAllowPolicy, takes the policy away when another attribute is set, and puts spaces into RedrivePolicy",
        terraform.queue_attributes,
    ),
    Patch(
        "transport_conditions",
        "refuses every request where a bucket's policy denies those without TLS, whatever the condition says",
        terraform.transport_conditions,
    ),
    Patch("logging_config", "forgets a function's LoggingConfig", terraform.logging_config),
    Patch("functions_in_workers", "runs Lambda functions in Docker only", lambda_.functions_in_workers),
    Patch(
        "sns_to_lambda",
        "invokes a subscribed function with a made-up record, in the publisher's own call, and loses its errors",
        sns.sns_to_lambda,
    ),
    Patch(
        "missing_event_bus",
        "fails PutEvents for an event bus that does not exist: EventBridge accepts the event and drops it",
        events.missing_event_bus,
    ),
)


PERFORMANCE = (
    "parsed_definitions",
    "message_counts",
    "parsed_result_paths",
    "parsed_event_paths",
    "service_modules",
    "ended_executions",
)
"""Patches that change no result; ``python -m bench.engine`` measures the engine without them."""


def apply_patches(context: PatchContext, patches: Iterable[Patch] = PATCHES) -> ExitStack:
    """Apply the patches; closing the returned stack removes them."""
    stack = ExitStack()
    for patch in patches:
        stack.enter_context(patch.apply(context))
    return stack
