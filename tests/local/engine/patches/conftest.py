"""An engine without patches, which the tests of one module share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto.moto_api._internal.models import moto_api_backend

from local.engine.engine import Engine, run_engine
from local.engine.patches import apply_patches


@pytest.fixture(scope="module", autouse=True)
def docker_without_leaks() -> Iterator[None]:
    """Without the patch of Lambda, moto asks Docker through curl and a socket, and closes neither.

    Their warnings appear at any later test. With an address that refuses connections, nothing stays open.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("moto.settings.is_docker", lambda: False)
        patch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
        yield


@pytest.fixture(scope="module")
def unpatched_engine(docker_without_leaks: None) -> Iterator[Engine]:
    """A running engine without patches."""
    with run_engine(patches=()) as engine:
        yield engine


@pytest.fixture
def empty_engine(unpatched_engine: Engine) -> Engine:
    """The same engine without resources."""
    moto_api_backend.reset()
    return unpatched_engine


@pytest.fixture
def patched_engine(empty_engine: Engine) -> Iterator[Engine]:
    """The same engine without resources, with all patches."""
    with apply_patches(empty_engine.patch_context):
        yield empty_engine
