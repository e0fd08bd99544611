"""The dispatcher under a real scheduler while programs die: poll's process, the scheduler with all tasks, an idle queue."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from pathlib import Path

import pytest

from bench.airflow_server import processes
from local.engine.engine import Engine
from tests.airflow.helpers import QUICK_DETECTION, Measured, Queue, Row, wait_for
from tests.airflow.installed import ROOT, VERSIONS, Airflow
from tests.airflow.messages import TARGET, good
from tests.airflow.test_dag_test import UNKNOWN

IDLE_SECONDS = 4
STREAM, DRAINED = 20, 40
CONFLICT = good("stream-0", n=-1)
POISON = "not JSON"

pytestmark = pytest.mark.timeout(1000)


def impatient(folder: Path) -> Path:
    """Return a folder of DAGs whose dispatcher waits 4 seconds instead of 300, and retries after 5 instead of 60."""
    text = (ROOT / "dags/event_dispatcher.py").read_text()
    for name, value in {
        r"IDLE_SECONDS = 300\b": f"IDLE_SECONDS = {IDLE_SECONDS}",
        r"timedelta\(minutes=1\)": "timedelta(seconds=5)",
    }.items():
        text, count = re.subn(name, value, text)
        assert count == 1, name
    folder.mkdir()
    (folder / "event_dispatcher.py").write_text(text)
    (folder / f"{TARGET}.py").write_text((ROOT / f"dags/examples/{TARGET}.py").read_text())
    return folder


class Scenario:
    """One Airflow, one queue, and what was sent."""

    def __init__(self, airflow: Airflow, queue: Queue) -> None:
        self.airflow = airflow
        self.queue = queue
        self.sent: set[str] = set()

    def send(self, *ids: str) -> None:
        self.queue.send(*(good(one, n=index) for index, one in enumerate(ids)))
        self.sent |= {f"event__{one}" for one in ids}

    def started(self) -> list[str]:
        rows = self.airflow.rows(f"select run_id from dag_run where dag_id = '{TARGET}'")
        return [run_id for (run_id,) in rows]

    def dispatcher_runs(self, state: str) -> int:
        sql = f"select count(*) from dag_run where dag_id = 'event_dispatcher' and state = '{state}'"
        return int(self.airflow.rows(sql)[0][0])

    def wait_for_all(self, seconds: float = 300) -> None:
        """Wait until each message has its run; no other run exists."""
        wait_for("a run for each message", lambda: set(self.started()) == self.sent, seconds)
        assert len(self.started()) == len(self.sent)

    def kill_poll(self) -> bool:
        """Kill the process that runs ``poll``; returns False if none runs."""
        sql = (
            "select pid from task_instance where dag_id = 'event_dispatcher' and task_id = 'poll' and state = 'running'"
        )
        for (pid,) in self.airflow.rows(sql):
            with contextlib.suppress(ProcessLookupError):  # poll may just have ended
                if pid and int(pid) in processes():
                    os.kill(int(pid), signal.SIGKILL)
                    return True
        return False


@pytest.mark.parametrize("version", VERSIONS)
def test_killed_programs_lose_no_message(
    engine: Engine, scheduled_airflow: Airflow, version: str, tmp_path: Path, measured: Measured
) -> None:
    airflow = scheduled_airflow
    queue = Queue(engine, f"kills-{version.replace('.', '-')}", visibility=45, receives=4)
    airflow.variables |= QUICK_DETECTION | {
        "AIRFLOW__CORE__DAGS_FOLDER": str(impatient(tmp_path / "dags")),
        "AWS_ENDPOINT_URL": engine.endpoint,
        "AIRFLOW_VAR_MWAA_TRIGGER_QUEUE_URL": queue.url,
    }
    airflow.command("dags", "reserialize")
    airflow.command("dags", "pause", TARGET)  # its runs are made, and wait
    scenario = Scenario(airflow, queue)
    if airflow.major == 3:
        airflow.start_web()
    began = time.monotonic()
    airflow.start_scheduler()

    # An empty queue: run after run ends well.
    wait_for("three idle runs", lambda: scenario.dispatcher_runs("success") >= 3, 240)
    assert scenario.dispatcher_runs("failed") == 0

    # Single messages in every phase of a run: as the wait begins, as it ends, between two runs.
    for number in range(STREAM):
        scenario.send(f"stream-{number}")
        time.sleep(0.9)
    scenario.wait_for_all()
    wait_for("an empty queue", lambda: queue.left() == 0, 120)
    assert scenario.dispatcher_runs("failed") == 0

    # A killed poll, as on a worker that dies: its run tries it again.
    wait_for("a killed poll", scenario.kill_poll, 120, every=0.2)
    scenario.send("after-the-kill")
    scenario.wait_for_all()

    # The scheduler dies with all tasks while messages of every kind are in the queue.
    repeated = [good(f"stream-{number}", n=0) for number in range(5)]  # these were sent with the conf {"n": 0}
    queue.send(*repeated, CONFLICT, POISON, UNKNOWN)
    before = len(scenario.started())
    scenario.send(*(f"drained-{number}" for number in range(DRAINED)))
    wait_for("the first of them", lambda: len(scenario.started()) > before, 200, every=0.1)
    airflow.kill("scheduler")
    airflow.start("scheduler")
    scenario.wait_for_all(400)
    queue.limit(1)  # each receive of the three more would take the visibility timeout
    wait_for("the last messages to move", lambda: queue.left() == 0, 400)
    assert sorted(queue.dead_bodies()) == sorted([CONFLICT, POISON, UNKNOWN])
    assert len(scenario.started()) == len(scenario.sent)
    measured(
        Row(
            version=version,
            way="scheduler, poll and scheduler killed",
            sent=len(scenario.sent) + len(repeated) + 3,
            triggered=len(scenario.sent),
            duplicates=len(repeated),
            rejected=3,
            dead=3,
            seconds=time.monotonic() - began,
        )
    )
