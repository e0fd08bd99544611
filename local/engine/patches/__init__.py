"""Small patches for moto, which the engine applies when it starts and removes when it closes.

Each patch describes the problem of moto that it fixes. ``tests/local/engine/patches`` runs moto without each patch and fails if
moto no longer has the problem. The requirements pin moto to one version, so each patch meets the code that it was written for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any

from local.engine.patches.context import PatchContext
from local.engine.patches.imports import without_batch

with without_batch():
    from local.engine.patches import dynamodb, events, lambda_, performance, runs, sns, sqs, terraform
    from local.engine.patches.interpreter import error_names, mocks, sdk_errors, stepfunctions


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch.

    Attributes:
        name: name of the patch, of its function and of its probe in the tests.
        problem: behaviour of moto without the patch.
        apply: returns a context that applies the patch and removes it at its end.
    """

    name: str
    problem: str
    apply: Callable[[PatchContext], AbstractContextManager[Any]]


PATCHES: tuple[Patch, ...] = (
    Patch(
        "service_casing",
        "moto passes the state machine's PascalCase parameters to boto3, and returns boto3's casing and datetimes, so "
        "states:startExecution always fails",
        stepfunctions.service_casing,
    ),
    Patch(
        "cached_clients",
        "moto creates a boto3 client for each call of a Task, for localhost and a port from the environment",
        stepfunctions.cached_clients,
    ),
    Patch(
        "json_path_results",
        "moto parses a path again for each use. A definite path with an index returns a list. An indefinite path returns "
        "no list for a single match, and raises an error for no match",
        stepfunctions.json_path_results,
    ),
    Patch(
        "parsed_definitions",
        "moto parses the state machine's definition again for each execution, which takes 46 ms of CPU",
        performance.parsed_definitions,
    ),
    Patch(
        "message_counts",
        "moto scans the whole queue three times for each SendMessage",
        performance.message_counts,
    ),
    Patch(
        "parsed_result_paths",
        "moto parses the ResultPath again each time a state ends",
        performance.parsed_result_paths,
    ),
    Patch(
        "parsed_event_paths",
        "moto parses eight paths again for each target of each EventBridge event",
        performance.parsed_event_paths,
    ),
    Patch(
        "service_modules",
        "moto lists the folder of its services for each request, under a lock",
        performance.service_modules,
    ),
    Patch(
        "ended_executions",
        "moto keeps the interpreter's state and all threads of ended executions: 0.2 MB for each event",
        performance.ended_executions,
    ),
    Patch(
        "atomic_start",
        "moto searches for an execution's name and adds it in two steps, so parallel starts of one name can all succeed",
        stepfunctions.atomic_start,
    ),
    Patch(
        "executions_of_versions",
        "moto keeps separate executions for each published version, so one name can start once for each version",
        stepfunctions.executions_of_versions,
    ),
    Patch(
        "retry_counts",
        "moto creates a retrier's key on first use, and each thread can create another one. Then items of a Map lose a "
        "count and retry once too often",
        stepfunctions.retry_counts,
    ),
    Patch(
        "any_account",
        "moto refuses state machine ARNs whose account number does not have 12 digits, such as the specification's example",
        stepfunctions.any_account,
    ),
    Patch(
        "service_error_names",
        "moto reports all SQS errors as SQS.SdkClientException, EventBridge errors and lost answers as States.Runtime, and "
        "errors that the AWS SDK for Java 1 does not register by their code",
        error_names.service_error_names,
    ),
    Patch(
        "sdk_error_names",
        "moto names errors of aws-sdk integrations in lower case (glue.ThrottlingException), and lost answers States.Runtime",
        sdk_errors.sdk_error_names,
    ),
    Patch(
        "synchronous_job_runs",
        "moto cannot wait for a Glue job run: it interrupts an endpoint for task tokens that does not exist",
        runs.synchronous_job_runs,
    ),
    Patch(
        "described_executions",
        "moto describes a text as output without quotes, and ignores includedData",
        runs.described_executions,
    ),
    Patch(
        "state_sizes",
        "moto measures a state's data with six bytes for each non-ASCII character, and fails executions that AWS accepts",
        stepfunctions.state_sizes,
    ),
    Patch(
        "atomic_updates",
        "moto reads an item, checks the condition and writes in separate steps, so parallel updates of an item lose each other",
        dynamodb.atomic_updates,
    ),
    Patch(
        "parallel_deletions",
        "moto makes a new list of a queue's messages for each deletion, so parallel deletions undo each other, and lose messages "
        "that arrive in the meantime",
        sqs.parallel_deletions,
    ),
    Patch(
        "listed_job_runs",
        "moto lists the runs of a Glue job at once, and the oldest first",
        runs.listed_job_runs,
    ),
    Patch("job_run_states", "moto's job runs always succeed", runs.job_run_states),
    Patch(
        "mock_config_file",
        "moto ignores a mocked test case in a state machine's ARN, which Step Functions Local accepts",
        mocks.mock_config_file,
    ),
    Patch(
        "validated_definitions", "moto does not know ValidateStateMachineDefinition", terraform.validated_definitions
    ),
    Patch("listed_versions", "moto does not know ListStateMachineVersions", terraform.listed_versions),
    Patch(
        "queue_attributes",
        "moto loses RedriveAllowPolicy, removes Policy when a client sets another attribute, and adds spaces to RedrivePolicy",
        terraform.queue_attributes,
    ),
    Patch(
        "transport_conditions",
        "moto ignores the condition of a bucket policy that denies requests without TLS, and refuses all requests",
        terraform.transport_conditions,
    ),
    Patch("logging_config", "moto loses a function's LoggingConfig", terraform.logging_config),
    Patch("functions_in_workers", "moto runs Lambda functions in Docker only", lambda_.functions_in_workers),
    Patch(
        "sns_to_lambda",
        "moto invokes a subscribed function with an invented record, during the publisher's call, and loses its errors",
        sns.sns_to_lambda,
    ),
    Patch(
        "sns_body_filter",
        "moto's filter by the body fails on lists of other values than objects, and matches lists, NaN, and JSON in texts",
        sns.sns_body_filter,
    ),
    Patch(
        "missing_event_bus",
        "moto fails PutEvents for an event bus that does not exist, but EventBridge accepts and drops the event",
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
