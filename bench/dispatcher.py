"""Measures event_dispatcher with a real scheduler: ``python -m bench.dispatcher VERSION [DISPATCHER]``.

DISPATCHER is a file or a git revision; without it, the checkout's file. The target DAG is paused, so its tasks use no CPU.

- Latency: from the SQS call to the DAG run's ``queued_at``, for single messages at random moments.
- Drain: from the first message sent to the last DAG run. The CPU time is that of all of Airflow's programs.

Queue: the embedded engine. Database: PostgreSQL. Executor: LocalExecutor. It says nothing about Celery or MWAA.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.airflow_server import ROOT, VERSIONS, AirflowMissingError, AirflowServer
from bench.postgres import PostgresMissingError, run_postgres
from local.engine.engine import run_engine

TARGET = "my_downstream_dag"
PATIENCE = 120
"""Seconds without a new DAG run after which the benchmark ends with an error."""


class Bench:
    """One Airflow with one dispatcher and one queue."""

    def __init__(self, airflow: AirflowServer, sqs: Any) -> None:
        self.airflow = airflow
        self.sqs = sqs
        self.queue = sqs.create_queue(QueueName="bench", Attributes={"VisibilityTimeout": "900"})["QueueUrl"]

    def start(self) -> None:
        """Start Airflow, and wait until the dispatcher started a first run."""
        self.airflow.prepare()
        self.airflow.command("dags", "pause", TARGET)
        self.airflow.command("variables", "set", "mwaa_trigger_queue_url", self.queue)
        if self.airflow.major == 3:
            self.airflow.start_web()
        self.airflow.start_scheduler()
        self.send(["warm-up"])
        self.wait_for(1)
        time.sleep(10)

    def send(self, ids: list[str]) -> None:
        """Send a message for each id."""
        for start in range(0, len(ids), 10):
            entries = [
                {"Id": str(index), "MessageBody": json.dumps({"dag_id": TARGET, "conf": {"n": 1}, "message_id": one})}
                for index, one in enumerate(ids[start : start + 10])
            ]
            self.sqs.send_message_batch(QueueUrl=self.queue, Entries=entries)

    def runs(self) -> dict[str, float]:
        """Return the target's runs with the times at which Airflow stored them, in seconds since 1970."""
        sql = f"select run_id, extract(epoch from queued_at) from dag_run where dag_id = '{TARGET}'"  # noqa: S608
        return {run_id.removeprefix("event__"): float(queued) for run_id, queued in self.airflow.rows(sql)}

    def wait_for(self, count: int) -> dict[str, float]:
        """Wait until there are ``count`` runs.

        Raises:
            TimeoutError: two minutes passed without a new run.
        """
        seen, since = 0, time.monotonic()
        while len(runs := self.runs()) < count:
            if len(runs) > seen:
                seen, since = len(runs), time.monotonic()
            if time.monotonic() - since > PATIENCE:
                log = self.airflow.log("scheduler")
                raise TimeoutError(f"{len(runs)} of {count} runs, and none in {PATIENCE} s. The scheduler: {log}")
            time.sleep(1)
        return runs

    def latencies(self, count: int, pauses: random.Random) -> list[float]:
        """Return the seconds from message to run of ``count`` single messages."""
        found = []
        for number in range(count):
            before = len(self.runs())
            time.sleep(pauses.uniform(3, 23))
            sent = time.time()
            self.send([f"latency-{number}"])
            found.append(self.wait_for(before + 1)[f"latency-{number}"] - sent)
        return found

    def drain(self, count: int) -> float:
        """Return the seconds from ``count`` waiting messages to the last of their runs."""
        before = len(self.runs())
        began = time.time()
        self.send([f"drain-{number}" for number in range(count)])
        runs = self.wait_for(before + count)
        return max(runs.values()) - began

    def tasks(self) -> str:
        """Return where the tasks of the drain spent their time."""
        waited, took = "extract(epoch from start_date - queued_dttm)", "extract(epoch from end_date - start_date)"
        medians = ", ".join(f"percentile_cont(0.5) within group (order by {one})" for one in (waited, took))
        where = "where dag_id = 'event_dispatcher' and state = 'success' group by task_id order by task_id"
        sql = f"select task_id, count(*), {medians} from task_instance {where}"  # noqa: S608
        rows = self.airflow.rows(sql)
        return "; ".join(
            f"{name}: {n} waited {float(w):.2f} s, took {float(t):.2f} s (median)" for name, n, w, t in rows
        )


def dispatcher_source(given: str) -> str:
    """Return the text of a dispatcher: of a file, or of a git revision."""
    if Path(given).is_file():
        return Path(given).read_text(encoding="utf-8")
    command = ["git", "-C", str(ROOT), "show", f"{given}:dags/event_dispatcher.py"]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if answer.returncode:
        raise SystemExit(f"{given}: expected a file or a git revision. git says: {answer.stderr.strip()}")
    return answer.stdout


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print a row of the table in docs/airflow.md."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.dispatcher", description="Latency and drain of event_dispatcher"
    )
    parser.add_argument("version", choices=VERSIONS, help="Airflow version")
    parser.add_argument(
        "dispatcher", nargs="?", default=str(ROOT / "dags/event_dispatcher.py"), help="file or git revision"
    )
    parser.add_argument("--latencies", type=int, default=15, help="number of single messages")
    parser.add_argument(
        "--slots", type=int, default=8, help="tasks that Airflow runs at the same time (core.parallelism)"
    )
    parser.add_argument("--drain", type=int, default=1000, help="number of messages in the full queue")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends Airflow and PostgreSQL as well
    source = dispatcher_source(given.dispatcher)
    try:
        with run_engine() as engine, run_postgres() as database, tempfile.TemporaryDirectory() as name:
            dags = Path(name) / "dags"
            dags.mkdir()
            (dags / "event_dispatcher.py").write_text(source, encoding="utf-8")
            shutil.copy(ROOT / "dags/examples/my_downstream_dag.py", dags)
            settings = {"AIRFLOW__CORE__DAGS_FOLDER": str(dags), "AWS_ENDPOINT_URL": engine.endpoint}
            settings["AIRFLOW__CORE__PARALLELISM"] = str(given.slots)
            airflow = AirflowServer(given.version, Path(name) / "airflow", database, **settings)
            try:
                _measure(Bench(airflow, engine.client("sqs")), given)
            finally:
                airflow.close()
    except (AirflowMissingError, PostgresMissingError, TimeoutError) as error:
        raise SystemExit(str(error)) from None


def _measure(bench: Bench, given: argparse.Namespace) -> None:
    bench.start()
    found = sorted(bench.latencies(given.latencies, random.Random(1)))  # noqa: S311
    load = os.getloadavg()[0]
    latency = f"{statistics.median(found):.1f} s ({found[0]:.1f} to {found[-1]:.1f})" if found else "none"
    sys.stdout.write(f"latency {latency}, load {load:.1f}\n")
    sys.stdout.flush()
    if not given.drain:
        return
    cpu = bench.airflow.cpu_seconds()
    seconds = bench.drain(given.drain)
    cpu = (bench.airflow.cpu_seconds() - cpu) / given.drain
    sys.stdout.write(bench.tasks() + "\n")
    drained = f"{given.drain} in {seconds:.0f} s = {given.drain / seconds:.2f}/s"
    sys.stdout.write(
        f"| {given.version} | {latency} | {drained} | {cpu:.2f} s | load {load:.1f} and {os.getloadavg()[0]:.1f} |\n"
    )


if __name__ == "__main__":
    main()
