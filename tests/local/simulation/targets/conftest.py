"""An engine with a deployed stack, whose router has a default queue."""

from __future__ import annotations

import pytest

from local.engine.engine import Engine
from local.simulation.simulator import Simulator


@pytest.fixture(scope="module")
def stack(engine: Engine) -> Simulator:
    """The stack with an empty configuration."""
    return Simulator.deploy(engine, {"workflows": {}})
