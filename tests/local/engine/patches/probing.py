"""Tests of a patch: its probe passes with the patch, and fails without it.

A probe is a function ``(engine) -> bool`` with the name of its patch. It returns False if moto has the patch's problem.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable
from typing import Any

from local.defaults import ACCOUNT
from local.engine.engine import Engine
from local.engine.patches import PATCHES, apply_patches

Probe = Callable[[Engine], bool]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"


def check_with_the_patch(engine: Engine, probe: Probe) -> None:
    """Run the probe with all patches."""
    with apply_patches(engine.patch_context):
        assert probe(engine)


def check_without_the_patch(engine: Engine, probe: Probe) -> None:
    """Run the probe with all patches but its own."""
    others = [patch for patch in PATCHES if patch.name != probe.__name__]
    assert len(others) == len(PATCHES) - 1
    with apply_patches(engine.patch_context, others):
        assert not probe(engine), f"{probe.__name__}: moto no longer needs this patch. Remove it."


def function(engine: Engine, **settings: Any) -> str:
    """Create a function whose handler is ``json.dumps``; returns its ARN."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("empty", "")
    role = engine.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    arn: str = engine.client("lambda").create_function(
        FunctionName="f",
        Runtime="python3.13",
        Role=role,
        Handler="json.dumps",
        Code={"ZipFile": code.getvalue()},
        **settings,
    )["FunctionArn"]
    return arn


def run(engine: Engine, state: dict[str, Any], given: Any = None) -> dict[str, Any]:
    """Run one execution of a state machine with a single state; returns its description."""
    client = engine.client("stepfunctions")
    definition = json.dumps({"StartAt": "S", "States": {"S": {**state, "End": True}}})
    arn = client.create_state_machine(name=f"m{time.monotonic_ns()}", definition=definition, roleArn=ROLE)[
        "stateMachineArn"
    ]
    execution = client.start_execution(stateMachineArn=arn, name="e", input=json.dumps(given or {}))["executionArn"]
    return ended(client, execution)


def ended(client: Any, execution: str) -> dict[str, Any]:
    """Wait until the execution ends; returns its description."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        described: dict[str, Any] = client.describe_execution(executionArn=execution)
        if described["status"] != "RUNNING":
            return described
        time.sleep(0.02)
    raise TimeoutError(execution)
