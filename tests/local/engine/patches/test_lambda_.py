"""The patches of ``local/engine/patches/lambda_.py`` work, and moto still needs them."""

from __future__ import annotations

import json

import pytest

from local.engine.engine import Engine
from tests.local.engine.patches.probing import (
    Probe,
    check_with_the_patch,
    check_without_the_patch,
    function,
)


def functions_in_workers(engine: Engine) -> bool:
    function(engine)
    try:
        answer = json.loads(engine.client("lambda").invoke(FunctionName="f", Payload=b'{"a": 1}')["Payload"].read())
    except Exception:  # noqa: BLE001 - without Docker, moto may raise any error
        return False
    # json.dumps accepts one positional argument. Its error about the second argument proves that it ran.
    return "positional argument" in answer.get("errorMessage", "")


PROBES = (functions_in_workers,)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_passes_with_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_with_the_patch(empty_engine, probe)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_fails_without_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_without_the_patch(empty_engine, probe)
