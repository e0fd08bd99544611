"""A simulation creates every target, leaves some out or lets them fail, and follows a changed configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from orchestration.errors import ConfigError
from tests.local.simulation.conftest import DOCUMENT, LOAD


@pytest.fixture
def engine() -> Iterator[Engine]:
    with run_engine("us-west-1") as started:
        yield started


@pytest.fixture
def simulator(engine: Engine) -> Simulator:
    return Simulator.deploy(engine, DOCUMENT, ["glue_job:missing", "eventbridge:nowhere/d"])


def event(job: str, run: str, **fields: Any) -> str:
    return json.dumps({"job_name": job, "job_run_id": run, "status": "SUCCESS"} | fields)


def test_every_target_receives_its_payload(simulator: Simulator) -> None:
    result = simulator.publish(event("five", "1"))
    assert (result.status, result.exit_code) == ("STARTED", 0)
    assert [one.status for one in result.triggers] == ["TRIGGERED"] * 5
    assert all(one.received is not None for one in result.triggers)


def test_decision_goes_to_the_approvals_topic(simulator: Simulator) -> None:
    approved = json.dumps({"job_name": "job", "job_run_id": "1", "decision": "APPROVED"})
    result = simulator.publish(approved)
    assert (result.topic, [one.name for one in result.triggers]) == ("job_approvals", ["approved"])
    assert simulator.publish(approved, topic="job_events").status == "FILTERED"


def test_unknown_targets_are_refused_by_name(simulator: Simulator) -> None:
    with pytest.raises(ConfigError, match=r"--without-target glue_job:other: .*glue_job:load"):
        simulator.create_targets(["glue_job:other"])
    with pytest.raises(ConfigError, match=r'--failing-run glue_job:load: .*"wait": true\. Expected one of: none'):
        simulator.fail_runs(["glue_job:load"])


def test_failing_run_of_a_waiting_trigger_fails_its_trigger(engine: Engine) -> None:
    document = {"workflows": {"job": {"on_success": [{**LOAD, "wait": True}]}}}
    simulator = Simulator.deploy(engine, document)
    simulator.fail_runs(["glue_job:load"])
    (trigger,) = simulator.publish(event("job", "1")).triggers
    assert trigger.status == "FAILED"
    assert "as --failing-run asks" in trigger.cause


def test_changed_configuration_gets_only_its_new_targets(engine: Engine) -> None:
    simulator = Simulator.deploy(engine, {"workflows": {"job": {"on_success": [LOAD]}}})
    changed = {"workflows": {"job": {"on_success": [LOAD, {"type": "glue_job", "job_name": "new"}]}}}
    assert simulator.add_targets(changed) == 1
    assert simulator.add_targets(changed) == 0
    simulator.replace_config({**changed, "joins": DOCUMENT["joins"]})
    result = simulator.publish(event("job", "1"))
    assert [one.name for one in result.triggers] == ["load", "new"]
    assert result.exit_code == 0
