"""``orchestrator local --airflow``: a real Airflow behind the local stack's MWAA environments."""

from __future__ import annotations

import json
import os
from pathlib import Path

import boto3
import pytest

from tests.airflow.installed import USER, VERSIONS, Airflow
from tests.airflow.messages import TARGET
from tests.airflow.test_scheduler import CONFIG, EVENT, SPECIFIED
from tests.cli.helpers import Local
from tests.cli.test_local import wait_for_execution

pytestmark = pytest.mark.timeout(400)


@pytest.mark.parametrize("version", VERSIONS)
def test_event_starts_a_run_in_the_given_airflow(
    airflow: Airflow, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = airflow.start_web()
    config = tmp_path / "config.json"
    config.write_text(json.dumps(CONFIG))
    secret = {"ORCHESTRATOR_AIRFLOW_PASSWORD": airflow.password}
    local = Local("--config", str(config), "--airflow", airflow.url, "--airflow-user", USER, **secret)
    try:
        assert f"# All MWAA environments use the Airflow server at {airflow.url}.\n" in local.lines
        assert airflow.password not in "".join(local.lines)
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
        run = api.call("GET", f"/dags/{TARGET}/dagRuns/{execution['name']}-direct")
        assert (run[0], run[1]["conf"]) == (200, SPECIFIED)
    finally:
        local.stop()
