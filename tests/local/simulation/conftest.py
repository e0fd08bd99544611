"""A stack with one trigger of each type, a batch, a join, and an event for each."""

from __future__ import annotations

from typing import Any

import pytest

from local.engine.engine import Engine
from local.simulation.simulator import Simulator
from tests.local.helpers import FIVE

LOAD = {"type": "glue_job", "job_name": "load", "arguments": {"--path": "${artifacts.path:-none}"}}
DOCUMENT: dict[str, Any] = {
    "workflows": {
        "job": {"on_success": [LOAD], "on_approval": [{"type": "sqs_mwaa", "dag_id": "approved"}]},
        "five": {"on_success": FIVE},
        "big": {"on_success": [{"type": "sqs_mwaa", "dag_id": f"dag-{number}"} for number in range(41)]},
        "gone": {"on_success": [LOAD, {"type": "glue_job", "job_name": "missing"}]},
        "lost": {"on_success": [{"type": "eventbridge", "detail_type": "d", "source": "s", "event_bus": "nowhere"}]},
    },
    "joins": {"daily": {"all_of": ["left", "right"], "key": "${day}", "on_complete": [LOAD]}},
}


@pytest.fixture(scope="module")
def simulator(engine: Engine) -> Simulator:
    """The deployed stack; two targets do not exist."""
    return Simulator.deploy(engine, DOCUMENT, ["glue_job:missing", "eventbridge:nowhere/d"])
