"""Errors of ``aws-sdk`` integrations have the names of the AWS SDK for Java 2."""

from __future__ import annotations

import pytest

from local.engine.engine import Engine
from local.engine.faults import Fault
from local.engine.patches import apply_patches
from tests.local.engine.patches.probing import Probe, check_with_the_patch, check_without_the_patch, run

START = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:glue:startJobRun", "Parameters": {"JobName": "nowhere"}}


def sdk_error_names(engine: Engine) -> bool:
    return bool(run(engine, START)["error"] == "Glue.EntityNotFoundException")


PROBES = (sdk_error_names,)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_passes_with_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_with_the_patch(empty_engine, probe)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_fails_without_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_without_the_patch(empty_engine, probe)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(code="ThrottlingException", message="Rate exceeded"), "Glue.ThrottlingException"),
        (Fault(code="ConcurrentRunsExceededException"), "Glue.ConcurrentRunsExceededException"),
        (Fault(code="InternalServiceException", status=500), "Glue.InternalServiceException"),
        (Fault(code="SomethingUnknown"), "Glue.GlueException"),
        (Fault(breaks="connection"), "Glue.SdkClientException"),
        (Fault(breaks="timeout"), "Glue.SdkClientException"),
    ],
)
def test_error_has_the_name_of_the_sdk(empty_engine: Engine, fault: Fault, error: str) -> None:
    context = empty_engine.patch_context
    with apply_patches(context), context.faults.inject("glue.StartJobRun", fault):
        described = run(empty_engine, START)
    assert described["error"] == error
    assert described["cause"].endswith("(SDK Attempt Count: 1)")


def test_cause_has_message_and_status(empty_engine: Engine) -> None:
    context = empty_engine.patch_context
    with (
        apply_patches(context),
        context.faults.inject("glue.StartJobRun", Fault(code="ThrottlingException", message="Rate exceeded")),
    ):
        cause = run(empty_engine, START)["cause"]
    assert cause == "Rate exceeded (Service: Glue, Status Code: 400, Request ID: injected) (SDK Attempt Count: 1)"
