"""The patches of ``local/engine/patches/events.py`` work, and moto still needs them."""

from __future__ import annotations

import pytest

from local.engine.engine import Engine
from tests.local.engine.patches.probing import (
    Probe,
    check_with_the_patch,
    check_without_the_patch,
)


def missing_event_bus(engine: Engine) -> bool:
    entry = {"EventBusName": "nowhere", "Source": "s", "DetailType": "d", "Detail": "{}"}
    client = engine.client("events")
    try:
        answer = client.put_events(Entries=[entry])
    except client.exceptions.ClientError:
        return False
    return bool(answer["FailedEntryCount"] == 0 and answer["Entries"][0]["EventId"])


PROBES = (missing_event_bus,)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_passes_with_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_with_the_patch(empty_engine, probe)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_fails_without_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_without_the_patch(empty_engine, probe)
