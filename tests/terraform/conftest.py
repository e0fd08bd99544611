"""Terraform and its provider, where this machine has them."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.engine.engine import Engine, run_engine
from tests.terraform.api_requests import Request, recorded
from tests.terraform.deploy_script import BUCKET
from tests.terraform.harness import workspace


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The program's path, once it has found its provider; skipped in one line without it, and failed under ``CI=true``."""
    binary = shutil.which("terraform")
    missing = "" if binary else "Terraform 1.9 or newer is missing"
    if binary:
        try:
            workspace(binary, tmp_path_factory.mktemp("terraform")).run("init", "-input=false", "-backend=false")
        except AssertionError as error:
            missing = f"Terraform cannot find its provider: {' '.join(str(error).split())[-300:]}"
    if missing:
        if os.environ.get("CI") == "true":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    return str(binary)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the module's own."""
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def requests() -> Iterator[list[Request]]:
    """The requests that reach ``recorded_engine``."""
    with recorded() as seen:
        yield seen


@pytest.fixture(scope="module")
def recorded_engine(requests: list[Request]) -> Iterator[Engine]:
    """A running engine whose requests are recorded."""
    with run_engine("us-west-1") as started:
        yield started


@pytest.fixture
def env(engine: Engine, request: pytest.FixtureRequest) -> str:
    """An environment of the test's own, with an empty code bucket."""
    name = hashlib.sha256(request.node.name.encode()).hexdigest()[:8]
    location = {"LocationConstraint": engine.region}
    engine.client("s3").create_bucket(Bucket=BUCKET.format(env=name), CreateBucketConfiguration=location)
    return name
