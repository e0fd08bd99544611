"""The Airflow example of docs/publishing.md on each version: the DAG's run starts the triggers of its job."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from tests.airflow.installed import VERSIONS, Airflow
from tests.docs.examples import examples
from tests.docs.test_publishing import DOCUMENT, Topic

RUN = """
import os, sys
sys.path.insert(0, os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
import transform_images
run = transform_images.transform_images.test()
print(f"RUN {run.run_id} {run.state}")
"""


@pytest.fixture
def engine() -> Iterator[Engine]:
    with run_engine("us-west-1") as started:
        yield started


@pytest.mark.timeout(600)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("example", ["airflow", "airflow-callback"])
def test_airflow_example_publishes(engine: Engine, version: str, example: str, tmp_path: Path) -> None:
    topic = Topic(Simulator.deploy(engine, DOCUMENT))
    dags = tmp_path / "dags"
    dags.mkdir()
    (dags / "transform_images.py").write_text(examples("publishing.md")[example])
    airflow = Airflow(
        version,
        tmp_path / "airflow",
        AIRFLOW__CORE__DAGS_FOLDER=str(dags),
        AWS_ENDPOINT_URL=engine.endpoint,
        AWS_DEFAULT_REGION=engine.region,
        AWS_ACCESS_KEY_ID="x",
        AWS_SECRET_ACCESS_KEY="x",
        JOB_EVENTS_TOPIC_ARN=topic.arn,
    )
    airflow.prepare()
    try:
        answer = airflow.python(RUN)
    finally:
        airflow.close()
    (line,) = (line for line in answer.splitlines() if line.startswith("RUN "))
    _, run_id, state = line.split()
    assert state == "success"
    assert topic.path_of(run_id).startswith("s3://bucket/output/")
