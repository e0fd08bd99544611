"""A real scheduler: SNS event, router, machine, then SQS and event_dispatcher, or the MWAA Lambda, to the target's run."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from tests.airflow.helpers import Measured, Queue, Row, wait_for
from tests.airflow.installed import VERSIONS, Airflow
from tests.airflow.messages import SPECIFICATION, TARGET, good
from tests.airflow.test_dag_test import BAD, TEMPLATE, UNKNOWN
from tests.conftest import EVENTS

EVENT: dict[str, Any] = json.loads((EVENTS / "job_completed.json").read_text()) | {"job_name": "transform_images"}
MAPPED = {name: name for name in ("start_date", "end_date", "created_by")}
COMMON: dict[str, Any] = {"dag_id": TARGET, "conf": {"custom_param": "value"}}
MWAA_DAG = COMMON | {"type": "mwaa_dag", "environment_name": "my-mwaa-environment", "region": "us-west-2"}
CONFIG = {
    "workflows": {
        "transform_images": {
            "on_success": [
                MWAA_DAG | {"id": "direct", "parameter_mapping": MAPPED | {"output_path": "artifacts.output_path"}},
                COMMON | {"type": "sqs_mwaa", "id": "queued", "parameter_mapping": MAPPED},
            ]
        }
    }
}
SPECIFIED: dict[str, Any] = {
    "triggered_by_job": "transform_images",
    "triggered_by_run_id": "spark-application-0001",
    "start_date": "2025-11-24T01:00Z",
    "end_date": "2025-11-24T01:15Z",
    "created_by": "jclark",
    "output_path": "s3://bucket/output/path",
    "source_artifacts": EVENT["artifacts"],
    "source_metrics": {"records_read": 1000000, "records_written": 999000, "records_dropped": 1000},
    "custom_param": "value",
}
"""The conf of the specification's ``mwaa_dag`` example."""

OTHERS = [
    good("template", **TEMPLATE),
    json.dumps({"dag_id": TARGET, "conf": {"without": "message_id"}}),
    good("empty"),
]
pytestmark = pytest.mark.timeout(1000)


class Live:
    """Runs of a running Airflow."""

    def __init__(self, api: Any) -> None:
        self.api = api

    def runs(self, dag_id: str = TARGET) -> dict[str, dict[str, Any]]:
        """The DAG's runs, by id."""
        answer = self._read(f"/dags/{dag_id}/dagRuns", {"limit": 100, "order_by": "-id"})
        assert len(answer["dag_runs"]) < 100
        return {run["dag_run_id"]: run for run in answer["dag_runs"]}

    def _read(self, path: str, query: dict[str, Any]) -> Any:
        """An answer of Airflow; on a busy machine it may answer later than the client waits."""
        for _ in range(10):
            status, answer = self.api.call("GET", path, query)
            if status != 503:
                break
        assert status == 200, answer
        return answer

    def tasks(self, dag_id: str, run_id: str) -> Counter[tuple[str, str]]:
        """Count the task instances by task and state."""
        path = f"/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}/taskInstances"
        answer = self._read(path, {"limit": 100})
        return Counter((one["task_id"], one["state"]) for one in answer["task_instances"])


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine of the test's own: each deploys."""
    with run_engine("us-west-1") as started:
        yield started


@pytest.mark.parametrize("version", VERSIONS)
def test_event_reaches_the_target_run(
    engine: Engine, scheduled_airflow: Airflow, version: str, measured: Measured
) -> None:
    """One event starts the target twice, by both ways, among messages of every kind."""
    airflow = scheduled_airflow
    simulator = Simulator.deploy(engine, CONFIG)
    queue = Queue(engine, "local-mwaa-triggers", visibility=40, receives=1)
    airflow.variables["AWS_ENDPOINT_URL"] = engine.endpoint
    airflow.command("variables", "set", "mwaa_trigger_queue_url", queue.url)
    live = Live(api := airflow.start_web())
    engine.mwaa.real = api

    began = time.monotonic()
    event = EVENT | {"metrics": SPECIFIED["source_metrics"]}
    simulation = simulator.publish(json.dumps(event))
    assert (simulation.status, [one.status for one in simulation.triggers]) == ("STARTED", ["TRIGGERED"] * 2), (
        simulation
    )
    execution = simulation.executions[0].name
    by_queue = f"event__{execution}-queued"
    assert live.runs()[f"{execution}-direct"]["conf"] == SPECIFIED
    assert by_queue not in live.runs()
    queue.send(*OTHERS, *BAD, UNKNOWN, OTHERS[0])

    airflow.start_scheduler()
    wanted = len(OTHERS) + 2

    def finished() -> bool:
        states = [run["state"] for run in live.runs().values()]
        return len(states) == wanted and set(states) == {"success"} and queue.dead() == len(BAD) + 1

    try:
        wait_for("every run of the target, every bad message in the DLQ", finished, 480)
    except TimeoutError as error:
        pytest.fail(f"{error}\n{live.runs()}\n{queue.left()} left, {queue.dead()} dead\n{airflow.log('scheduler')}")
    seconds = time.monotonic() - began
    runs = live.runs()
    assert runs[f"{execution}-direct"]["conf"] == SPECIFIED
    assert runs[by_queue]["conf"] == SPECIFICATION["conf"]
    assert runs["event__template"]["conf"] == TEMPLATE
    assert queue.left() == 0
    dispatcher = sorted(live.runs("event_dispatcher").values(), key=lambda run: run["start_date"] or "")
    first = live.tasks("event_dispatcher", dispatcher[0]["dag_run_id"])
    assert dispatcher[0]["state"] == "failed"
    # On 2.x one task starts all runs of the batch; the unknown DAG fails it after the others.
    started = 0 if airflow.major == 2 else len(OTHERS) + 1
    assert first["start_dag_run", "success"] == started
    assert (first["start_dag_run", "failed"], first["delete_and_report", "failed"]) == (1, 1)

    # The queue delivers at least once: the very same message again starts nothing, and goes.
    queue.send(json.dumps({"dag_id": TARGET, "conf": SPECIFICATION["conf"], "message_id": f"{execution}-queued"}))
    wait_for("the repeated message to go", lambda: queue.left() == 0, 300)
    assert len(live.runs()) == wanted
    measured(
        Row(
            version=version,
            way="scheduler, whole path",
            sent=len(OTHERS) + len(BAD) + 4,
            triggered=wanted - 1,
            duplicates=2,
            rejected=len(BAD) + 1,
            dead=queue.dead(),
            seconds=seconds,
        )
    )
