"""The facts that tests need about one trigger type, written by hand: the type's own declarations are under test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.invalid_case import InvalidCase

ARTIFACTS = {"output_path": "s3://bucket/output/path", "files": ["a.parquet", "b.parquet"]}
METRICS = {"records_read": 1000000, "records_written": 999000, "records_dropped": 1000}
"""As in ``tests/events/job_completed.json``, the event of the payload table."""

SOURCE_EVENT = "<the whole event>"
"""Stands for the published event in a payload."""

RUN_ID = "<execution name>-<trigger id>"
"""Stands for the trigger's deterministic run id in a payload."""

ROUTER_SETTINGS = "a JSON Schema does not know the router's region and state machine"
DEPENDS_ON_A_FIELD = "a rule about two fields; an editor shows it less well than the validator"
ANY_DEPTH = "the schema allows any JSON in conf, and a rule about values at any depth would repeat the code"
"""Reasons why the JSON Schema accepts an invalid configuration."""


@dataclass(frozen=True, kw_only=True)
class Payload:
    """A trigger of the payload table, and every field that its target receives.

    Attributes:
        trigger: the configuration, without ``type``.
        received: field to value; fields of the type's ``envelope`` as ``envelope.field``.
    """

    trigger: Mapping[str, Any]
    received: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class MachineCase:
    """An item that the state machine's tests send, and how its service answers.

    Attributes:
        trigger: configuration, without ``type``, that makes the target which ``request`` names.
        request: the item's request.
        missing: changes to the request that name a target which does not exist.
        run_id_key: the request's key that must differ in every test, because the target deduplicates by it.
        run_id_argument: the key of the request's ``Arguments`` that must differ in every test, because a look reads it.
        operation: the call that the Task state makes, as botocore names it.
        throttled: error code of a throttled call.
        throttled_status: HTTP status of a throttled call.
        server_error: error code of an internal error.
        invalid_request: error code of a call that the service refuses.
        throttled_error: name of the error of a throttled call; default: ``error_prefix``.
        error_prefix: beginning of the errors' names in the outcome.
        missing_error: beginning of the error's name if the target does not exist; default: ``error_prefix``.
        unknown_error: error of the outcome if the answer is lost and the target did not start; default: ``error_prefix``.
        attempts: fault to number of calls, for faults after which the machine calls again in vain; default: 1.
        triggered: faults that the service accepts, so that the trigger is TRIGGERED, each with its reason.
        takes_any_result: the machine takes the service's whole result as the run id.
        deduplicates: the target starts once, however often it is called for one run id.
        at_least_once: the target may start twice by its contract, so the machine calls again after any lost answer.
    """

    trigger: Mapping[str, Any]
    request: Mapping[str, Any]
    missing: Mapping[str, Any]
    run_id_key: str = ""
    run_id_argument: str = ""
    operation: str
    throttled: str
    throttled_status: int = 400
    server_error: str
    invalid_request: str
    error_prefix: str
    throttled_error: str = ""
    missing_error: str = ""
    unknown_error: str = ""
    attempts: Mapping[str, int]
    triggered: Mapping[str, str] = field(default_factory=dict)
    takes_any_result: bool = False
    deduplicates: bool
    at_least_once: bool = False


@dataclass(frozen=True, kw_only=True)
class TypeCases:
    """Everything that the tests know about one trigger type.

    Attributes:
        on_success: in the payload table; sets every field of the type.
        on_approval: in the payload table; sets the required fields only, or little more.
        envelope: field of the received payload whose own fields the table lists.
        invalid: configurations that the reader refuses; the trigger stands at ``workflows.load_promos.on_success[0]``.
        machine: for the tests of the state machine.
        run_result: of a type that waits, the operation and its field that give the ended run, as ``glue:getJobRun.JobRun``
            (docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html: .sync).
        iam_actions: what AWS documents as the permissions of the service integration.
        iam_page: the AWS page that documents them.
        authorized_call: the service's call, as ``sns.Publish``, that the role is authorized for; empty if another caller
            (a Lambda function) makes it.
        authorized_on: ARNs that IAM checks for that call, from its parameters and ``region:account``.
    """

    on_success: Payload
    on_approval: Payload
    envelope: str = ""
    invalid: tuple[InvalidCase, ...]
    machine: MachineCase
    run_result: str = ""
    iam_actions: tuple[str, ...]
    iam_page: str
    authorized_call: str
    authorized_on: Callable[[Mapping[str, Any], str], list[str]]
