"""Names with ``${deploy.env}`` in every command, and the one default of ``--env``."""

from __future__ import annotations

import inspect
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cli.config_file import DEFAULT_ENV
from cli.graph import graph
from cli.iam import iam
from cli.local import local
from cli.plan import plan
from cli.simulate import simulate
from cli.test import test as run_cases
from cli.validate import validate
from tests.cli.helpers import Orchestrator

FOLDER = Path(__file__).parent / "environments"
KEY, JOINED = FOLDER / "placeholder-in-key.config.json", FOLDER / "joined.config.json"


def event(folder: Path, job: str, **fields: Any) -> str:
    path = folder / f"{job}.event.json"
    path.write_text(json.dumps({"job_name": job, "job_run_id": "1", "status": "SUCCESS", **fields}))
    return str(path)


def planned(orchestrator: Orchestrator, folder: Path, job: str, config: Path, *options: str, **fields: Any) -> Any:
    result = orchestrator("plan", "--event", event(folder, job, **fields), "--config", str(config), *options, "--json")
    (one,) = json.loads(result.stdout)
    return one


@pytest.mark.parametrize("command", [graph, iam, local, plan, run_cases, simulate, validate])
def test_every_command_has_one_default_environment(command: Any) -> None:
    assert inspect.signature(command).parameters["env"].default == DEFAULT_ENV == "local"


def test_placeholder_in_a_name_is_filled(orchestrator: Orchestrator, tmp_path: Path) -> None:
    assert orchestrator("validate", "--strict", "--env", "prod", str(KEY)).exit_code == 0
    assert planned(orchestrator, tmp_path, "load_prod", KEY, "--env", "prod")["status"] == "WOULD_START"
    assert planned(orchestrator, tmp_path, "load_prod", KEY)["status"] == "IGNORED"
    assert planned(orchestrator, tmp_path, "load_local", KEY)["status"] == "WOULD_START"


def test_validate_finds_the_written_place(orchestrator: Orchestrator) -> None:
    result = orchestrator("validate", "--env", "prod", str(JOINED))
    assert result.exit_code == 2
    assert result.stdout.startswith(
        f"{JOINED.as_posix()}:7:53 workflows.load_${{deploy.env}}.on_success[1].job_name: found 7, expected a string"
    )


def test_plan_of_a_joins_job_has_the_filled_join(orchestrator: Orchestrator, tmp_path: Path) -> None:
    found = planned(orchestrator, tmp_path, "load_prod", JOINED, "--env", "prod", start_date="d")
    assert found["joins"] == [{"join": "all_prod", "key": "prod/d"}]
    (execution,) = found["executions"].values()
    assert execution["routing"]["notify"].endswith(":team-prod")


def test_chain_of_filled_names_is_one_graph(orchestrator: Orchestrator) -> None:
    result = orchestrator("graph", str(JOINED), "--env", "prod", "--format", "json")
    drawn = json.loads(result.stdout)
    links = {(edge["source"], edge["target"], edge["path"]) for edge in drawn["edges"]}
    written = "${deploy.env}"
    assert links == {
        ("job:load_prod", "job:gold_prod", f"workflows.load_{written}.on_success[0]"),
        ("job:gold_prod", "glue_job:platinum", f"workflows.gold_{written}.on_success[0]"),
        ("job:load_prod", "job:all_prod", f"joins.all_{written}.all_of[0]"),
        ("job:other", "job:all_prod", f"joins.all_{written}.all_of[1]"),
        ("job:all_prod", "glue_job:report", f"joins.all_{written}.on_complete[0]"),
    }


def test_cycle_through_filled_names_is_found(orchestrator: Orchestrator, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(
        '{"workflows": {"a_${deploy.env}": {"on_success": [\n{"type": "glue_job", "job_name": "a_prod"}]}}}'
    )
    result = orchestrator("validate", "--env", "prod", str(path))
    assert f"{path}:2:1 workflows.a_${{deploy.env}}.on_success[0]: the workflows form a cycle: a_prod -> a_prod" in (
        result.stdout
    )
    assert orchestrator("validate", str(path)).exit_code == 0


def test_case_runs_in_its_environment(orchestrator: Orchestrator, tmp_path: Path) -> None:
    event(tmp_path, "load_prod")
    options = ("test", str(tmp_path), "--config", str(KEY), "--env", "prod")
    assert orchestrator(*options, "--update").exit_code == 0
    assert json.loads((tmp_path / "load_prod.expected.json").read_text())["status"] == "WOULD_START"
    assert orchestrator(*options).exit_code == 0
    assert orchestrator(*options[:-2]).exit_code == 1


def test_difference_of_two_files_uses_filled_names(orchestrator: Orchestrator, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text(
        '{"workflows": {"load_prod": {"on_success": [{"type": "glue_job", "id": "g", "job_name": "gold"}]}}}'
    )
    result = orchestrator(
        "plan", "--event", event(tmp_path, "load_prod"), "--config", str(KEY), "--against", str(old), "--env", "prod",
        "--fail-on-change",
    )  # fmt: skip
    assert result.exit_code == 0


def test_permissions_have_the_topic_of_a_filled_workflow(orchestrator: Orchestrator, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(JOINED.read_text().replace('"job_name": 7', '"job_name": "x"'))
    result = orchestrator("iam", str(path), "--env", "prod", "--region", "us-west-1", "--json")
    allowed = json.loads(result.stdout)["allow_lists"]
    assert allowed["notify_topics"] == ["arn:aws:sns:us-west-1:123456789012:team-prod"]
    assert set(allowed["glue_jobs"]) == {"gold_prod", "platinum", "report", "x"}


def test_simulation_runs_in_the_environment(orchestrator: Orchestrator, tmp_path: Path) -> None:
    config = shutil.copy(KEY, tmp_path / "config.json")
    options = ("simulate", "--config", str(config), "--event", event(tmp_path, "load_prod"), "--json")
    started = json.loads(orchestrator(*options, "--env", "prod").stdout)
    assert [(one["name"], one["status"]) for one in started["executions"][0]["triggers"]] == [("gold", "TRIGGERED")]
    assert orchestrator(*options).exit_code == 3
