"""A dispatcher that is killed twice among 500 messages: 5 % malformed, 5 % duplicates."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.engine.engine import Engine
from tests.airflow.helpers import QUICK_DETECTION, Dispatcher, Measured, Queue, Row, wait_for
from tests.airflow.installed import Airflow
from tests.airflow.messages import TARGET, good
from tests.airflow.test_kills import impatient

GOOD, DUPLICATES, MALFORMED = 450, 25, 25
KILLED_AFTER = (15, 110)
"""Runs that were started when the dispatcher is killed, and again: in its first batch of 50, and in a later one."""

pytestmark = pytest.mark.timeout(3000)


def messages() -> list[str]:
    """All 500, in an order that is random and always the same."""
    bodies = [good(f"m-{number}", n=number) for number in range(GOOD)]
    bodies += bodies[:DUPLICATES] + [f"malformed {number}" for number in range(MALFORMED)]
    random.Random(500).shuffle(bodies)
    return bodies


def runs_of(airflow: Airflow) -> list[str]:
    """The target's runs, read from Airflow's database, so that nothing has to be alive for that."""
    return [row[0] for row in airflow.rows(f"select run_id from dag_run where dag_id = '{TARGET}'")]


def wait_for_progress(airflow: Airflow, more: int) -> None:
    """Until some of a batch's runs were started, and surely not all."""
    until = len(runs_of(airflow)) + more
    wait_for("the dispatcher to start runs", lambda: len(runs_of(airflow)) >= until, 800, every=0.2)


def check(airflow: Airflow, queue: Queue, sent: list[str], way: str, began: float) -> Row:
    """Every good message's run exists once, every bad one is in the DLQ, and nothing else is anywhere."""
    found = runs_of(airflow)
    assert len(found) == len(set(found))
    assert set(found) == {f"event__m-{number}" for number in range(GOOD)}
    dead = queue.dead_bodies()
    assert sorted(dead) == sorted(body for body in sent if body.startswith("malformed"))
    assert queue.left() == 0
    return Row(
        version=airflow.version,
        way=f"{way}, killed twice",
        sent=len(sent),
        triggered=len(found),
        duplicates=DUPLICATES,
        rejected=MALFORMED,
        dead=len(dead),
        seconds=time.monotonic() - began,
    )


def settled(airflow: Airflow, queue: Queue) -> Callable[[], bool]:
    return lambda: len(runs_of(airflow)) >= GOOD and queue.left() == 0


@pytest.mark.parametrize("version", ["2.11.0"])
def test_killed_run_loses_no_message(
    engine: Engine, airflow: Airflow, version: str, tmp_path: Path, measured: Measured
) -> None:
    """A killed ``dag.test()`` leaves its run as it is; only the queue brings its messages back."""
    airflow.variables["AIRFLOW__CORE__DAGS_FOLDER"] = str(
        impatient(tmp_path / "dags")
    )  # the last run waits for nothing
    queue = Queue(engine, "killed-dag-test", visibility=30, receives=4)
    sent = messages()
    queue.send(*sent)
    began = time.monotonic()
    dispatcher = Dispatcher(airflow, queue)
    try:
        for _ in KILLED_AFTER:  # each is a separate dispatcher run of one batch
            dispatcher.begin()
            wait_for_progress(airflow, 15)
            dispatcher.close()
            assert len(runs_of(airflow)) < GOOD
            dispatcher = Dispatcher(airflow, queue)
        done = settled(airflow, queue)
        while not done():
            assert time.monotonic() - began < 2400, (len(runs_of(airflow)), queue.left(), queue.dead())
            dispatcher.run()
    finally:
        dispatcher.close()
    measured(check(airflow, queue, sent, "dag.test", began))


@pytest.mark.timeout(3600)  # the longest test of all, so it starts first
@pytest.mark.parametrize("version", ["3.0.6"])
def test_killed_scheduler_loses_no_message(
    engine: Engine, scheduled_airflow: Airflow, version: str, measured: Measured
) -> None:
    """The scheduler dies with its tasks; the next one finds them dead and tries them again."""
    airflow = scheduled_airflow
    queue = Queue(engine, "killed-scheduler", visibility=30, receives=4)
    airflow.variables |= {
        "AWS_ENDPOINT_URL": engine.endpoint,
        "AIRFLOW_VAR_MWAA_TRIGGER_QUEUE_URL": queue.url,
    } | QUICK_DETECTION
    airflow.command("dags", "pause", TARGET)  # its runs are made, and wait
    airflow.start_web()
    sent = messages()
    queue.send(*sent)
    began = time.monotonic()
    airflow.start_scheduler()
    for more in KILLED_AFTER:
        wait_for_progress(airflow, more)
        airflow.kill("scheduler")
        assert len(runs_of(airflow)) < GOOD
        airflow.start("scheduler")
    wait_for("every run, and an empty queue", settled(airflow, queue), 2400)
    measured(check(airflow, queue, sent, "scheduler", began))
