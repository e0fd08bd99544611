"""``orchestrator local --airflow`` in the order of docs/airflow.md: first the stack, then Airflow with the printed variables."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.airflow.helpers import wait_for
from tests.airflow.installed import ROOT, USER, VERSIONS, Airflow
from tests.airflow.messages import TARGET
from tests.airflow.test_scheduler import CONFIG, EVENT, SPECIFIED
from tests.cli.helpers import Local
from tests.cli.test_local import wait_for_execution, wait_for_line
from tests.trigger_types.conf_table import accepted_conf

LIMITS = {
    "mwaa_dag": {"type": "mwaa_dag", "environment_name": "my-mwaa-environment", "id": "direct-all"},
    "sqs_mwaa": {"type": "sqs_mwaa", "id": "queued-all"},
}
"""Triggers with everything that the router accepts in a conf."""
pytestmark = pytest.mark.timeout(1000)


def test_page_names_every_printed_variable() -> None:
    section = (ROOT / "docs" / "airflow.md").read_text().partition("## Local Airflow\n")[2].partition("\n## ")[0]
    printed = (ROOT / "local" / "simulation" / "airflow_server.py").read_text()
    assert {name for name in re.findall(r"export (\w+)=", printed) if f"`{name}`" not in section} == set()


@pytest.mark.parametrize("version", VERSIONS)
def test_event_runs_dags_of_an_airflow_that_starts_later(
    scheduled_airflow: Airflow, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    airflow = scheduled_airflow
    document = json.loads(json.dumps(CONFIG))
    triggers: list[dict[str, Any]] = document["workflows"]["transform_images"]["on_success"]
    triggers += [{"dag_id": TARGET, "conf": accepted_conf(kind), **trigger} for kind, trigger in LIMITS.items()]
    config = tmp_path / "config.json"
    config.write_text(json.dumps(document))
    secret = {"ORCHESTRATOR_AIRFLOW_PASSWORD": airflow.password}
    local = Local("--config", str(config), "--airflow", airflow.url, "--airflow-user", USER, **secret)
    try:
        note = f"# All MWAA environments use the Airflow server at {airflow.url}. It does not answer yet. "
        assert any(line.startswith(note) for line in local.lines)
        assert airflow.password not in "".join(local.lines)
        printed = [line.removeprefix("#   export ").strip() for line in local.lines if line.startswith("#   export ")]
        airflow.variables |= dict(line.split("=", 1) for line in printed)
        api = airflow.start_web()
        airflow.start_scheduler()
        assert wait_for_line(local, "AIRFLOW") == f"AIRFLOW  {airflow.url} answers: Airflow {airflow.major}"

        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        for name, value in local.variables.items():
            monkeypatch.setenv(name, value)
        sns = boto3.session.Session().client("sns")
        topic = next(one["TopicArn"] for one in sns.list_topics()["Topics"] if one["TopicArn"].endswith("job_events"))
        sns.publish(TopicArn=topic, Message=json.dumps(EVENT))
        machine = topic.replace(":sns:", ":states:").replace(
            "local-job_events", "stateMachine:local-downstream-orchestrator"
        )
        execution = wait_for_execution(boto3.session.Session().client("stepfunctions"), machine)
        assert execution["status"] == "SUCCEEDED"

        def states() -> dict[str, tuple[str, dict[str, Any]]]:
            # A busy web server may answer 503.
            status, answer = api.call("GET", f"/dags/{TARGET}/dagRuns", {"limit": 100})
            runs = answer["dag_runs"] if status == 200 else []
            return {run["dag_run_id"]: (run["state"], run["conf"]) for run in runs}

        def ended() -> dict[str, tuple[str, dict[str, Any]]] | None:
            found = states()
            return found if [state in ("success", "failed") for state, _ in found.values()] == [True] * 4 else None

        last = wait_for("four runs of the target", ended, 300)
        name = f"{execution['name']}-"
        runs = {run_id.removeprefix("event__").removeprefix(name): run for run_id, run in last.items()}
        assert set(runs) == {"direct", "queued", "direct-all", "queued-all"}, runs
        assert {state for state, _ in runs.values()} == {"success"}, runs
        assert runs["direct"][1] == SPECIFIED
        for kind, run_id in (("mwaa_dag", "direct-all"), ("sqs_mwaa", "queued-all")):
            conf = accepted_conf(kind)
            assert {key: runs[run_id][1][key] for key in conf} == conf
    finally:
        local.stop()
