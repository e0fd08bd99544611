"""The deployed router as operations find it, with the local stack's endpoint in the environment."""

from __future__ import annotations

import pytest

from local.engine.engine import Engine
from operations.executions import listing
from operations.stack.deployed_router import DeployedRouter
from orchestration.starting.executions import ExecutionClient
from tests.conftest import Router


@pytest.fixture
def environment(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Environment variables with which boto3 calls the engine."""
    variables = {"AWS_ENDPOINT_URL": engine.endpoint, "AWS_DEFAULT_REGION": engine.region}
    for name, value in {**variables, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def deployed(router: Router, environment: None) -> DeployedRouter:
    return DeployedRouter.find(router.simulator.stack.function)


@pytest.fixture
def executions(deployed: DeployedRouter) -> ExecutionClient:
    return listing.client(deployed)
