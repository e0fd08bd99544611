"""The local stack with the example configuration, and the stack as the doctor examines it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from local.defaults import EXAMPLE_CONFIG
from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from operations.doctor import ExaminedStack, configuration
from operations.stack.deployed_router import DeployedRouter

ROUTER = "local-downstream-orchestrator"
MISSING = "load_images_to_redshift"
"""A Glue job of the configuration that does not exist."""

Examined = Callable[..., ExaminedStack]


@pytest.fixture(scope="package")
def simulator() -> Iterator[Simulator]:
    """The local stack without one of its targets; it has no alarms, and its role no policies."""
    with run_engine("us-west-1") as started:
        yield Simulator.deploy(started, json.loads(EXAMPLE_CONFIG.read_text()), [f"glue_job:{MISSING}"])


@pytest.fixture(scope="package")
def engine(simulator: Simulator) -> Engine:
    return simulator.engine


@pytest.fixture(autouse=True)
def environment(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"AWS_ENDPOINT_URL": engine.endpoint, "AWS_ENDPOINT_URL_MWAA": engine.mwaa.endpoint}
    credentials = {"AWS_DEFAULT_REGION": engine.region, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    for name, value in {**variables, **credentials}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def examined() -> Examined:
    """Return a function that finds the stack, reads its configuration, and changes the router's settings."""

    def make(**settings: Any) -> ExaminedStack:
        router = DeployedRouter.find(ROUTER)
        stack = ExaminedStack(replace(router, settings=replace(router.settings, **settings)))
        assert [finding.status for finding in configuration.check(stack)] == ["ok"]
        return stack

    return make
