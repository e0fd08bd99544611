"""The deployed router, one a module."""

from __future__ import annotations

import pytest

from local.engine import Engine
from local.simulation import Simulator
from tests.conftest import Router
from tests.local.stage import CONFIG


@pytest.fixture(scope="module")
def router(engine: Engine) -> Router:
    """The router, deployed with the shared configuration and its targets."""
    return Router(Simulator.deployed(engine, CONFIG))
