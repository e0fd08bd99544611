"""docs/cost.md: the table of a million events, measured again on the engine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.prices import EventSize, idle_month, million_events
from bench.cost import measured
from local.engine.engine import Engine
from local.simulation.simulator import Simulator

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cost.md").read_text()
EVENT = json.loads((ROOT / "local/events/success.json").read_text())


@pytest.fixture(scope="module")
def simulator(engine: Engine) -> Simulator:
    return Simulator.deploy(engine, _configuration(5))


def _configuration(triggers: int) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / "orchestration/workflow_config.json").read_text())
    workflow = document["workflows"]["transform_images"]
    workflow["on_success"] = workflow["on_success"][:triggers]
    return document


def _measured(simulator: Simulator, triggers: int) -> EventSize:
    simulator.replace_config(_configuration(triggers))
    return measured(simulator, json.dumps(EVENT | {"job_run_id": f"cost-{triggers}"}), triggers)


def _rows() -> Iterator[tuple[str, float, float]]:
    for name, one, five in re.findall(r"^\| (.+?) \| \**([\d.]+)\** \| \**([\d.]+)\** \|$", PAGE, flags=re.MULTILINE):
        yield name.strip("*"), float(one), float(five)


def test_price_of_an_idle_stack_is_computed() -> None:
    found = re.search(r"costs \$([\d.]+): \d+ alarms on (\d+) metrics \(\$([\d.]+)\) and a dashboard", PAGE)
    assert found is not None
    metrics = int(found[2])
    assert [float(found[1]), float(found[3])] == pytest.approx([idle_month(metrics, 1), idle_month(metrics, 0)])


def test_table_of_a_million_events_is_measured(simulator: Simulator) -> None:
    sizes = [_measured(simulator, triggers) for triggers in (1, 5)]
    costs = [million_events(size) for size in sizes]
    expected = {name: tuple(cost[name] for cost in costs) for name in costs[0]}
    expected["Sum"] = (sum(costs[0].values()), sum(costs[1].values()))
    found = {name: (one, five) for name, one, five in _rows()}
    print(sizes, expected)  # noqa: T201 - pytest -rP
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert found[name] == pytest.approx(values, rel=0.1, abs=0.02), name
    assert [size.transitions for size in sizes] == [5, 13]
