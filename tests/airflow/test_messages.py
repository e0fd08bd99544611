"""The message's shape, held by both sides: what the orchestrator sends is what event_dispatcher reads."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from orchestration.events import JobEvent
from orchestration.settings import Settings
from orchestration.triggers.base import Resolution
from orchestration.triggers.sqs_mwaa import SqsMwaa
from tests.airflow.installed import ROOT, Airflow, versions
from tests.airflow.messages import MALFORMED, SPECIFICATION, deep, good
from tests.conftest import EVENTS


def verdicts(airflow: Airflow, bodies: list[str]) -> list[dict[str, Any]]:
    answer = subprocess.run(
        [airflow.bin / "python", Path(__file__).parent / "inside" / "read_messages.py", ROOT / "dags"],
        input=json.dumps(bodies),
        env=airflow.variables,
        cwd=airflow.home,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    read: list[dict[str, Any]] = json.loads(answer.stdout.splitlines()[-1])
    return read


def test_the_orchestrator_sends_the_specifications_message() -> None:
    fields = json.loads((EVENTS / "job_completed.json").read_text()) | {"job_name": "transform_images"}
    event = JobEvent(job_name=fields["job_name"], job_run_id=fields["job_run_id"], outcome="on_success", fields=fields)
    resolution = Resolution(event=event, settings=Settings(region="us-west-1"), run_id=SPECIFICATION["message_id"])
    trigger = SqsMwaa(
        dag_id="my_downstream_dag",
        conf={"custom_param": "value"},
        parameter_mapping={name: name for name in ("start_date", "end_date", "created_by")},
    )
    assert trigger.request(resolution)["MessageBody"] == SPECIFICATION
    assert list(SPECIFICATION["conf"]) == list(trigger.request(resolution)["MessageBody"]["conf"])


@pytest.mark.parametrize("version", versions())
def test_every_body_gets_its_verdict(version: str, tmp_path: Path) -> None:
    airflow = Airflow(version, tmp_path)
    taken = {
        json.dumps(SPECIFICATION): f"event__{SPECIFICATION['message_id']}",
        json.dumps({"dag_id": "d.e-f_1", "conf": {}}): "event__sqs-id",
        json.dumps({"dag_id": "d", "conf": {"ünï": "{{ ds }}\n\u2028"}, "other": 1}): "event__sqs-id",
        json.dumps({"dag_id": "d" * 250, "conf": {}, "message_id": "m" * 200}): "event__" + "m" * 200,
        good("a.b~c:d+e-f_g"): "event__a.b~c:d+e-f_g",
        deep(100): "event__sqs-id",
    }
    answers = verdicts(airflow, [*taken, *(body for body, _ in MALFORMED.values())])
    for (body, run_id), answer in zip(taken.items(), answers, strict=False):
        message = json.loads(body)
        expected = {"trigger_dag_id": message["dag_id"], "trigger_run_id": run_id, "conf": message["conf"]}
        assert answer == {"run": expected}
    for (name, (_, reason)), answer in zip(MALFORMED.items(), answers[len(taken) :], strict=True):
        assert reason in answer.get("refused", ""), (name, answer)
