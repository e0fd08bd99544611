"""``orchestrator plan --recorded`` on the local stack: past events under the current and under a changed configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from tests.cli.helpers import Orchestrator

ROUTER = "local-downstream-orchestrator"
LOAD = {"type": "glue_job", "job_name": "load", "arguments": {"--path": "${artifacts.path}"}}
DOCUMENT: dict[str, Any] = {
    "workflows": {
        "images": {"on_success": [LOAD], "on_approval": [{"type": "sqs_mwaa", "dag_id": "approve"}]},
        "many": {"on_success": [{"type": "sqs_mwaa", "dag_id": f"dag-{number}"} for number in range(41)]},
    }
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """Two runs of one job, one approval, one event with two batches, and one replay."""
    with run_engine("us-west-1") as engine:
        found = Simulator.deploy(engine, DOCUMENT)
        for run in ("1", "2", "2"):
            invoke(engine, event("images", run))
        (approved,) = invoke(engine, event("images", "1", status="FAILED", decision="APPROVED"))["records"]
        invoke(engine, event("many", "1"))
        again = {"of": approved["executions"][0]["name"], "only": [approved["triggers"][0]["id"]], "again": True}
        invoke(engine, event("images", "1", decision="APPROVED") | {"$replay": again})
        engine.client("stepfunctions").start_execution(
            stateMachineArn=found.stack.state_machine, name="hand", input="{}"
        )
        yield found


def event(job: str, run: str, **fields: str) -> dict[str, Any]:
    path = f"s3://bucket/{run}"
    return {"job_name": job, "job_run_id": run, "status": "SUCCESS", "artifacts": {"path": path}} | fields


def invoke(engine: Engine, payload: dict[str, Any]) -> dict[str, Any]:
    waited = payload if "$replay" in payload else payload | {"$wait_seconds": 30}
    answer = engine.client("lambda").invoke(FunctionName=f"{ROUTER}:live", Payload=json.dumps(waited).encode())
    result: dict[str, Any] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, result
    return result


@pytest.fixture(autouse=True)
def environment(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = simulator.engine
    variables = {"AWS_ENDPOINT_URL": engine.endpoint, "AWS_DEFAULT_REGION": engine.region}
    for name, value in {**variables, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(DOCUMENT))
    return path


def test_each_past_event_is_planned_once(orchestrator: Orchestrator, config: Path, simulator: Simulator) -> None:
    result = orchestrator("plan", "--recorded", "1h", "--function", ROUTER, "--config", str(config), "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    about = [(one["job_name"], one["job_run_id"], one["event_kind"], len(one["triggers"])) for one in found]
    assert about == [
        ("images", "1", "on_success", 1),
        ("images", "2", "on_success", 1),
        ("images", "1", "on_approval", 1),
        ("many", "1", "on_success", 41),
    ]
    assert "4 events from executions of" in result.stderr
    executions = simulator.engine.client("stepfunctions")
    for one in found:
        ((name, planned),) = one["executions"].items()
        arn = simulator.settings.execution_arn(name)
        sent = json.loads(executions.describe_execution(executionArn=arn)["input"])
        ids = [(item["id"], item["type"], item["name"]) for item in sent["triggers"]]
        assert [(item["id"], item["type"], item["name"]) for item in planned["triggers"]] == ids


def test_change_is_tried_on_past_events(orchestrator: Orchestrator, config: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.json"
    changed = LOAD | {"arguments": {"--path": "${artifacts.path}/new"}}
    new.write_text(json.dumps({"workflows": DOCUMENT["workflows"] | {"images": {"on_success": [changed]}}}))
    options = ["--recorded", "1h", "--function", ROUTER, "--config", str(new), "--against", str(config)]
    result = orchestrator("plan", *options, "--fail-on-change")
    assert result.exit_code == 1, result.stderr
    assert result.stdout.endswith("3 of 4 events change\n")
    assert '+ Arguments.--path: "s3://bucket/2/new"' in result.stdout
    assert "WOULD_START -> IGNORED" in result.stdout
    only = orchestrator("plan", *options, "--job", "many", "--fail-on-change")
    assert (only.exit_code, only.stdout) == (0, "no change for 1 events\n")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "expected either --event or --recorded"),
        (["--recorded", "1h"], "--recorded needs --function"),
        (["--recorded", "week", "--function", ROUTER], "--recorded 'week': expected an age such as 30m"),
        (["--recorded", "1h", "--function", "nobody"], "does not exist in us-west-1"),
        (["--recorded", "1h", "--function", ROUTER, "--job", "none"], "has no executions with events in that time"),
    ],
)
def test_unusable_options_exit_2_with_one_line(
    orchestrator: Orchestrator, config: Path, options: list[str], words: str
) -> None:
    result = orchestrator("plan", "--config", str(config), *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
