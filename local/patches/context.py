"""What the patches need of a running engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from local.call_recorder import Call
from local.faults import Faults
from local.lambda_runtime import LambdaRuntime


@dataclass(slots=True)
class PatchContext:
    """Connects moto's patched services with the engine.

    Attributes:
        endpoint: URL of the AWS services.
        runtime: the Lambda service.
        faults: what goes wrong when the state machine calls a service.
        calls: what the state machines' Tasks asked of AWS.
        mocks: a ``MockConfigFile.json``, whose cases ``{state machine}#{case}`` names; none where it is empty.
    """

    endpoint: str
    runtime: LambdaRuntime
    faults: Faults = field(default_factory=Faults)
    calls: list[Call] = field(default_factory=list)
    mocks: dict[str, Any] = field(default_factory=dict)
