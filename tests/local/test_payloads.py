"""Payloads that each target receives through SNS, router, state machine and service: one row for each field."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.engine.engine import Engine
from local.simulation.result import Simulation
from local.simulation.simulator import Simulator
from tests.trigger_types import TYPE_CASES, every_field_config
from tests.trigger_types.base import RUN_ID, SOURCE_EVENT

TABLES = {
    "on_success": {kind: cases.on_success.received for kind, cases in TYPE_CASES.items()},
    "on_approval": {kind: cases.on_approval.received for kind, cases in TYPE_CASES.items()},
}
ROWS = [
    pytest.param(event_kind, kind, field, expected, id=f"{event_kind}-{kind}-{field}")
    for event_kind, table in TABLES.items()
    for kind, fields in table.items()
    for field, expected in fields.items()
]


@pytest.fixture(scope="module")
def simulations(engine: Engine) -> dict[str, tuple[dict[str, Any], Simulation]]:
    simulator = Simulator.deploy(engine, every_field_config())
    success = json.loads((Path(__file__).parents[1] / "events" / "job_completed.json").read_text())
    approval = {key: value for key, value in success.items() if key != "status"} | {"decision": "APPROVED"}
    return {
        "on_success": (success, simulator.publish(json.dumps(success))),
        "on_approval": (approval, simulator.publish(json.dumps(approval))),
    }


def received(simulation: Simulation, kind: str) -> dict[str, Any]:
    """Return the payload of a trigger type's target, with ``detail`` or ``conf`` flattened by one level."""
    (trigger,) = (one for one in simulation.triggers if one.type == kind)
    envelope = TYPE_CASES[kind].envelope
    flat = {key: value for key, value in trigger.received.items() if key != envelope}
    return flat | {f"{envelope}.{key}": value for key, value in trigger.received.get(envelope, {}).items()}


@pytest.mark.parametrize(("event_kind", "kind", "field", "expected"), ROWS)
def test_target_receives_field(
    simulations: dict[str, tuple[dict[str, Any], Simulation]], event_kind: str, kind: str, field: str, expected: Any
) -> None:
    event, simulation = simulations[event_kind]
    (trigger,) = (one for one in simulation.triggers if one.type == kind)
    run_id = f"{simulation.executions[0].name}-{trigger.trigger_id}"
    expected = {SOURCE_EVENT: event, RUN_ID: run_id}.get(expected, expected) if isinstance(expected, str) else expected
    value = received(simulation, kind)[field]
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize("event_kind", ["on_success", "on_approval"])
def test_targets_receive_exactly_the_listed_fields(
    simulations: dict[str, tuple[dict[str, Any], Simulation]], event_kind: str
) -> None:
    table, simulation = TABLES[event_kind], simulations[event_kind][1]
    assert {one.type for one in simulation.triggers} == set(table)
    assert (simulation.status, simulation.exit_code, simulation.event_kind) == ("STARTED", 0, event_kind)
    assert {kind: set(received(simulation, kind)) for kind in table} == {
        kind: set(fields) for kind, fields in table.items()
    }


def test_conf_keys_have_the_documented_order(simulations: dict[str, tuple[dict[str, Any], Simulation]]) -> None:
    keys = list(received(simulations["on_success"][1], "mwaa_dag"))
    assert keys == list(TABLES["on_success"]["mwaa_dag"])


def test_missing_mapped_field_is_a_warning(simulations: dict[str, tuple[dict[str, Any], Simulation]]) -> None:
    assert simulations["on_success"][1].warnings == [
        "mwaa_dag my_downstream_dag: the event has no field 'metrics.nowhere', so parameter 'absent' was left out"
    ]


def test_dag_without_region_is_in_the_routers_region(engine: Engine, simulations: Any) -> None:
    assert len(engine.mwaa.runs("us-west-1", "my-mwaa-environment", "approved_dag")) == 1
    assert len(engine.mwaa.runs("us-west-2", "my-mwaa-environment", "my_downstream_dag")) == 1


def test_published_event_is_the_fixture(event: Callable[..., dict[str, Any]], simulations: Any) -> None:
    assert simulations["on_success"][0] == event()
