"""A running stack prints a line for each routed event, and for each trigger when its execution ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.engine.engine import Engine, run_engine
from local.simulation.activity import Activity
from local.simulation.simulator import Simulator
from local.stack import upload_config
from tests.local.helpers import wait_until
from tests.local.simulation.conftest import DOCUMENT


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with run_engine("us-west-1") as started:
        yield started


@pytest.fixture
def lines(simulator: Simulator) -> Iterator[list[str]]:
    written: list[str] = []
    activity = Activity(simulator, written.append)
    activity.start()
    yield written
    activity.stop()


def publish(simulator: Simulator, job: str, run: str, **fields: Any) -> None:
    simulator.publish(json.dumps({"job_name": job, "job_run_id": run, "status": "SUCCESS"} | fields))


def wait_for(lines: list[str], *words: str) -> None:
    """Wait until each text stands in a line."""
    wait_until(lambda: all(any(word in line for line in lines) for word in words))


def test_outcomes_follow_the_event_and_name_the_next_command(simulator: Simulator, lines: list[str]) -> None:
    publish(simulator, "gone", "a1")
    wait_for(lines, "STARTED  gone a1 on_success, 2 triggers", "  TRIGGERED  gone a1  glue_job load: ")
    wait_for(
        lines, "  FAILED  gone a1  glue_job missing: Glue.EntityNotFoundException", "  next: orchestrator inspect arn:"
    )


def test_filtered_ignored_and_failed_events_have_a_line(simulator: Simulator, lines: list[str]) -> None:
    publish(simulator, "job", "a2", status="FAILED")
    publish(simulator, "other", "a3")
    publish(simulator, "job", "a4", job_run_id=7.5)
    wait_for(
        lines,
        "FILTERED  message ",
        "its filter passes only status SUCCESS",
        "IGNORED  other a3",
        "EventError: event field 'job_run_id'",
    )


def test_batch_is_replaced_by_its_triggers(simulator: Simulator, lines: list[str]) -> None:
    publish(simulator, "big", "a5")
    wait_until(lambda: sum(line.startswith("  TRIGGERED  big a5") for line in lines) == 41)


def test_join_has_a_line_and_its_triggers(simulator: Simulator, lines: list[str]) -> None:
    publish(simulator, "left", "a6", day="a")
    publish(simulator, "right", "a7", day="a")
    wait_for(lines, "  JOIN  left a6  daily key a: ", ", missing right", "  TRIGGERED  right a7  glue_job load")


def test_upload_has_a_line(simulator: Simulator, lines: list[str]) -> None:
    publish(simulator, "job", "a8")  # The thread compares later configurations with the one that it finds first.
    wait_for(lines, "STARTED  job a8")
    upload_config(simulator.engine, simulator.stack.config_uri, json.dumps(DOCUMENT, indent=1))
    wait_for(lines, f"UPLOADED  configuration with {len(DOCUMENT['workflows'])} workflows, 0 new targets")
