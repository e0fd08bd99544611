"""Payloads that each target receives through SNS, router, state machine and service: one row for each field."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.engine import Engine
from local.simulation import Simulator
from local.simulation_result import Simulation
from local.validation import read_config

CONFIG = Path(__file__).parents[1] / "configs" / "valid-every-field.json"
ARTIFACTS = {"output_path": "s3://bucket/output/path", "files": ["a.parquet", "b.parquet"]}
METRICS = {"records_read": 1000000, "records_written": 999000, "records_dropped": 1000}
SOURCE_EVENT = "the whole event"
"""Placeholder for the published event in the tables."""

SUCCESS: dict[str, dict[str, Any]] = {
    "glue_job": {
        "--triggered_by_job": "upstream",
        "--triggered_by_run_id": "spark-application-0001",
        "--source_artifacts": json.dumps(ARTIFACTS, separators=(",", ":")),
        "--custom_arg": "value",
        "--source_path": "s3://bucket/output/path",
        "--files": '["a.parquet","b.parquet"]',
        "--count": "999000",
        "--text": "n=999000/none",
        "--literal": "${kept}",
    },
    "step_function": {
        "triggered_by_job": "upstream",
        "triggered_by_run_id": "spark-application-0001",
        "source_event": SOURCE_EVENT,
    },
    "eventbridge": {
        "event_bus": "dwh-bus",
        "source": "dwh.orchestrator",
        "detail-type": "JobComplete",
        "detail.triggered_by_job": "upstream",
        "detail.triggered_by_run_id": "spark-application-0001",
        "detail.source_event": SOURCE_EVENT,
    },
    "mwaa_dag": {
        "triggered_by_job": "upstream",
        "triggered_by_run_id": "spark-application-0001",
        "source_artifacts": ARTIFACTS,
        "source_metrics": METRICS,
        "start_date": "2025-11-24T01:00Z",
        "end_date": "2025-11-24T01:15Z",
        "created_by": "jclark",
        "output_path": "s3://bucket/output/path",
        "record_count": 999000,
        "custom_param": "value",
        "typed": 1000000,
        "nested": {"list": ["jclark", 1]},
    },
    "sqs_mwaa": {
        "dag_id": "my_downstream_dag",
        "message_id": "the execution's name and the position",
        "conf.triggered_by_job": "upstream",
        "conf.triggered_by_run_id": "spark-application-0001",
        "conf.start_date": "2025-11-24T01:00Z",
        "conf.end_date": "2025-11-24T01:15Z",
        "conf.created_by": "jclark",
        "conf.custom_param": "value",
    },
}
APPROVAL: dict[str, dict[str, Any]] = {
    "glue_job": {
        "--triggered_by_job": "upstream",
        "--triggered_by_run_id": "spark-application-0001",
        "--source_artifacts": json.dumps(ARTIFACTS, separators=(",", ":")),
        "--approval_required": "true",
    },
    "step_function": SUCCESS["step_function"],
    "eventbridge": SUCCESS["eventbridge"] | {"event_bus": "default", "detail-type": "JobApproved"},
    "mwaa_dag": {
        "triggered_by_job": "upstream",
        "triggered_by_run_id": "spark-application-0001",
        "source_artifacts": ARTIFACTS,
        "source_metrics": METRICS,
    },
    "sqs_mwaa": {
        "dag_id": "approved_dag",
        "message_id": "the execution's name and the position",
        "conf.triggered_by_job": "upstream",
        "conf.triggered_by_run_id": "spark-application-0001",
    },
}
ROWS = [
    pytest.param(event_kind, kind, field, expected, id=f"{event_kind}-{kind}-{field}")
    for event_kind, table in (("on_success", SUCCESS), ("on_approval", APPROVAL))
    for kind, fields in table.items()
    for field, expected in fields.items()
]


@pytest.fixture(scope="module")
def simulations(engine: Engine) -> dict[str, tuple[dict[str, Any], Simulation]]:
    simulator = Simulator.deploy(engine, read_config(CONFIG.read_text()))
    success = json.loads((Path(__file__).parents[1] / "events" / "job_completed.json").read_text())
    approval = {key: value for key, value in success.items() if key != "status"} | {"decision": "APPROVED"}
    return {
        "on_success": (success, simulator.publish(json.dumps(success))),
        "on_approval": (approval, simulator.publish(json.dumps(approval))),
    }


def received(simulation: Simulation, kind: str) -> dict[str, Any]:
    """Return the payload of a trigger type's target, with ``detail`` or ``conf`` flattened by one level."""
    (trigger,) = (one for one in simulation.triggers if one.type == kind)
    envelope = "detail" if kind == "eventbridge" else "conf" if kind == "sqs_mwaa" else ""
    flat = {key: value for key, value in trigger.received.items() if key != envelope}
    return flat | {f"{envelope}.{key}": value for key, value in trigger.received.get(envelope, {}).items()}


@pytest.mark.parametrize(("event_kind", "kind", "field", "expected"), ROWS)
def test_target_receives_field(
    simulations: dict[str, tuple[dict[str, Any], Simulation]], event_kind: str, kind: str, field: str, expected: Any
) -> None:
    event, simulation = simulations[event_kind]
    if expected is SOURCE_EVENT:
        expected = event
    if field == "message_id":
        expected = f"{simulation.executions[0].name}-4"
    value = received(simulation, kind)[field]
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize("event_kind", ["on_success", "on_approval"])
def test_targets_receive_exactly_the_listed_fields(
    simulations: dict[str, tuple[dict[str, Any], Simulation]], event_kind: str
) -> None:
    table = SUCCESS if event_kind == "on_success" else APPROVAL
    simulation = simulations[event_kind][1]
    assert {one.type for one in simulation.triggers} == set(table), "add rows for each trigger type to the table"
    assert (simulation.status, simulation.exit_code, simulation.event_kind) == ("STARTED", 0, event_kind)
    assert {kind: set(received(simulation, kind)) for kind in table} == {
        kind: set(fields) for kind, fields in table.items()
    }


def test_conf_keys_have_the_documented_order(simulations: dict[str, tuple[dict[str, Any], Simulation]]) -> None:
    keys = list(received(simulations["on_success"][1], "mwaa_dag"))
    assert keys == list(SUCCESS["mwaa_dag"])


def test_missing_mapped_field_is_a_warning(simulations: dict[str, tuple[dict[str, Any], Simulation]]) -> None:
    assert simulations["on_success"][1].warnings == [
        "mwaa_dag my_downstream_dag: the event has no field 'metrics.nowhere', so parameter 'absent' was left out"
    ]


def test_dag_without_region_is_in_the_routers_region(engine: Engine, simulations: Any) -> None:
    assert len(engine.mwaa.runs("us-west-1", "my-mwaa-environment", "approved_dag")) == 1
    assert len(engine.mwaa.runs("us-west-2", "my-mwaa-environment", "my_downstream_dag")) == 1


def test_published_event_is_the_fixture(event: Callable[..., dict[str, Any]], simulations: Any) -> None:
    assert simulations["on_success"][0] == event()
