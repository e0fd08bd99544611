"""The generated files are what the builder writes, on any machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from builder import generated_files as builder
from builder.machine import sdk
from builder.machine.integrations import INTEGRATIONS

ROOT = Path(__file__).parents[2]


def test_the_committed_files_are_up_to_date() -> None:
    assert builder.differences(ROOT) == []


@pytest.mark.parametrize(("region", "seed"), [("cn-north-1", "1"), ("us-gov-west-1", "2"), ("", "3")])
def test_region_and_hash_seed_do_not_matter(region: str, seed: str) -> None:
    environment = {**os.environ, "AWS_DEFAULT_REGION": region, "AWS_REGION": region, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "builder", "--check"]
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_sdk_names_the_same_resources() -> None:
    """Our ``Resource`` is one that the SDK's own service steps write in the standard partition."""
    from stepfunctions.steps import compute, service  # noqa: PLC0415

    apis = {
        "glue": compute.GlueApi,
        "lambda": compute.LambdaApi,
        "events": service.EventBridgeApi,
        "sqs": service.SqsApi,
        "sns": service.SnsApi,
        "states": service.StepFunctions,
    }
    assert sdk.Task is not None
    for kind, integration in INTEGRATIONS.items():
        name, api = integration.resource.removeprefix("aws-sdk:").split(":")
        assert api in {one.value for one in apis[name]}, kind
