"""State of a running engine that its patches use."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from local.engine.call_recorder import Call
from local.engine.faults import Faults
from local.engine.lambda_runtime import KEPT, LambdaRuntime


@dataclass(slots=True)
class PatchContext:
    """Connects the patches with the engine.

    Attributes:
        endpoint: URL of the AWS services.
        runtime: the Lambda service.
        faults: faults in the state machine's calls to services.
        calls: AWS API calls of the state machines' Tasks.
        deliveries: times that SNS delivers a message; SNS promises at least one.
        job_runs: fields of the runs of a Glue job by its name, such as ``{"JobRunState": "FAILED", "ErrorMessage": "..."}``.
        job_run_lag: seconds after which GetJobRuns lists a run of a Glue job, by the job's name.
        mocks: content of a ``MockConfigFile.json``; ``{state machine ARN}#{case}`` starts one of its test cases.
    """

    endpoint: str
    runtime: LambdaRuntime
    faults: Faults = field(default_factory=Faults)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=10 * KEPT))
    deliveries: int = 1
    job_runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    job_run_lag: dict[str, float] = field(default_factory=dict)
    mocks: dict[str, Any] = field(default_factory=dict)
